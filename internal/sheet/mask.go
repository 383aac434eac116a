package sheet

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/roster"
)

// MaskNumber shows the first four and the last four characters of a document number: 3206**********0055. Of numbers too short for
// that only the last four are shown.
func MaskNumber(number string) string {
	r := []rune(number)
	switch {
	case len(r) <= 4:
		return strings.Repeat("*", len(r))
	case len(r) < 12:
		return strings.Repeat("*", len(r)-4) + string(r[len(r)-4:])
	}
	return string(r[:4]) + strings.Repeat("*", len(r)-8) + string(r[len(r)-4:])
}

// MaskPhone shows a telephone number as 138****1234.
func MaskPhone(phone string) string {
	r := []rune(phone)
	if len(r) < 8 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}

// MaskName shows the first and the last character of a name: 王*某. Of a name of two only the first is shown, and of one of a single
// character nothing.
func MaskName(name string) string {
	r := []rune(strings.TrimSpace(name))
	switch len(r) {
	case 0:
		return ""
	case 1:
		return "*"
	case 2:
		return string(r[0]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", min(len(r)-2, 3)) + string(r[len(r)-1])
}

// someone stands for a person whose health must not be read from the posted copy.
const someone = "某班组人员"

// veil hides people in everything the posted copy takes from findings.
type veil struct {
	ill     map[roster.WorkerID]bool // those a test or their health is about: they are not even masked, only counted
	names   map[string]string
	replace *strings.Replacer
}

// sensitive are the criteria whose subjects have, or may have, something to do with a positive or an illness.
func sensitive(code criteria.Code) bool {
	switch code {
	case "nat.positive", "nat.pool_recheck", "nat.inconclusive", "health.fever", "health.symptom", "health.code", "iso.occupied",
		"entry.restricted":
		return true
	}
	return false
}

func newVeil(c *composer) *veil {
	v := &veil{ill: map[roster.WorkerID]bool{}, names: map[string]string{}}
	for i := range c.Report.Findings {
		f := &c.Report.Findings[i]
		for _, s := range f.Subjects {
			if s.Kind != criteria.Worker {
				continue
			}
			if sensitive(f.Code) && !inOrder(f) {
				v.ill[roster.WorkerID(s.ID)] = true
				v.names[s.Name] = someone
			} else if v.names[s.Name] == "" {
				v.names[s.Name] = MaskName(s.Name)
			}
		}
	}
	for id, e := range c.people {
		if v.ill[id] {
			v.names[e.Name] = someone
		} else if v.names[e.Name] == "" {
			v.names[e.Name] = MaskName(e.Name)
		}
	}
	v.replace = v.replacer()
	return v
}

// replacer hides names inside longer texts, long ones first. Names of one character are left to exact: such a character stands in
// many words.
func (v *veil) replacer() *strings.Replacer {
	names := make([]string, 0, len(v.names))
	for name := range v.names {
		if utf8.RuneCountInString(name) > 1 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(names))
	for _, name := range names {
		pairs = append(pairs, name, v.names[name])
	}
	return strings.NewReplacer(pairs...)
}

// phrase writes a phrase of a finding. Names are looked for in its facts alone: its wording is the program's own.
func (v *veil) phrase(p locale.Phrase) string {
	if v == nil {
		return p.String()
	}
	args := slices.Clone(p.Args)
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = v.text(arg)
		case locale.Phrase:
			args[i] = v.phrase(arg)
		}
	}
	return locale.Phrase{Format: p.Format, Args: args}.String()
}

func (v *veil) text(text string) string {
	if v == nil {
		return text
	}
	parts := strings.Split(text, "、")
	for i, part := range parts {
		if hidden, ok := v.names[part]; ok {
			parts[i] = hidden
		} else {
			parts[i] = v.replace.Replace(part)
		}
	}
	return strings.Join(parts, "、")
}

// people writes subjects who are people: masked names, and of those who are ill only how many.
func (v *veil) people(f *criteria.Finding, subjects []criteria.Subject) string {
	const most = 20
	teams := map[string]int{}
	var names, order []string
	for _, s := range subjects {
		if sensitive(f.Code) || v.ill[roster.WorkerID(s.ID)] {
			if teams[s.Team] == 0 {
				order = append(order, s.Team)
			}
			teams[s.Team]++
			continue
		}
		names = append(names, MaskName(s.Name))
	}
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("等%d人", len(names)))
	}
	for _, team := range order {
		names = append(names, fmt.Sprintf("某班组%d人", teams[team]))
	}
	return strings.Join(names, "、")
}
