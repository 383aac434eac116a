package chart

import "html/template"

// Share is a part of a whole as one bar. What is missing is marked and set apart by a gap; what nobody knows is half as high. It
// stretches to the width there is.
type Share struct {
	Said
	Part, Unknown, Whole int // the rest of Whole is missing
}

// the measures of a share: thousandths of the width, so that it may stretch.
const (
	shareWidth = 1000.0
	shareGap   = 6.0
	shareLeast = 14.0 // however little it is, it is seen
)

// SVG draws the share.
func (s Share) SVG() template.HTML {
	if s.Whole <= 0 {
		return s.nothing()
	}
	d := begin("meter", "img", s.Label, shareWidth, 8)
	part, unknown := min(max(s.Part, 0), s.Whole), max(s.Unknown, 0)
	unknown = min(unknown, s.Whole-part)
	x := 0.0
	for _, piece := range widths(part, unknown, s.Whole-part-unknown) {
		if piece.width > 0 {
			d.rect(piece.class, x, piece.y, piece.width, 8-2*piece.y, 0)
			x += piece.width + shareGap
		}
	}
	return d.end()
}

type piece struct {
	class    string
	y, width float64
}

// widths shares the bar out: in proportion, after each piece that there is has what it takes to be seen.
func widths(part, unknown, missing int) []piece {
	pieces := []piece{{class: "f-none"}, {class: "f-none", y: 2.5}, {class: "f-bad"}}
	counts := []int{part, unknown, missing}
	room, total := shareWidth+shareGap, float64(part+unknown+missing)
	for _, n := range counts {
		if n > 0 {
			room -= shareGap + shareLeast
		}
	}
	for i, n := range counts {
		if n > 0 {
			pieces[i].width = shareLeast + room*float64(n)/total
		}
	}
	return pieces
}
