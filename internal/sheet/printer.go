package sheet

import (
	"bytes"
	"fmt"
	"time"

	"github.com/jung-kurt/gofpdf"

	"fugong/internal/sheet/fonts"
)

// Printer turns sheets into PDF. It holds the parsed fonts; one is made at start-up and used by everyone at once.
type Printer struct{ fonts *fonts.Family }

// NewPrinter parses the embedded fonts.
func NewPrinter() (*Printer, error) {
	family, err := fonts.Load()
	if err != nil {
		return nil, fmt.Errorf("load fonts of the sheet: %w", err)
	}
	return &Printer{family}, nil
}

// Render gives one sheet as a PDF. Equal sheets give equal bytes.
func (p *Printer) Render(s Sheet) ([]byte, error) { return p.RenderAll([]Sheet{s}, nil) }

// RenderAll gives many sheets as one PDF with an entry of the outline for each; they share their fonts. Pages are counted sheet by
// sheet. progress, unless nil, is told after each sheet how many are drawn, of the last when the document is written.
func (p *Printer) RenderAll(sheets []Sheet, progress func(done, total int)) ([]byte, error) {
	laid := make([][]page, len(sheets))
	for i := range sheets {
		laid[i] = p.lay(&sheets[i])
	}
	regular, bold := characters(laid)
	pen := newPen(p.fonts.Regular.Subset(regular), p.fonts.Bold.Subset(bold), printedAt(sheets))
	if len(sheets) == 1 && sheets[0].Issue != nil {
		pen.pdf.SetSubject(Claim+sheets[0].Issue.ID, false)
	}
	for i, pages := range laid {
		pen.sheet(pages, sheets[i].Outline)
		if progress != nil && i < len(laid)-1 {
			progress(i+1, len(sheets))
		}
	}
	out, err := pen.output()
	if err != nil {
		return nil, fmt.Errorf("write PDF of %d sheets: %w", len(sheets), err)
	}
	if progress != nil {
		progress(len(sheets), len(sheets))
	}
	return out, nil
}

// lay places everything on a sheet.
func (p *Printer) lay(s *Sheet) []page {
	l := &layout{fonts: p.fonts, sheet: s, loc: s.Loc}
	if l.loc == nil {
		l.loc = time.UTC
	}
	l.newPage()
	l.opening()
	for i := range s.Tables {
		l.table(&s.Tables[i])
	}
	if s.Copy == Posted {
		l.postedEnd()
	} else {
		l.pictures()
		l.conclusion()
	}
	l.footnote()
	l.margins()
	return l.pages
}

// printedAt is the date of the document: that of its first sheet, so that printing again gives the same bytes.
func printedAt(sheets []Sheet) time.Time {
	if len(sheets) == 0 || sheets[0].PrintedAt.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return sheets[0].PrintedAt.In(time.UTC)
}

// pen draws marks with gofpdf, setting font, colour and line width only where they change.
type pen struct {
	pdf   *gofpdf.Fpdf
	bold  bool
	size  float64
	grey  uint8
	width float64
}

const fontName = "sheet"

// newPen opens a document with its fonts, whose bytes are its own from now on: gofpdf writes into them.
func newPen(regular, bold []byte, at time.Time) *pen {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetProducer("fugong", false)
	pdf.SetTitle("建筑工地复工复产核查表", true)
	pdf.AddUTF8FontFromBytes(fontName, "", regular)
	pdf.AddUTF8FontFromBytes(fontName, "B", bold)
	return &pen{pdf: pdf}
}

// characters lists what the pages use of either weight.
func characters(laid [][]page) (regular, bold []rune) {
	var used [2][1 << 16]bool
	for _, pages := range laid {
		for i := range pages {
			for k := range pages[i].marks {
				m := &pages[i].marks[k]
				weight := &used[0]
				if m.bold {
					weight = &used[1]
				}
				for _, r := range m.text {
					if r < 1<<16 {
						weight[r] = true
					}
				}
			}
		}
	}
	return listed(&used[0]), listed(&used[1])
}

func listed(used *[1 << 16]bool) []rune {
	var out []rune
	for r, is := range used {
		if is {
			out = append(out, rune(r))
		}
	}
	return out
}

// sheet draws the pages of one sheet, with an entry in the outline that leads to the first.
func (p *pen) sheet(pages []page, outline string) {
	for i := range pages {
		p.page(&pages[i])
		if i == 0 {
			p.pdf.Bookmark(basic(outline), 0, 0)
		}
	}
}

// page draws one page. A page starts with nothing set: gofpdf repeats there what was set before, and not all of it.
func (p *pen) page(content *page) {
	p.pdf.AddPage()
	p.size, p.width, p.grey = 0, 0, black
	p.pdf.SetTextColor(black, black, black)
	p.pdf.SetFont(fontName, "", bodyStyle.size)
	p.pdf.SetFillColor(fill, fill, fill)
	for i := range content.marks {
		if m := &content.marks[i]; m.kind == fillMark { // under everything else
			p.pdf.Rect(m.x, m.y, m.w, m.h, "F")
		}
	}
	p.pdf.SetFillColor(black, black, black) // as the text: gofpdf then writes text without setting its colour each time
	for i := range content.marks {
		p.mark(&content.marks[i])
	}
}

func (p *pen) mark(m *mark) {
	switch m.kind {
	case textMark:
		p.style(m)
		p.pdf.Text(m.x, m.y, m.text)
	case lineMark:
		p.lineWidth(m.size)
		p.pdf.Line(m.x, m.y, m.x+m.w, m.y+m.h)
	case frameMark:
		p.lineWidth(m.size)
		p.pdf.Rect(m.x, m.y, m.w, m.h, "D")
	case inkMark:
		p.pdf.Rect(m.x, m.y, m.w, m.h, "F")
	case pictureMark:
		p.pdf.ImageOptions(m.text, m.x, m.y, m.w, m.h, false, gofpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	}
}

func (p *pen) style(m *mark) {
	if m.bold != p.bold || m.size != p.size {
		weight := ""
		if m.bold {
			weight = "B"
		}
		p.pdf.SetFont(fontName, weight, m.size)
		p.bold, p.size = m.bold, m.size
	}
	if m.grey != p.grey {
		p.pdf.SetTextColor(int(m.grey), int(m.grey), int(m.grey))
		p.grey = m.grey
	}
}

func (p *pen) lineWidth(w float64) {
	if w != p.width {
		p.pdf.SetLineWidth(w)
		p.width = w
	}
}

// basic replaces what an outline entry made by gofpdf cannot hold; it needs no glyphs.
func basic(text string) string {
	out := []rune(text) // of bytes that are no UTF-8 this makes U+FFFD
	for i, r := range out {
		if r > 0xFFFF || r == '\uFFFD' || r < ' ' {
			out[i] = replacement
		}
	}
	return string(out)
}

func (p *pen) output() ([]byte, error) {
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
