package web

import (
	"net/url"
	"strings"

	"fugong/internal/account"
	"fugong/internal/criteria"
)

// entryLink is the way to a page of entries.
type entryLink struct{ Page, URL string }

// entryLinks are the pages about a section's registers that a role may open.
func (s *server) entryLinks(code string, role account.Role) []entryLink {
	var links []entryLink
	for _, page := range []string{"areas", "temperatures", "tubes", "people", "beds", "checklists"} {
		if s.mayGet("/sections/:code/"+page, role) {
			links = append(links, entryLink{page, sectionURL(code) + "/" + page})
		}
	}
	if s.mayGet("/documents", role) {
		links = append(links, entryLink{"documents", "/documents?" + url.Values{"q": {code}}.Encode()})
	}
	return links
}

// remedies are the pages on which what a criterion misses is entered, by how its code begins; the first that fits counts.
func remedies() [][2]string {
	return [][2]string{{"dis.", "/areas"}, {"room.ventilation", ""}, {"room.", "/beds"}, {"iso.occupied", "/beds"}, {"loop.lodging_known", "/beds"},
		{"nat.", "/tubes"}, {"entry.newcomer", "/tubes"}, {"health.temp", "/temperatures"}, {"health.fever", "/temperatures"},
		{"health.declaration", "/people"}, {"roster.complete", "/people"}, {"roster.matches_gate", "/people"}, {"org.officer", "/people"}}
}

// remedy is the page of a section on which a role may enter what a criterion misses; empty where there is none.
func (s *server) remedy(section string, code criteria.Code, role account.Role) string {
	for _, r := range remedies() {
		if !strings.HasPrefix(string(code), r[0]) {
			continue
		}
		if r[1] == "" || !s.mayGet(disinfectPath, role) {
			return ""
		}
		return section + r[1]
	}
	return ""
}
