package main

import (
	"fmt"
	"slices"
	"strings"
)

// Numbers of nobody on the rosters, and numbers that are wrong in themselves.
const (
	unknownPerson = "320699198511120027"
	secondUnknown = "320699199602290042"
	noSuchDay     = "32069919780229003X"
	fifteenDigits = "320699900307001"
	destroyed     = "3.20699E+17"
	masked        = "320699********0013"
)

func (s *sheet) at(heading string) int {
	at := slices.Index(s.header, heading)
	if at < 0 {
		panic(fmt.Sprintf("sheet %s has no column %s", s.name, heading))
	}
	return at
}

func (s *sheet) get(i int, heading string) string {
	text, _ := s.rows[i].cells[s.at(heading)].(string)
	return text
}

// smudge rewrites a cell in a way that still reads the same.
func (s *sheet) smudge(i int, heading string, how func(string) string, remark string) {
	s.rows[i].cells[s.at(heading)] = how(s.get(i, heading))
	s.remark(i, remark)
}

func (s *sheet) remark(i int, remark string) {
	if s.rows[i].remark != "" {
		remark = s.rows[i].remark + "; " + remark
	}
	s.rows[i].remark = remark
}

// change is what a planted row has in place of the row it was copied from.
type change map[string]any

// plant adds, below the row it copies, one that must not be plainly accepted. outcome is written "rejected CODE column".
func (s *sheet) plant(i int, outcome string, changes change, remark string) {
	words := append(strings.Fields(outcome), "", "", "")
	cells := slices.Clone(s.rows[i].cells)
	for heading, value := range changes {
		cells[s.at(heading)] = value
	}
	s.rows = slices.Insert(s.rows, i+1, row{cells: cells, outcome: words[0], code: words[1], column: words[2], remark: remark})
}

// accept adds a row that is to be accepted although it looks odd.
func (s *sheet) accept(i int, changes change, remark string) {
	s.plant(i, "", changes, remark)
	s.rows[i+1].outcome = ""
}

// repeat adds the row again at the end.
func (s *sheet) repeat(i int) {
	again := row{cells: slices.Clone(s.rows[i].cells), outcome: "duplicate", code: "DUPLICATE", remark: fmt.Sprintf("line %d again", s.line(i))}
	s.rows = append(s.rows, again)
}

// number fills the running numbers that people put before a table.
func (s *sheet) number() {
	for i := range s.rows {
		s.rows[i].cells[0] = i + 1
	}
}

// dates keeps a column's times as a spreadsheet keeps them.
func (s *sheet) dates(headings ...string) {
	for i := range s.rows {
		for _, h := range headings {
			if text := s.get(i, h); strings.Count(text, ":") == 2 {
				s.rows[i].cells[s.at(h)] = date(text)
			}
		}
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r + 0xfee0
		}
		return r
	}, s)
}

func lowerSpaced(s string) string { return strings.ToLower(s[:6] + " " + s[6:14] + " " + s[14:]) }
func apostrophe(s string) string  { return "'" + s }
func zeroWidth(s string) string   { return "\u200b" + s[:10] + "\ufeff" + s[10:] }
func nonBreaking(s string) string { return "\u00a0" + s + "\u00a0\u3000" }
func tabbed(s string) string      { return "\t" + s }
func always(s string) func(string) string {
	return func(string) string { return s }
}

// wrongDigit changes the check digit.
func wrongDigit(s string) string {
	if strings.HasSuffix(s, "1") {
		return s[:17] + "2"
	}
	return s[:17] + "1"
}

// The ways people write a time.
func slashed(s string) string { return strings.ReplaceAll(s[:16], "-", "/") }
func dotted(s string) string  { return strings.ReplaceAll(s[:16], "-", ".") }
func compact(s string) string { return strings.NewReplacer("-", "", ":", "", " ", "").Replace(s) }
func chinese(s string) string {
	return s[:4] + "年" + s[5:7] + "月" + s[8:10] + "日 " + s[11:13] + "时" + s[14:16] + "分"
}
func withZone(s string) string { return strings.Replace(s, " ", "T", 1) + "+08:00" }
