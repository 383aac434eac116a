package sheet

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fugong/internal/sheet/fonts"
)

// The page in mm: A4 portrait, with a wide margin on the left for the binding.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	leftEdge   = 26.0
	rightEdge  = 196.0
	fullWidth  = rightEdge - leftEdge
	topEdge    = 21.0
	bottomEdge = 280.0
)

// Line widths in mm: two, so that frames and grids look alike everywhere.
const (
	thin  = 0.2
	thick = 0.4
)

// Greys, of 255. Fill is light enough for a black-and-white copier.
const (
	black    = 0
	softText = 80
	fill     = 238
)

const pointMM = 25.4 / 72

// style is how text looks. Size is in points.
type style struct {
	size float64
	bold bool
	grey uint8
}

// The styles of the sheet.
var (
	titleStyle   = style{18, true, black}
	blockStyle   = style{11, true, black}
	bodyStyle    = style{8.5, false, black}
	strongStyle  = style{8.5, true, black}
	smallStyle   = style{7.5, false, softText}
	marginStyle  = style{7.5, false, black}
	verdictStyle = style{24, true, black}
	leadStyle    = style{11.5, true, black}
	leadMore     = style{9.5, false, black}
	valueStyle   = style{14, true, black}
	signStyle    = style{10, false, black}
	doorStyle    = style{17, true, black} // a name that is read from across a corridor
)

// lineHeight is the distance of lines in mm.
func (s style) lineHeight() float64 { return s.size * pointMM * 1.36 }

// mark is one thing drawn on a page. Positions are in mm from the top left; of text, y is its baseline.
type mark struct {
	kind       markKind
	bold       bool
	grey       uint8
	x, y, w, h float64
	size       float64 // of text in points, of lines in mm
	text       string
}

type markKind uint8

const (
	textMark markKind = iota
	lineMark          // from x, y by w, h
	frameMark
	fillMark    // light grey, under everything else
	inkMark     // black
	pictureMark // text is its name among the pen's pictures
)

type page struct{ marks []mark }

// layout places one sheet on pages. It draws nothing: how many pages there are is known before the first is drawn.
type layout struct {
	fonts   *fonts.Family
	sheet   *Sheet
	loc     *time.Location
	pages   []page
	on      int     // the page that is being written
	y       float64 // where the next block begins
	place   place
	missing []missing
	cells   [][]string // lines of the cells of the row that is being placed, kept to save allocations
	scratch []string
}

// place tells where a text stands, for the note on characters that cannot be printed.
type place struct {
	block  string
	row    int
	column string
}

func (p place) String() string {
	var b strings.Builder
	b.WriteString(p.block)
	if p.row > 0 {
		fmt.Fprintf(&b, "第%d行", p.row)
	}
	if p.column != "" {
		fmt.Fprintf(&b, "“%s”", p.column)
	}
	return b.String()
}

// missing is a character that could not be printed, and where.
type missing struct {
	place string
	codes []string
}

func (l *layout) face(bold bool) *fonts.Face {
	if bold {
		return l.fonts.Bold
	}
	return l.fonts.Regular
}

// printable makes a text fit to be printed and notes what it had to replace.
func (l *layout) printable(text string, bold bool) string {
	text, replaced := printable(text, l.face(bold))
	if len(replaced) == 0 {
		return text
	}
	where := l.place.String()
	for _, m := range l.missing {
		if m.place == where && slices.Equal(m.codes, replaced) {
			return text
		}
	}
	l.missing = append(l.missing, missing{where, replaced})
	return text
}

// single makes a text fit to be printed in one line.
func (l *layout) single(text string, bold bool) string {
	return strings.ReplaceAll(l.printable(text, bold), "\n", " ")
}

func (l *layout) newPage() {
	l.pages = append(l.pages, page{marks: make([]mark, 0, 512)})
	l.on = len(l.pages) - 1
	l.y = topEdge
}

// need begins a new page unless the height is left on this one.
func (l *layout) need(height float64) {
	if l.y+height > bottomEdge && l.y > topEdge {
		l.newPage()
	}
}

func (l *layout) add(m mark) {
	p := &l.pages[l.on]
	p.marks = append(p.marks, m)
}

func (l *layout) line(x, y, dx, dy, width float64) {
	l.add(mark{kind: lineMark, x: x, y: y, w: dx, h: dy, size: width})
}

func (l *layout) frame(x, y, w, h, width float64) {
	l.add(mark{kind: frameMark, x: x, y: y, w: w, h: h, size: width})
}

func (l *layout) shade(x, y, w, h float64) {
	l.add(mark{kind: fillMark, x: x, y: y, w: w, h: h, grey: fill})
}

// width gives how wide a text is, in mm.
func (l *layout) width(text string, s style) float64 {
	return float64(widthOf(text, l.face(s.bold))) * s.size * pointMM / 1000
}

// wrap cuts a text into lines of at most w mm. The result holds until the next call.
func (l *layout) wrap(text string, w float64, s style) []string {
	l.scratch = l.wrapInto(l.scratch[:0], text, w, s)
	return l.scratch
}

func (l *layout) wrapInto(lines []string, text string, w float64, s style) []string {
	text = l.printable(text, s.bold)
	return breakLines(lines, text, int(w/(s.size*pointMM)*1000+0.5), l.face(s.bold))
}

// put writes one line of text that is fit to be printed, centred in the height from top on. Tick boxes are drawn into the room of a
// wide space.
func (l *layout) put(x, top, height float64, text string, s style) {
	em := s.size * pointMM
	baseline := top + height/2 + 0.38*em // the middle of a Chinese character lies so much over the baseline
	if strings.ContainsAny(text, boxes) {
		left := x
		for _, r := range text {
			if r == openBox || r == tickedBox {
				l.tick(left, baseline, em, r == tickedBox)
			}
			left += float64(advanceOf(r, l.face(s.bold))) * em / 1000
		}
		text = strings.Map(unboxed, text)
	}
	l.text(x, baseline, text, s)
}

// boxes are the runes that are drawn as boxes.
const boxes = string(openBox) + string(tickedBox)

// unboxed gives a space as wide as a box for each box.
func unboxed(r rune) rune {
	if r == openBox || r == tickedBox {
		return '\u3000'
	}
	return r
}

func (l *layout) text(x, baseline float64, text string, s style) {
	if strings.TrimSpace(text) == "" {
		return
	}
	l.add(mark{kind: textMark, bold: s.bold, grey: s.grey, x: x, y: baseline, size: s.size, text: text})
}

// tick draws a box as wide as a character, with a tick in it or not.
func (l *layout) tick(x, baseline, em float64, ticked bool) {
	side := 0.8 * em
	left, top := x+0.1*em, baseline-0.78*em
	l.frame(left, top, side, side, thin)
	if ticked {
		l.line(left+0.18*side, top+0.5*side, 0.24*side, 0.28*side, thick)
		l.line(left+0.42*side, top+0.78*side, 0.42*side, -0.56*side, thick)
	}
}

// putAligned writes a line into a width.
func (l *layout) putAligned(x, top, w, height float64, text string, a Align, s style) {
	text = strings.TrimRight(text, " ")
	if a == Centre {
		x += (w - l.width(text, s)) / 2
	}
	l.put(x, top, height, text, s)
}

// paragraph writes a text in lines from top on and gives the height it took.
func (l *layout) paragraph(x, top, w float64, text string, a Align, s style) float64 {
	height := s.lineHeight()
	lines := l.wrap(text, w, s)
	for i, line := range lines {
		l.putAligned(x, top+float64(i)*height, w, height, line, a, s)
	}
	return float64(len(lines)) * height
}
