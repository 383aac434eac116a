package checklist

import (
	"slices"

	"fugong/internal/calendar"
)

// Input is what may be entered for an item; several may be combined.
type Input uint8

// The inputs: YesNo is 是/否/不适用, Count a number, Photo a photo that is demanded, RemarkOnNo a remark that is demanded
// with a 否 (what, who, by when), Words free text.
const (
	YesNo Input = 1 << iota
	Count
	Photo
	RemarkOnNo
	Words
)

// Has reports whether an item takes all of the given inputs.
func (i Input) Has(all Input) bool { return i&all == all }

// Copyable reports whether yesterday's answer may be offered again: photos and numbers have to be fresh.
func (i Input) Copyable() bool { return i&(Photo|Count) == 0 }

// Part is a heading of the checklist.
type Part string

// The parts, in the order they are filled in.
const (
	Basics     Part = "A 基本"
	Gate       Part = "B 出入口"
	Screening  Part = "C 核酸"
	Health     Part = "D 健康"
	Lodgings   Part = "E 宿舍"
	Cleaning   Part = "F 消杀"
	Meals      Part = "G 食堂"
	Goods      Part = "H 物资"
	Drills     Part = "I 教育应急"
	SiteSafety Part = "J 安全"
	Rectified  Part = "K 整改"
)

// Term is something said in both languages.
type Term struct {
	Text    string `json:"zh"`
	English string `json:"en"`
}

// Form is a version of the checklist. A published version never changes; codes are never reused for something else.
type Form struct {
	Version int           `json:"version"`
	From    calendar.Date `json:"from"` // the first day that is filled in by it
	Steps   []Step        `json:"steps"`
	Items   []Item        `json:"items"`
}

// Step is a screenful of items that are confirmed together on the phone.
type Step struct {
	Code string `json:"code"`
	Term
}

// Item is one line of the daily checklist. Code is what answers refer to, in files too; it is never reused. An item of several
// numbers has Figures; each is an item of its own, with a code such as A2.1. Whoever counts only once answers with Lead.
type Item struct {
	Code string `json:"code"`
	Part Part   `json:"part"`
	Step string `json:"step"`
	Term
	Short        string   `json:"short"` // on the phone; empty: Text
	ShortEnglish string   `json:"short_en"`
	Input        Input    `json:"inputs"`
	Lead         string   `json:"lead"` // the figure that is meant where one number answers the item
	Figures      []Figure `json:"figures"`
	Reasons      []Term   `json:"reasons"` // what a 否 may be put down to
	Normal       Choice   `json:"normal"`  // how the item is answered on a day like any other; Blank: 是
	When         string   `json:"when"`    // the circumstance in which the item is asked; empty: always
	Alone        []string `json:"alone"`   // circumstances in which it is not confirmed together with others
	Criteria     []string `json:"criteria"`
	Stopped      bool     `json:"stopped"` // asked on a day without work, too
}

// Figure is one number of an item of several.
type Figure struct {
	Code string `json:"code"`
	Term
	Source   string `json:"source"`   // of the known figures, the one that fills it in or is compared with it
	Typed    bool   `json:"typed"`    // counted by a person every day; Source is only shown beside it
	Optional bool   `json:"optional"` // blank is an answer
	Normal   string `json:"normal"`   // on a day like any other
}

// item is the figure as an item that answers refer to.
func (f Figure) item(of Item) Item {
	return Item{Code: f.Code, Part: of.Part, Step: of.Step, Term: Term{of.Text + "：" + f.Text, of.English + ": " + f.English},
		Short: f.Text, ShortEnglish: f.English, Input: Count}
}

// Usual is how the item is answered on a day like any other.
func (i Item) Usual() Choice {
	if i.Normal == Blank {
		return Yes
	}
	return i.Normal
}

// Asks reports whether the item is a question: answered with a word, not only with numbers.
func (i Item) Asks() bool { return i.Input&(YesNo|Words) != 0 }

// In gives the text for a language other than Chinese where there is one.
func (t Term) In(english bool) string {
	if english && t.English != "" {
		return t.English
	}
	return t.Text
}

// Brief is the item's text for a narrow page.
func (i Item) Brief(english bool) string {
	switch {
	case english && i.ShortEnglish != "":
		return i.ShortEnglish
	case i.Short != "" && (!english || i.English == ""):
		return i.Short
	}
	return i.In(english)
}

// Find gives the item of a code, of any version: the newest that has it. A code of a figure gives the figure.
func Find(code string) (Item, bool) {
	it, known := index[code]
	return it, known
}

// Template lists every item of the newest version in the order it is filled in. The slice is the caller's own.
func Template() []Item { return slices.Clone(forms[len(forms)-1].Items) }

// Forms lists the versions, the oldest first. The slice is the caller's own.
func Forms() []Form { return slices.Clone(forms) }

// On gives the version by which a day is filled in: the newest that has begun, or the first.
func On(day calendar.Date) Form {
	chosen := forms[0]
	for _, f := range forms[1:] {
		if !f.From.After(day) {
			chosen = f
		}
	}
	return chosen
}

// Version gives a version by its number; false when there is none.
func Version(n int) (Form, bool) {
	for _, f := range forms {
		if f.Version == n {
			return f, true
		}
	}
	return Form{}, false
}

// Item gives an item of a version by its code; false when it has none. Figures are not among them.
func (f Form) Item(code string) (Item, bool) {
	i := slices.IndexFunc(f.Items, func(it Item) bool { return it.Code == code })
	if i < 0 {
		return Item{}, false
	}
	return f.Items[i], true
}

// Lead gives the figure whose number answers an item, too; empty when it has none.
func Lead(code string) string { return leads[code] }
