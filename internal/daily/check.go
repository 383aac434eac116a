package daily

import (
	"cmp"
	"slices"
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/intake"
)

// Entry is what was entered for an item or a figure, as it was typed.
type Entry struct {
	Choice  checklist.Choice
	Number  string
	Remark  string
	Reasons []string
	Photos  []string
	How     checklist.How
	At      calendar.Instant // by the device; zero: not told
}

func (e Entry) blank() bool {
	return e.Choice == checklist.Blank && e.Number == "" && e.Remark == "" && len(e.Reasons) == 0 && len(e.Photos) == 0
}

// Draft is what was entered so far, by the codes of items and figures.
type Draft map[string]Entry

// Stopped reports whether it says that no work goes on: then only few items are asked.
func (d Draft) Stopped() bool { return d[checklist.Work].Choice == checklist.No }

// Wanted reports whether an item has to be answered, as far as the draft tells.
func (d Draft) Wanted(a Ask) bool { return !d.Stopped() || a.Stopped }

// Problem is something wrong with what was entered. Field is its name on the form; What one of missing, number, reason, remark,
// long, photo and alone.
type Problem struct {
	Item, Field, What string
}

// Question is a number that is typed by hand and looks unlikely: it is asked once whether it is meant.
type Question struct {
	Code, Number string
	Against      string // the number it is compared with
	Roster       bool   // which is the register's, not yesterday's
}

// Checked is what a draft comes to. The Answers may be handed in when there is no Problem; Exceptions, Singles and Bulks tell
// the items apart for the review.
type Checked struct {
	Answers    []checklist.Answer
	Problems   []Problem
	Questions  []Question
	Exceptions []string
	Singles    []string
	Bulks      []string
}

// Missing counts the items that were not answered.
func (c *Checked) Missing() int {
	items := map[string]bool{}
	for _, p := range c.Problems {
		if p.What == "missing" {
			items[p.Item] = true
		}
	}
	return len(items)
}

// checking is one look through a draft.
type checking struct {
	draft Draft
	Checked
}

// Check holds a draft against the sheet: what is missing or wrong, and what is to be handed in.
func (s *Sheet) Check(d Draft) Checked {
	c := &checking{draft: d}
	for _, a := range s.Asks {
		if !d.Wanted(a) {
			continue
		}
		c.photo(a)
		c.bulk(a)
		if len(a.Numbers) > 0 {
			c.figures(a)
		} else {
			c.question(a)
		}
		c.sort(a)
	}
	return c.Checked
}

func (c *checking) problem(item, field, what string) {
	c.Problems = append(c.Problems, Problem{item, field, what})
}

// photo: what was drawn wants a photo, and so does a 否 to an item that takes one.
func (c *checking) photo(a Ask) {
	e := c.draft[a.Code]
	wanted := a.Drawn || e.Choice == checklist.No && a.Input.Has(checklist.Photo)
	if wanted && len(e.Photos) == 0 {
		c.problem(a.Code, "photo."+a.Code, "photo")
	}
}

// bulk: only a usual answer to an item that may be confirmed with others.
func (c *checking) bulk(a Ask) {
	e := c.draft[a.Code]
	if e.How == checklist.Bulk && (a.Alone != "" || e.Choice != a.usual()) {
		c.problem(a.Code, "answer."+a.Code, "alone")
	}
}

// usual is what confirms the item on a day like any other: numbers are confirmed with 是.
func (a *Ask) usual() checklist.Choice {
	if len(a.Numbers) > 0 {
		return checklist.Yes
	}
	return a.Usual()
}

// question takes the answer to an item that is answered with a word.
func (c *checking) question(a Ask) {
	e := c.draft[a.Code]
	answer := checklist.Answer{Item: a.Code, Choice: e.Choice, Remark: checklist.JoinReasons(e.Reasons, e.Remark), Photos: e.Photos}
	if a.onlyWords() && e.Choice == checklist.Blank && answer.Remark != "" {
		answer.Choice = checklist.Yes
	}
	if answer.Choice == checklist.Blank {
		c.problem(a.Code, "answer."+a.Code, "missing")
		return
	}
	if e.Number != "" {
		answer.Number = c.number(a.Code, a.Code, e.Number)
	}
	c.remark(a, answer)
	c.Answers = append(c.Answers, answer)
}

// onlyWords reports whether text by itself answers the item.
func (a *Ask) onlyWords() bool { return a.Input.Has(checklist.Words) && !a.Input.Has(checklist.YesNo) }

// remark: a 否 needs a reason, where the item offers any, and a measure; what else there is to report needs words.
func (c *checking) remark(a Ask, answer checklist.Answer) {
	e := c.draft[a.Code]
	says := answer.Amiss() || answer.Choice == checklist.Yes && a.onlyWords()
	switch {
	case says && len(e.Reasons) == 0 && len(a.Reasons) > 0:
		c.problem(a.Code, "reason."+a.Code, "reason")
	case !c.known(a, e.Reasons):
		c.problem(a.Code, "reason."+a.Code, "reason")
	}
	switch {
	case says && e.Remark == "":
		c.problem(a.Code, "remark."+a.Code, "remark")
	case checklist.TooLong(answer.Remark):
		c.problem(a.Code, "remark."+a.Code, "long")
	}
}

func (c *checking) known(a Ask, reasons []string) bool {
	for _, r := range reasons {
		if !slices.ContainsFunc(a.Reasons, func(t checklist.Term) bool { return t.Text == r }) {
			return false
		}
	}
	return true
}

// figures takes the numbers of an item. Those that a person counts confirm the others by being there; else the item has to be
// confirmed. A 否 says that what is counted is not in order.
func (c *checking) figures(a Ask) {
	e := c.draft[a.Code]
	if e.Choice == checklist.Blank && !c.counted(a) {
		return
	}
	for _, n := range a.Numbers {
		c.figure(a, n)
	}
	if e.Choice == checklist.No || e.Remark != "" {
		answer := checklist.Answer{Item: a.Code, Choice: e.Choice, Remark: checklist.JoinReasons(e.Reasons, e.Remark)}
		if answer.Choice != checklist.No {
			answer.Choice = checklist.Yes
		}
		c.remark(a, answer)
		c.Answers = append(c.Answers, answer)
	}
}

// counted reports whether a person counted what he has to; what is not there is noted as missing.
func (c *checking) counted(a Ask) bool {
	typed, all := false, true
	for _, n := range a.Numbers {
		if n.Typed {
			typed = true
			if c.draft[n.Code].Number == "" {
				all = false
				c.problem(a.Code, "number."+n.Code, "missing")
			}
		}
	}
	if !typed {
		c.problem(a.Code, "answer."+a.Code, "missing")
	}
	return typed && all
}

// figure takes one number. Where it was left blank, what the registers know or what is usual stands: the
// item was confirmed.
func (c *checking) figure(a Ask, n Number) {
	text := c.draft[n.Code].Number
	if text == "" {
		text = n.Default()
	}
	if text == "" {
		if !n.Optional && !n.Later {
			c.problem(a.Code, "number."+n.Code, "missing")
		}
		return
	}
	number := c.number(a.Code, n.Code, text)
	if number == "" {
		return
	}
	answer := checklist.Answer{Item: n.Code, Choice: checklist.Number, Number: number}
	if n.Code == a.Lead {
		answer.Photos = c.draft[a.Code].Photos // what is seen on them is what was counted
	}
	c.Answers = append(c.Answers, answer)
	if n.Typed {
		c.unlikely(n, number)
	}
}

// Default is what stands in the field before anybody types: what the registers know or what is usual, but nothing for what a
// person has to count.
func (n Number) Default() string {
	if n.Typed {
		return ""
	}
	return cmp.Or(n.Known, n.Normal)
}

func (c *checking) number(item, code, text string) string {
	n, err := intake.ParseDecimal(text, checklist.Digits)
	if err != nil || n < 0 {
		c.problem(item, "number."+code, "number")
		return ""
	}
	return intake.FormatDecimal(n, checklist.Digits)
}

// swing is by how many hundredths of yesterday's number a number may differ without being asked about.
const swing = 20

// unlikely asks about a number that is far from yesterday's or not that of the register.
func (c *checking) unlikely(n Number, number string) {
	typed, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return
	}
	if known, err := strconv.ParseFloat(n.Known, 64); err == nil && known != typed {
		c.Questions = append(c.Questions, Question{n.Code, number, n.Known, true})
		return
	}
	before, err := strconv.ParseFloat(n.Yesterday, 64)
	if err == nil && n.Known == "" && max(typed-before, before-typed)*100 > before*swing {
		c.Questions = append(c.Questions, Question{n.Code, number, n.Yesterday, false})
	}
}

func (a *Ask) answer(c checklist.Choice) checklist.Answer {
	return checklist.Answer{Item: a.Code, Choice: c}
}

// sort puts an item where the review shows it.
func (c *checking) sort(a Ask) {
	e := c.draft[a.Code]
	switch {
	case a.answer(e.Choice).Amiss() || a.onlyWords() && e.Choice != a.usual() && !e.blank():
		c.Exceptions = append(c.Exceptions, a.Code)
	case e.How == checklist.Bulk:
		c.Bulks = append(c.Bulks, a.Code)
	case !e.blank() || len(a.Numbers) > 0:
		c.Singles = append(c.Singles, a.Code)
	}
}

// Fill confirms what is left of a step as usual. It returns false, and fills nothing, while a number of the form that has to be
// typed is missing.
func (s *Sheet) Fill(d Draft, step string) bool {
	for _, a := range s.Asks {
		for _, n := range a.Numbers {
			if n.Typed && d[n.Code].Number == "" {
				return false
			}
		}
	}
	for _, a := range s.Asks {
		if e := d[a.Code]; a.Step == step && a.Alone == "" && e.Choice == checklist.Blank && d.Wanted(a) {
			e.Choice, e.How = a.usual(), checklist.Bulk
			d[a.Code] = e
		}
	}
	return true
}
