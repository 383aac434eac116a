package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fugong/internal/criteria"
	"fugong/internal/site"
	"fugong/internal/store"
)

const (
	deskRows      = 50  // of one page
	deskPicked    = 200 // sections that may be picked at once: their codes stand in the address
	notResumedAny = "rest"
)

// deskQuery is the list as its address has it: which sections, in which order, which page, and which of them are picked. A form
// that is sent by a button sends the button's value after the form's own of the same name, so the last of each name counts.
type deskQuery struct {
	flagged, positive                                            bool
	q, level, verdict, street, criterion, state, reason, sorting string
	page                                                         int
	picked                                                       []string // codes
	unknown                                                      []string // values asked for that nothing has; the list is not narrowed by them
}

func newDeskQuery(v url.Values) deskQuery {
	last := func(name string) string {
		if all := v[name]; len(all) > 0 {
			return strings.TrimSpace(all[len(all)-1])
		}
		return ""
	}
	d := deskQuery{flagged: last("flagged") != "", positive: last("positive") != "", q: last("q"), level: last("level"), verdict: last("verdict"),
		street: last("street"), criterion: last("criterion"), state: last("state"), reason: last("reason"), sorting: knownSort(last("sort"))}
	d.dropUnknown()
	d.page, _ = strconv.Atoi(last("page"))
	d.page = min(max(d.page, 1), 1_000_000)
	for _, code := range v["sel"] {
		if code != "" && len(d.picked) < deskPicked && !slices.Contains(d.picked, code) {
			d.picked = append(d.picked, code)
		}
	}
	return d
}

// dropUnknown leaves out what no section can ever have.
func (d *deskQuery) dropUnknown() {
	_, level := criteria.ParseLevel(d.level)
	for _, asked := range []struct {
		value *string
		known bool
	}{
		{&d.level, level},
		{&d.verdict, slices.Contains([]string{"met", "conditional", "unmet", "none"}, d.verdict)},
		{&d.criterion, titlesByCode()[criteria.Code(d.criterion)] != ""},
	} {
		if *asked.value != "" && !asked.known {
			d.unknown = append(d.unknown, *asked.value)
			*asked.value = ""
		}
	}
}

// knownSort is the order that an address asks for, such as -heads; none when there is no such order.
func knownSort(asked string) string {
	if slices.Contains([]string{"level", "code", "name", "street", "heads", "state", "since"}, strings.TrimPrefix(asked, "-")) {
		return asked
	}
	return ""
}

// values are what the address says beside page and picks; empty ones are left out.
func (d deskQuery) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"flagged": tick(d.flagged), "positive": tick(d.positive), "q": d.q, "level": d.level, "verdict": d.verdict,
		"street": d.street, "criterion": d.criterion, "state": d.state, "reason": d.reason, "sort": d.sorting} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// tab is the main part to which the list belongs.
func (d deskQuery) tab() string {
	switch {
	case d.positive:
		return "positive"
	case d.flagged:
		return "flagged"
	}
	return "sections"
}

func tick(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// address is the list's own, with the picks and the page.
func (d deskQuery) address() string {
	v := d.values()
	if d.page > 1 {
		v.Set("page", strconv.Itoa(d.page))
	}
	v["sel"] = d.picked
	return deskAddress(v)
}

// without is the address of the list with one choice less.
func (d deskQuery) without(names ...string) string {
	v := d.values()
	for _, name := range names {
		v.Del(name)
	}
	v["sel"] = d.picked
	return deskAddress(v)
}

func deskAddress(v url.Values) string {
	if len(v) == 0 || v.Encode() == "" {
		return "/sections"
	}
	return "/sections?" + v.Encode()
}

// deskLevels are the levels that a list is made of.
func (d deskQuery) deskLevels() []criteria.Level {
	if d.flagged {
		return criteria.Levels()[:3]
	}
	return criteria.Levels()
}

// filter chooses what a role may choose by: how tests stand is no filter for whoever does not see it.
func (d deskQuery) filter(l lens) store.DeskFilter {
	f := store.DeskFilter{Query: d.q, Verdict: d.verdict, Street: d.street, State: site.State(d.state), Reason: d.reason,
		Sort: strings.TrimPrefix(d.sorting, "-"), Backwards: strings.HasPrefix(d.sorting, "-")}
	if d.state == notResumedAny {
		f.State, f.AtRest = "", true
	}
	if d.flagged {
		f.Levels = d.deskLevels()
	}
	if level, ok := criteria.ParseLevel(d.level); ok {
		f.Levels = []criteria.Level{level}
	}
	if code := criteria.Code(d.criterion); code != "" && (l.health || !aboutHealth(code)) {
		f.Criteria = []criteria.Code{code}
	}
	if d.positive && l.health {
		f.Criteria, f.Found = positiveCodes(), true
	}
	return f
}
