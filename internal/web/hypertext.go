package web

import (
	"fmt"
	"html/template"
	"strings"

	"fugong/internal/criteria"
	"fugong/internal/locale"
)

// Rows of which a page has fifty are written here and in sections_pen.go, and not by a template: they are most of the pages that are asked
// for most, and a template, which finds each field and calls each function by its name, takes ten times as long over them.

// hypertext is HTML that is being written.
type hypertext struct{ strings.Builder }

// put writes markup of ours.
func (m *hypertext) put(parts ...string) {
	for _, part := range parts {
		m.WriteString(part)
	}
}

// say writes a text between markup of ours.
func (m *hypertext) say(before, text, after string) {
	m.put(before, template.HTMLEscapeString(text), after)
}

// marks draws words of a vocabulary as they stand everywhere, by its template, of which the page of a section has each.
func (s *server) marks(lang locale.Lang, vocabulary string, words ...string) (map[string]string, error) {
	marks := make(map[string]string, len(words))
	for _, word := range words {
		var mark strings.Builder
		if err := s.pages[lang]["section"].ExecuteTemplate(&mark, vocabulary, word); err != nil {
			return nil, fmt.Errorf("draw %s %s: %w", vocabulary, word, err)
		}
		marks[word] = mark.String()
	}
	return marks, nil
}

// drawMet writes the criteria that are met.
func (s *server) drawMet(w locale.Words, rows []metRow) (template.HTML, error) {
	marks, err := s.marks(w.Lang, "status", criteria.Pass.String(), criteria.NotApplicable.String())
	if err != nil {
		return "", err
	}
	var m hypertext
	for _, r := range rows {
		m.put(`<div class="okrow">`, marks[r.Status])
		m.say("<div>", r.Title, "</div>")
		m.say(`<span class="sub num">`, r.Said, "</span></div>")
	}
	return template.HTML(m.String()), nil // #nosec G203 -- escaped where it was written
}
