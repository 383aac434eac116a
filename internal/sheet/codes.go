package sheet

import (
	"fmt"
	"time"

	"fugong/internal/calendar"
)

// Codes is a document of QR codes that are cut out and hung up, each at a door. Title is what one does with them, Heading whose they
// are.
type Codes struct {
	Title, Heading string
	Codes          []Code
	PrintedAt      calendar.Instant
}

// Code is one of them: what hangs where, in large and in small letters, and where it leads.
type Code struct{ Name, Detail, Link string }

// The grid of codes on a page, in mm: two columns of three, with lines to cut along.
const (
	codeColumns = 2
	codeRows    = 3
	cardWidth   = fullWidth / codeColumns
	cardHeight  = 84.0
	doorSide    = 46.0 // of a code that is read standing, at arm's length
)

// RenderCodes gives the document as a PDF. A link that no code can hold gives a fault.Invalid.
func (p *Printer) RenderCodes(c Codes) ([]byte, error) {
	for _, code := range c.Codes {
		if err := CheckLink(code.Link); err != nil {
			return nil, err
		}
	}
	pages := p.layCodes(&c)
	regular, bold := characters([][]page{pages})
	printed := time.Unix(0, 0).UTC()
	if !c.PrintedAt.IsZero() {
		printed = c.PrintedAt.In(time.UTC)
	}
	pen := newPen(p.fonts.Regular.Subset(regular), p.fonts.Bold.Subset(bold), printed)
	pen.pdf.SetTitle(c.Title, true)
	pen.sheet(pages, c.Title)
	out, err := pen.output()
	if err != nil {
		return nil, fmt.Errorf("write PDF of %d codes: %w", len(c.Codes), err)
	}
	return out, nil
}

func (p *Printer) layCodes(c *Codes) []page {
	l := &layout{fonts: p.fonts, sheet: &Sheet{}, loc: time.UTC}
	l.newPage()
	for i, code := range c.Codes {
		at := i % (codeColumns * codeRows)
		if at == 0 && i > 0 {
			l.newPage()
		}
		l.door(leftEdge+float64(at%codeColumns)*cardWidth, topEdge+float64(at/codeColumns)*cardHeight, c, code)
	}
	return l.pages
}

// door places one code with what has to be known of it.
func (l *layout) door(x, top float64, c *Codes, code Code) {
	const edge = 4.0
	w := cardWidth - 2*edge
	l.frame(x, top, cardWidth, cardHeight, thin)
	l.place = place{block: "二维码", column: code.Name}
	l.putAligned(x+edge, top+3.5, w, 9, l.fit(l.single(code.Name, true), w, doorStyle), Centre, doorStyle)
	l.putAligned(x+edge, top+12.5, w, 5, l.fit(l.single(code.Detail, false), w, leadMore), Centre, leadMore)
	if drawn, err := encode(code.Link); err == nil { // refused by CheckLink before
		l.squares(x+(cardWidth-doorSide)/2, top+20, doorSide, drawn)
	}
	l.putAligned(x+edge, top+69, w, 6, l.fit(l.single(c.Title, true), w, leadStyle), Centre, leadStyle)
	l.putAligned(x+edge, top+75.5, w, 5, l.fit(l.single(c.Heading, false), w, smallStyle), Centre, smallStyle)
}
