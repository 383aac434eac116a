// Package sheet composes and prints the inspection sheet (核查表) that an inspector takes to a site, and its posted copy
// (公示版). Compose does all the thinking and yields strings and small tables; a Printer only lays them out and draws.
//
// The paper is A4 portrait with a binding margin on the left, black on white but for light grey, and leaves room for the pen, the
// stamp and the signatures. The same sheet always gives the same bytes.
package sheet

import (
	"time"

	"fugong/internal/calendar"
)

// Copy is which edition of the sheet is printed.
type Copy string

// The copies: Internal names the people with exceptions in full; Posted may hang on the wall, with masked names and without
// numbers, telephones or anybody's health.
const (
	Internal Copy = "internal"
	Posted   Copy = "posted"
)

// Sheet is everything that is printed about one section, in the order of the page.
type Sheet struct {
	Copy      Copy
	Issue     *Issue // what an issued paper proves itself by; nil on a draft, which says so on every page
	Title     string
	Caution   string // 内部资料…; empty on the posted copy
	Number    string // 编号
	Heading   string // project and section
	Outline   string // entry in the document's outline
	Verdict   string
	Lead      []string // how many, where they live, what blocks, since when
	Tiles     []Tile
	Facts     []Fact
	Tables    []Table
	JudgedAt  string // the instant the verdict speaks of
	DataAt    string // 数据截止时间
	PrintedAt calendar.Instant
	PrintedBy string
	Policy    string // name and version of the rules
	Loc       *time.Location
}

// Tile is one figure of the summary strip.
type Tile struct {
	Label string
	Value string
	Note  string
}

// Fact is one line of what the section is.
type Fact struct {
	Label string
	Value string
}

// Table is one table of the sheet. Its head is repeated on every page it reaches, and its rows are never split, unless one is
// longer than a page.
type Table struct {
	Title   string
	Note    string // beside the title
	Columns []Column
	Rows    []Row
	Empty   string  // what is said when there are no rows
	Least   float64 // height of a row in mm that is left at least, for the pen; 0: as the text needs
}

// Align is where text stands in its cell.
type Align int8

// The alignments.
const (
	Left Align = iota
	Centre
)

// Column is one column of a table. Widths are in mm and sum up to the width of the page.
type Column struct {
	Title string
	Width float64
	Align Align
	Pen   bool // filled in by hand: an empty cell stays empty; in other columns it prints /
}

// Row is a row of cells, or, where Heading is given, a line across the whole table over the rows that follow.
type Row struct {
	Heading string
	Cells   []Cell
}

// Cell is what stands in one place of a table. Strong is printed bold.
type Cell struct {
	Text   string
	Strong bool
}

// cells makes a row of plain texts.
func cells(texts ...string) Row {
	row := Row{Cells: make([]Cell, len(texts))}
	for i, text := range texts {
		row.Cells[i].Text = text
	}
	return row
}
