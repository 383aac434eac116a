package chart

import "html/template"

// Tile is a street in the grid: its place in columns and rows from 1 (0: where there is room), and where it leads.
type Tile struct {
	Rate
	Column, Row int
	Href        string
}

// Tiles is the district as a grid of its streets: which lies where, roughly, without a border drawn.
type Tiles struct {
	Said
	Tiles []Tile
}

// The measures of the grid. It is at least as wide as a card, so that its letters do not grow.
const (
	tileWidth, tileHeight = 72.0, 46.0
	leastColumns          = 5
)

// Most is how many columns and rows a grid has at most.
const Most = 24

// place is a cell of the grid, from 0.
type place struct{ column, row int }

// SVG draws the grid.
func (t Tiles) SVG() template.HTML {
	if len(t.Tiles) == 0 {
		return t.nothing()
	}
	places := t.places()
	columns, rows, role := leastColumns, 0, "img"
	for i, p := range places {
		columns, rows = max(columns, p.column+1), max(rows, p.row+1)
		if t.Tiles[i].Href != "" {
			role = "group"
		}
	}
	d := begin("chart", role, t.Label, tileWidth*float64(columns), tileHeight*float64(rows))
	for i, p := range places {
		d.tile(t.Tiles[i], tileWidth*float64(p.column), tileHeight*float64(p.row))
	}
	return d.end()
}

func (d *drawing) tile(t Tile, x, y float64) {
	element := "g"
	if t.Href != "" {
		element = "a"
		d.WriteString(`<a href="` + template.HTMLEscapeString(t.Href) + `">`)
		if t.Title != "" {
			d.WriteString("<title>" + template.HTMLEscapeString(t.Title) + "</title>")
		}
	} else {
		d.titled(t.Title)
	}
	level := LevelOf(t.Part, t.Whole)
	d.rect("tile "+tileClass(level), x, y, tileWidth, tileHeight, 3)
	d.text("", "middle", x+tileWidth/2, y+19, fit(t.Name, tileWidth-6))
	d.text("v", "middle", x+tileWidth/2, y+36, Percent(t.Part, t.Whole))
	if level == Low { // told apart without colour, too
		d.path("tile-low", track(x+tileWidth, y, -14, 5, -5, 5, -5, 14)+"Z")
	}
	d.close(element)
}

func tileClass(l Level) string {
	return [...]string{NoRate: "k0", Low: "kb", Fair: "k1", Better: "k2", High: "k4"}[l]
}

// places gives each tile its cell. Those without one, and those whose cell is taken, go to the first free cells in order.
func (t Tiles) places() []place {
	taken, places, columns := map[place]bool{}, make([]place, len(t.Tiles)), leastColumns
	placed := make([]bool, len(t.Tiles))
	for i, tile := range t.Tiles {
		p := place{tile.Column - 1, tile.Row - 1}
		if p.column < 0 || p.row < 0 || p.column >= Most || p.row >= Most || taken[p] {
			continue
		}
		places[i], placed[i], taken[p] = p, true, true
		columns = max(columns, p.column+1)
	}
	next := 0
	if len(taken) > 0 { // below the others, so that nobody takes a place in the order for one on the map
		for p := range taken {
			next = max(next, (p.row+1)*columns)
		}
	}
	for i := range places {
		if !placed[i] {
			places[i] = place{next % columns, next / columns}
			next++
		}
	}
	return places
}
