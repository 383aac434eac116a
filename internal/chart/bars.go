package chart

import "html/template"

// Rate is a part of a whole under a name. Title is told by the pointer.
type Rate struct {
	Name        string
	Part, Whole int
	Title       string
}

// Level is how high a rate is: bars and tiles colour the same rate alike.
type Level int

// The levels. The zero level is that there is no whole to speak of.
const (
	NoRate Level = iota
	Low          // below LowBelow
	Fair
	Better
	High // from HighFrom
)

// Where the levels end, in percent.
const (
	LowBelow   = 65
	BetterFrom = 75
	HighFrom   = 85
)

// LevelOf gives the level of a rate.
func LevelOf(part, whole int) Level {
	switch tenths := Tenths(part, whole); {
	case whole <= 0:
		return NoRate
	case tenths < LowBelow*10:
		return Low
	case tenths < BetterFrom*10:
		return Fair
	case tenths < HighFrom*10:
		return Better
	}
	return High
}

// Rates are rates below each other, in the order given, with a line where the whole district stands.
type Rates struct {
	Said
	Rows  []Rate
	Whole Rate
}

// The measures of bars, in CSS pixels of a card.
const (
	cardWidth = 420.0
	leastName = 44.0
	mostName  = 190.0

	partsGap     = 8.0 // around the parts and wholes at the right
	percentWidth = 48.0
)

// fraction writes the rate as a part of its whole.
func (r Rate) fraction() string { return number(float64(r.Part)) + "/" + number(float64(r.Whole)) }

// SVG draws the rates.
func (r Rates) SVG() template.HTML {
	if len(r.Rows) == 0 {
		return r.nothing()
	}
	const step, bar = 25.0, 15.0
	names, parts := make([]string, len(r.Rows)), 0.0
	for i, row := range r.Rows {
		names[i] = row.Name
		parts = max(parts, textWidth(row.fraction()))
	}
	left, percent := gutter(names), cardWidth-partsGap-parts
	end := percent - percentWidth
	d := begin("chart", "img", r.Label, cardWidth, step*float64(len(r.Rows))+4)
	for i, row := range r.Rows {
		y := 2 + step*float64(i)
		d.titled(row.Title)
		d.text("", "end", left-8, y+12, fit(row.Name, left-8))
		d.rect("f-track", left, y, end-left, bar, 2)
		if row.Whole > 0 { // the worst rate of all, none, has an edge of its colour, too
			share := float64(Tenths(row.Part, row.Whole)) / 1000
			d.rect(barClass(LevelOf(row.Part, row.Whole)), left, y, max(4, (end-left)*share), bar, 2)
		}
		d.text("v", "end", percent, y+12, Percent(row.Part, row.Whole))
		d.text("lbl", "end", cardWidth-2, y+12, row.fraction())
		d.close("g")
	}
	if r.Whole.Whole > 0 {
		x := left + (end-left)*float64(Tenths(r.Whole.Part, r.Whole.Whole))/1000
		d.line("l-ref", x, 0, x, step*float64(len(r.Rows)))
	}
	return d.end()
}

func barClass(l Level) string {
	if l == Low {
		return "f-bad"
	}
	return "f-brand"
}

// gutter gives where bars begin, so that the names stand before them.
func gutter(names []string) float64 {
	widest := leastName
	for _, name := range names {
		widest = max(widest, textWidth(name))
	}
	return min(widest, mostName) + 10
}

// Count is how often something is so. Shown stands at its bar where it is not the number itself, as for one too small to be
// told; its bar then says nothing of its length. Blank is the count of what nobody filled in.
type Count struct {
	Name  string
	N     int
	Shown string
	Blank bool
	Title string
}

// Counts are counts below each other, in the order given.
type Counts struct {
	Said
	Rows []Count
}

// SVG draws the counts.
func (c Counts) SVG() template.HTML {
	if len(c.Rows) == 0 {
		return c.nothing()
	}
	const step, bar, end = 27.0, 17.0, 377.0
	names, most := make([]string, len(c.Rows)), 1
	for i, row := range c.Rows {
		names[i] = row.Name
		if row.Shown == "" {
			most = max(most, row.N)
		}
	}
	left := gutter(names)
	d := begin("chart", "img", c.Label, cardWidth, step*float64(len(c.Rows)))
	for i, row := range c.Rows {
		y := 2 + step*float64(i)
		width, class, shown := 0.0, "f-brand", row.Shown
		if row.Blank {
			class = "f-none"
		}
		if shown == "" {
			width, shown = (end-left)*float64(row.N)/float64(most), number(float64(row.N))
		}
		d.titled(row.Title)
		d.text("", "end", left-8, y+13, fit(row.Name, left-8))
		if width > 0 {
			d.rect(class, left, y, max(2, width), bar, 2)
		}
		d.text("v", "start", left+width+8, y+13, shown)
		d.close("g")
	}
	return d.end()
}
