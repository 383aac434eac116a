package intake

import (
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
)

// Column is one column of a register: its heading, other headings people use for it, and whether a file needs it. Given is what every
// row says where the file lacks the column; such a one is not needed.
type Column struct {
	Name     string
	Synonyms []string
	Required bool
	Given    string
}

// Names lists the headings of columns in their order, which is the order of an export.
func Names(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// Cell is the content of one cell, cleaned: trimmed, without invisible characters, full-width digits and letters made
// plain. Serial says that the cell holds a spreadsheet's number (a date serial, a count) rather than typed text; Date1904
// tells how serial dates count.
type Cell struct {
	Text     string `json:"text,omitempty"`
	Serial   bool   `json:"serial,omitempty"`
	Date1904 bool   `json:"date1904,omitempty"`
}

// Sheet is one visible sheet of a file as it stands: title, header, rows and footer still mixed. A CSV file is one sheet
// without a name.
type Sheet struct {
	File   string
	Name   string
	lines  []line
	merges []merge
}

// line is one row of a sheet that has content, under the number a person sees.
type line struct {
	number int
	cells  []Cell
}

func (l line) cell(i int) Cell {
	if i < 0 || i >= len(l.cells) {
		return Cell{}
	}
	return l.cells[i]
}

// Table is a sheet whose header was understood. Header is how it stands, Found what of it the columns claim, Unknown the
// headings that none does.
type Table struct {
	Sheet   string
	Rows    []Row
	Header  []string
	Found   []Found
	Unknown []string
}

// Found is a column and the heading it was found under.
type Found struct{ Column, Heading string }

// layout tells where in a line the columns stand; all rows of a table share one.
type layout struct {
	columns []Column
	at      map[string]int    // column name to cell index; absent when the file lacks the column
	given   map[string]string // what a column that the file lacks says in every row
}

func (l *layout) required(name string) bool {
	if l == nil {
		return false
	}
	return slices.ContainsFunc(l.columns, func(c Column) bool { return c.Required && c.Name == name })
}

// Row is one row under the header. Cells are found by the column's Name.
type Row struct {
	Sheet  string
	Line   int
	cells  []Cell
	layout *layout
}

// Cell gives the cell of a column; the empty Cell when the file lacks it.
func (r Row) Cell(column string) Cell {
	if r.layout == nil {
		return Cell{}
	}
	at, ok := r.layout.at[column]
	if !ok {
		return Cell{Text: r.layout.given[column]}
	}
	if at >= len(r.cells) {
		return Cell{}
	}
	return r.cells[at]
}

// Text gives the cleaned text of a column.
func (r Row) Text(column string) string { return r.Cell(column).Text }

// Texts gives the cleaned texts of a row in the order of the columns, so that a row can be kept and made again by NewTable.
func (r Row) Texts(columns []Column) []string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = r.Text(c.Name)
	}
	return texts
}

// Original gives the texts of a row as they stand in the file, also those under headings that no column claims. Times and dates
// that are a spreadsheet's numbers are written as people read them there.
func (r Row) Original(loc *time.Location) []string {
	texts := make([]string, len(r.cells))
	for i, c := range r.cells {
		texts[i] = c.Text
	}
	for name, at := range r.layout.at {
		if at < len(texts) && r.cells[at].Serial {
			texts[at] = readable(name, r.cells[at], loc)
		}
	}
	return texts
}

// readable writes the number of a column of times or dates as a clock and a calendar do.
func readable(column string, c Cell, loc *time.Location) string {
	day := strings.HasSuffix(column, "日期")
	if !day && !strings.HasSuffix(column, "时间") {
		return c.Text
	}
	stamp, err := ParseTime(c, loc)
	if err != nil {
		return c.Text
	}
	if day {
		return calendar.On(stamp.At, loc).String()
	}
	return FormatTime(stamp.At, loc)
}

// Cells gives the cells of a row in the order of the columns, so that it can be kept and made again by KeptRow.
func (r Row) Cells(columns []Column) []Cell {
	cells := make([]Cell, len(columns))
	for i, c := range columns {
		cells[i] = r.Cell(c.Name)
	}
	return cells
}

// NewTable makes a table from texts in the order of the columns: rows typed into a form. The first row is line 1.
func NewTable(sheet string, columns []Column, rows [][]string) Table {
	shared := inOrder(columns)
	t := Table{Sheet: sheet, Rows: make([]Row, len(rows))}
	for i, texts := range rows {
		cells := make([]Cell, len(texts))
		for j, text := range texts {
			cells[j] = Cell{Text: clean(text)}
		}
		t.Rows[i] = Row{Sheet: sheet, Line: i + 1, cells: cells, layout: shared}
	}
	return t
}

// KeptRow makes a table of one row that was kept, under the line it had in its file.
func KeptRow(sheet string, line int, columns []Column, cells []Cell) Table {
	return Table{Sheet: sheet, Rows: []Row{{Sheet: sheet, Line: line, cells: cells, layout: inOrder(columns)}}}
}

func inOrder(columns []Column) *layout {
	l := &layout{columns: columns, at: make(map[string]int, len(columns))}
	for i, c := range columns {
		l.at[c.Name] = i
	}
	return l
}
