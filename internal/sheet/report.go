package sheet

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"regexp"
	"time"

	"github.com/jung-kurt/gofpdf"

	"fugong/internal/calendar"
)

// Report is something that was handed in, printed to be read: a title, what it is, and tables. It is not judged and not signed.
type Report struct {
	Title, Heading, Caution string
	Facts                   []Fact
	Tables                  []Table
	Pictures                []Picture
	PicturesTitle           string
	Printed                 string // by whom and when, at the foot of every page
	PrintedAt               calendar.Instant
	Pages                   func(page, of int) string // how a page is numbered
}

// Picture is a small photo with what it shows.
type Picture struct {
	Caption string
	JPEG    []byte
}

// The grid of pictures, in mm.
const (
	pictureColumns = 4
	pictureWidth   = fullWidth / pictureColumns
	pictureHeight  = 32.0
)

// RenderReport gives the report as a PDF. A picture that is no JPEG gives a fault of writing.
func (p *Printer) RenderReport(r Report) ([]byte, error) {
	pages := p.layReport(&r)
	regular, bold := characters([][]page{pages})
	printed := time.Unix(0, 0).UTC()
	if !r.PrintedAt.IsZero() {
		printed = r.PrintedAt.In(time.UTC)
	}
	pen := newPen(p.fonts.Regular.Subset(regular), p.fonts.Bold.Subset(bold), printed)
	pen.pdf.SetTitle(r.Title, true)
	for i, picture := range r.Pictures {
		pen.pdf.RegisterImageOptionsReader(pictureName(i), gofpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(picture.JPEG))
	}
	pen.sheet(pages, r.Title)
	out, err := pen.output()
	if err != nil {
		return nil, fmt.Errorf("write PDF of %s: %w", r.Title, err)
	}
	return out, nil
}

func (p *Printer) layReport(r *Report) []page {
	l := &layout{fonts: p.fonts, sheet: &Sheet{Caution: r.Caution, Facts: r.Facts}, loc: time.UTC}
	l.newPage()
	l.place = place{block: r.Title}
	l.putAligned(leftEdge, l.y, fullWidth, 9, l.single(r.Title, true), Centre, titleStyle)
	l.y += 10 + l.paragraph(leftEdge, l.y+10, fullWidth, r.Heading, Centre, leadMore) + 3
	l.facts()
	for i := range r.Tables {
		l.table(&r.Tables[i])
	}
	l.gallery(r)
	header := l.single(r.Title+"　"+r.Heading, false)
	printed := l.single(r.Printed, false)
	for l.on = range l.pages {
		number := l.single(r.Pages(l.on+1, len(l.pages)), false)
		l.header(header, number)
		l.reportFooter(printed, number)
	}
	return l.pages
}

func pictureName(i int) string { return fmt.Sprintf("picture %d", i) }

// gallery places the pictures in rows, each as large as its box allows.
func (l *layout) gallery(r *Report) {
	if len(r.Pictures) == 0 {
		return
	}
	l.need(titleSpace + pictureHeight + 6)
	l.blockTitle(r.PicturesTitle, "")
	for i, picture := range r.Pictures {
		column := i % pictureColumns
		if column == 0 {
			if i > 0 {
				l.y += pictureHeight + 6
			}
			l.need(pictureHeight + 6)
		}
		x := leftEdge + float64(column)*pictureWidth
		w, h := fitted(picture.JPEG, pictureWidth-3, pictureHeight)
		l.add(mark{kind: pictureMark, x: x, y: l.y, w: w, h: h, text: pictureName(i)})
		l.put(x, l.y+pictureHeight+0.5, 4, l.fit(l.single(picture.Caption, false), pictureWidth-3, smallStyle), smallStyle)
	}
	l.y += pictureHeight + 8
}

// fitted is how large a picture is drawn in a box.
func fitted(picture []byte, w, h float64) (width, height float64) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Width == 0 || config.Height == 0 {
		return w, h
	}
	scale := min(w/float64(config.Width), h/float64(config.Height))
	return float64(config.Width) * scale, float64(config.Height) * scale
}

func (l *layout) reportFooter(printed, number string) {
	const top = 283.0
	l.line(leftEdge, top, fullWidth, 0, thin)
	width := l.width(number, marginStyle)
	l.put(rightEdge-width, top+1, 4.4, number, marginStyle)
	l.put(leftEdge, top+1, 4.4, l.fit(printed, fullWidth-width-6, marginStyle), marginStyle)
	l.put(leftEdge, top+5, 4.4, l.single(l.sheet.Caution, true), strongStyle)
}

// longDigits are what may be the number of a phone or of an identity document in a text somebody typed.
var longDigits = regexp.MustCompile(`\d{17}[\dXx]|\d{15}|1\d{10}`)

// MaskText covers the numbers of phones and identity documents in a text.
func MaskText(text string) string {
	return longDigits.ReplaceAllStringFunc(text, func(number string) string {
		if len(number) == 11 {
			return MaskPhone(number)
		}
		return MaskNumber(number)
	})
}

// TextRow makes a row of plain texts; Strong rows stand out.
func TextRow(strong bool, texts ...string) Row {
	row := cells(texts...)
	for i := range row.Cells {
		row.Cells[i].Strong = strong
	}
	return row
}
