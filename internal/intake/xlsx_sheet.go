package intake

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"

	"fugong/internal/fault"
)

// merge is a vertical run of merged cells of one column: the top one holds the value for all.
type merge struct {
	column, from, to int
}

// sheetParser reads the rows of one sheet.
type sheetParser struct {
	book   *workbook
	sheet  Sheet
	number int // of the current row
	cells  []Cell
	filled bool

	column  int    // of the current cell
	kind    string // its type
	style   string // the number of its style
	text    strings.Builder
	reading bool
}

func (b *workbook) sheet(part sheetPart) (Sheet, error) {
	p := &sheetParser{book: b, sheet: Sheet{File: b.file, Name: part.name}}
	if err := b.scan(part.path, p.token); err != nil {
		return Sheet{}, b.orDamaged(err)
	}
	return p.sheet, nil
}

func (p *sheetParser) token(t xml.Token) error {
	switch e := t.(type) {
	case xml.StartElement:
		return p.begin(e)
	case xml.EndElement:
		return p.finish(e.Name.Local)
	case xml.CharData:
		if p.reading {
			p.text.Write(e)
		}
	}
	return nil
}

func (p *sheetParser) begin(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		p.number++
		if r, err := strconv.Atoi(attribute(e, "r")); err == nil && r > 0 {
			p.number = r
		}
		p.cells, p.filled, p.column = nil, false, -1
	case "c":
		p.column++
		if ref := attribute(e, "r"); ref != "" {
			p.column, _ = position(ref)
		}
		p.kind, p.style = attribute(e, "t"), attribute(e, "s")
		p.text.Reset()
	case "v", "t":
		p.reading = true
	case "rPh", "f":
		p.reading = false
	case "mergeCell":
		p.merge(attribute(e, "ref"))
	}
	return nil
}

func (p *sheetParser) finish(local string) error {
	switch local {
	case "v", "t":
		p.reading = false
	case "c":
		return p.keepCell()
	case "row":
		return p.keepRow()
	}
	return nil
}

func (p *sheetParser) keepCell() error {
	cell := p.cell()
	if cell.Text == "" {
		return nil
	}
	lim := p.book.lim
	if p.column < 0 || p.column >= lim.Columns {
		return fault.New(fault.Invalid, "文件“%s”工作表“%s”第%d行超过%d列", p.book.file, p.sheet.Name, p.number, lim.Columns)
	}
	if len(cell.Text) > lim.CellBytes {
		return fault.New(fault.Invalid, "文件“%s”工作表“%s”第%d行有一格超过%s", p.book.file, p.sheet.Name, p.number, size(int64(lim.CellBytes)))
	}
	for len(p.cells) <= p.column {
		p.cells = append(p.cells, Cell{})
	}
	p.cells[p.column] = cell
	p.filled = true
	return nil
}

func (p *sheetParser) keepRow() error {
	if !p.filled {
		return nil
	}
	p.filled = false
	p.book.rows++
	if p.book.rows > p.book.lim.Rows {
		return tooManyRows(p.book.file, p.book.lim)
	}
	p.sheet.lines = append(p.sheet.lines, line{number: p.number, cells: p.cells})
	return nil
}

// cell gives the current cell by its type: a shared string, a text of its own, a truth value or a number.
func (p *sheetParser) cell() Cell {
	text := p.text.String()
	switch p.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || i < 0 || i >= len(p.book.strings) {
			return Cell{}
		}
		return Cell{Text: clean(p.book.strings[i])}
	case "inlineStr", "str":
		return Cell{Text: clean(unescape(text))}
	case "b":
		return Cell{Text: map[string]string{"1": "TRUE", "0": "FALSE"}[strings.TrimSpace(text)]}
	case "", "n":
		if text = strings.TrimSpace(text); text == "" {
			return Cell{}
		}
		if p.isPercent() {
			return Cell{Text: percentText(text)}
		}
		return Cell{Text: numberText(text), Serial: true, Date1904: p.book.date1904}
	}
	return Cell{Text: clean(text)}
}

func (p *sheetParser) isPercent() bool {
	i, err := strconv.Atoi(p.style)
	return err == nil && i >= 0 && i < len(p.book.percents) && p.book.percents[i]
}

// percentText writes a stored fraction as the percentage that the cell shows.
func percentText(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return numberText(strconv.FormatFloat(f*100, 'E', 14, 64)) + "%"
}

// numberText writes a stored number as the spreadsheet shows it: fifteen digits, so that 36.600000000000001 is 36.6, and no
// exponent. A number of more than fifteen digits stays as stored: its last digits are already lost.
func numberText(s string) string {
	plain := len(s) <= 15 && !strings.ContainsAny(s, "eE")
	if plain {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e15 || f != 0 && math.Abs(f) < 1e-9 {
		return s
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// merge keeps a merged range of one column; others only decorate titles and headers.
func (p *sheetParser) merge(ref string) {
	first, last, ok := strings.Cut(ref, ":")
	if !ok || len(p.sheet.merges) >= p.book.lim.Rows {
		return
	}
	c1, r1 := position(first)
	c2, r2 := position(last)
	if c1 >= 0 && c1 == c2 && r1 < r2 {
		p.sheet.merges = append(p.sheet.merges, merge{column: c1, from: r1, to: r2})
	}
}

// position reads a reference such as AB12 as column 27 (A is 0) and row 12. What is no reference has column -1.
func position(ref string) (column, row int) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		letter := ref[i] &^ 0x20
		if letter < 'A' || letter > 'Z' {
			break
		}
		column = column*26 + int(letter-'A') + 1
	}
	row, err := strconv.Atoi(ref[i:])
	if err != nil || i == 0 {
		return -1, 0
	}
	return column - 1, row
}
