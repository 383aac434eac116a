package daily

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
)

// Why says why an item has to be answered by itself and not together with others; empty where nothing forbids it.
type Why string

// The reasons.
const (
	Drawn     Why = "drawn"     // for a photo of today
	Abnormal  Why = "abnormal"  // yesterday
	Flagged   Why = "flagged"   // something about it is not in order
	Triggered Why = "triggered" // by a circumstance of today
	Exact     Why = "exact"     // there is no usual answer: it asks for numbers that nobody knows
)

// Input is what a day's checklist is made from.
type Input struct {
	Form    checklist.Form
	Day     calendar.Date
	Facts   Facts
	Report  criteria.Report
	Earlier []checklist.Answer // of the days before
	Seed    []byte             // secret to whoever fills in the checklist, and another one each day
}

// Sheet is the checklist of a section for a day, as it is put before whoever fills it in.
type Sheet struct {
	Form  checklist.Form
	Day   calendar.Date
	Facts Facts
	Asks  []Ask
}

// Ask is one item as it is asked.
type Ask struct {
	checklist.Item
	Yesterday checklist.Answer // its Choice is Blank where there was none
	Alone     Why
	Drawn     bool
	Numbers   []Number // of its figures, in their order
}

// Number is one figure as it is asked.
type Number struct {
	checklist.Figure
	Known     string // by the registers; empty: nothing is recorded
	Later     bool   // it cannot be known yet: nothing stands in the field, and it may be left blank
	Yesterday string
}

// Plan decides what is asked on a day, and how.
func Plan(in Input) Sheet {
	s := Sheet{Form: in.Form, Day: in.Day, Facts: in.Facts}
	before := standing(in.Earlier, in.Day.Add(-1))
	flagged := flaggedItems(in.Report)
	for _, it := range in.Form.Items {
		if it.When != "" && !in.Facts.Holds[it.When] {
			continue
		}
		a := Ask{Item: it, Yesterday: before[it.Code]}
		for _, f := range it.Figures {
			n := Number{Figure: f, Known: in.Facts.Numbers[f.Source], Later: in.Facts.Later[f.Source], Yesterday: before[f.Code].Number}
			if n.Later {
				n.Known = ""
			}
			if f.Code == it.Lead {
				n.Yesterday = cmp.Or(n.Yesterday, before[it.Code].Number)
			}
			a.Numbers = append(a.Numbers, n)
		}
		a.Alone = in.alone(a, flagged)
		s.Asks = append(s.Asks, a)
	}
	s.draw(in.Seed, evidenceWanted(in.Earlier, in.Day))
	return s
}

// standing gives the last answer to each item of a day.
func standing(all []checklist.Answer, day calendar.Date) map[string]checklist.Answer {
	last := map[string]checklist.Answer{}
	for _, a := range all {
		if a.Date == day && a.SubmittedAt >= last[a.Item].SubmittedAt {
			last[a.Item] = a
		}
	}
	return last
}

// flaggedItems are the items that something not in order is about: by name, or as one of the criteria that an item watches.
func flaggedItems(r criteria.Report) map[string]bool {
	found := map[string]bool{}
	for _, f := range r.Findings {
		if f.Status != criteria.Fail && f.Status != criteria.Warned {
			continue
		}
		found[string(f.Code)] = true
		for _, s := range f.Subjects {
			if s.Kind == criteria.Item {
				found[s.Name] = true
			}
		}
	}
	return found
}

// always is what an item names as a circumstance that is never confirmed together with others.
const always = "always"

func (in *Input) alone(a Ask, flagged map[string]bool) Why {
	switch {
	case a.exact() || slices.Contains(a.Item.Alone, always):
		return Exact
	case a.Yesterday.Choice == checklist.No || a.outstanding():
		return Abnormal
	case flagged[a.Code] || slices.ContainsFunc(a.Criteria, func(c string) bool { return flagged[c] }):
		return Flagged
	case a.When != "" || slices.ContainsFunc(a.Item.Alone, func(w string) bool { return in.Facts.Holds[w] }):
		return Triggered
	}
	return ""
}

// exact reports whether a number has to be typed: it is counted by a person, or neither known nor usually the same.
func (a *Ask) exact() bool {
	return slices.ContainsFunc(a.Numbers, func(n Number) bool {
		return n.Typed || !n.Optional && !n.Later && n.Known == "" && n.Normal == ""
	})
}

// outstanding reports whether a number that is usually something else was not so yesterday.
func (a *Ask) outstanding() bool {
	return slices.ContainsFunc(a.Numbers, func(n Number) bool {
		return n.Normal != "" && n.Code == a.Lead && n.Yesterday != "" && n.Yesterday != n.Normal
	})
}

// Evidence is how many items a day want a photo of today, and one more after so many identical days.
const (
	evidence      = 2
	identicalDays = 3
)

// evidenceWanted raises the number by one where the last days were answered in exactly the same way.
func evidenceWanted(earlier []checklist.Answer, day calendar.Date) int {
	first := said(earlier, day.Add(-1))
	for i := 2; i <= identicalDays; i++ {
		if len(first) == 0 || !slices.EqualFunc(first, said(earlier, day.Add(-i)), alike) {
			return evidence
		}
	}
	return evidence + 1
}

// alike reports whether two answers say the same, whenever they were given and whatever photos stand with them.
func alike(a, b checklist.Answer) bool {
	return a.Item == b.Item && a.Choice == b.Choice && a.Number == b.Number && a.Remark == b.Remark
}

// said is what was answered on a day, without when.
func said(all []checklist.Answer, day calendar.Date) []checklist.Answer {
	var said []checklist.Answer
	for code, a := range standing(all, day) {
		said = append(said, checklist.Answer{Item: code, Choice: a.Choice, Number: a.Number, Remark: a.Remark})
	}
	slices.SortFunc(said, func(a, b checklist.Answer) int { return cmp.Compare(a.Item, b.Item) })
	return said
}

// draw chooses the items that want a photo: those that the hash of the day's secret and their code puts first. Which they are
// cannot be told without the secret, and does not depend on what else is asked.
func (s *Sheet) draw(seed []byte, n int) {
	var places []int
	for i := range s.Asks {
		if s.Asks[i].Input.Has(checklist.Photo) {
			places = append(places, i)
		}
	}
	rank := func(i int) string {
		sum := sha256.Sum256(append(slices.Clone(seed), s.Asks[i].Code...))
		return string(sum[:])
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	for _, i := range places[:min(n, len(places))] {
		s.Asks[i].Drawn = true
		s.Asks[i].Alone = cmp.Or(s.Asks[i].Alone, Drawn)
	}
}

// Evidence lists the items that were drawn for a photo.
func (s *Sheet) Evidence() []string {
	var codes []string
	for i := range s.Asks {
		if s.Asks[i].Drawn {
			codes = append(codes, s.Asks[i].Code)
		}
	}
	return codes
}
