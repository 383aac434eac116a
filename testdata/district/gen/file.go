package main

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// file is one file to be written: an XLSX workbook, or a CSV with its separator and encoding.
type file struct {
	name, kind string
	sheets     []*sheet
	date1904   bool
	comma      rune
	encoding   encoding
	dirt       []string // of the file as a whole, for the README
}

type encoding int

const (
	utf8Plain encoding = iota
	utf8BOM
	gb18030
)

// sheet is a table with what surrounds it.
type sheet struct {
	name      string
	hidden    bool
	titles    []string
	header    []string
	merged    string // a column whose equal cells are merged
	rows      []row
	total     bool
	signature string
}

// row is one line: its cells are texts, numbers, dates or formulas. An empty outcome is plainly accepted; note says what
// dirt it carries.
type row struct {
	cells                         []any
	outcome, code, column, remark string
}

// date is an instant that a spreadsheet keeps as a number; formula is a number that is reckoned.
type (
	date    string
	formula struct {
		text  string
		value float64
	}
)

// line is what a person sees as the row's number: titles and header come before it.
func (s *sheet) line(i int) int { return len(s.titles) + 2 + i }

func (f *file) render(book *ledger) ([]byte, error) {
	book.note(f)
	if strings.HasSuffix(f.name, ".xlsx") {
		return f.workbook()
	}
	return f.text()
}

func (f *file) text() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = f.comma, true
	s := f.sheets[0]
	for _, title := range s.titles {
		if err := w.Write([]string{title}); err != nil {
			return nil, err
		}
	}
	if err := w.Write(s.header); err != nil {
		return nil, err
	}
	for _, r := range s.rows {
		if err := w.Write(texts(r.cells)); err != nil {
			return nil, err
		}
	}
	if s.total {
		if err := w.Write([]string{"合计", "", ""}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return f.encoding.encode(b.Bytes())
}

func (e encoding) encode(text []byte) ([]byte, error) {
	switch e {
	case utf8BOM:
		return append([]byte("\xef\xbb\xbf"), text...), nil
	case gb18030:
		return simplifiedchinese.GB18030.NewEncoder().Bytes(text)
	}
	return text, nil
}

func texts(cells []any) []string {
	all := make([]string, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case string:
			all[i] = v
		case date:
			all[i] = string(v)
		}
	}
	return all
}

// plain turns clean rows into lines.
func plain(rows [][]string) []row {
	all := make([]row, len(rows))
	for i, cells := range rows {
		all[i].cells = make([]any, len(cells))
		for j, text := range cells {
			all[i].cells[j] = text
		}
	}
	return all
}

// of keeps the rows whose cell in a column is one of the values.
func (t table) of(column string, values ...string) table {
	at := t.at(column)
	kept := table{header: t.header}
	for _, r := range t.rows {
		if slices.Contains(values, r[at]) {
			kept.rows = append(kept.rows, r)
		}
	}
	return kept
}

func (t table) at(column string) int { return slices.Index(t.header, column) }

// as gives the table with columns in another order and under other headings, written "heading=column".
func (t table) as(headings ...string) table {
	var other table
	from := make([]int, len(headings))
	for i, h := range headings {
		heading, column, renamed := strings.Cut(h, "=")
		if !renamed {
			column = heading
		}
		other.header = append(other.header, heading)
		from[i] = t.at(column)
	}
	for _, r := range t.rows {
		cells := make([]string, len(from))
		for i, at := range from {
			if at >= 0 {
				cells[i] = r[at]
			}
		}
		other.rows = append(other.rows, cells)
	}
	return other
}
