// Package chart draws the figures of the pages as SVG: bars, a trend, a grid of tiles, a strip of days, a share. It is pure, so
// that screen and paper show the same figure and no script is needed. Whoever draws gives all words in the reader's language; the
// colours are classes of the style sheet, and what a colour says is said by a shape or a number, too. A figure without data is
// a sentence that says so, never a zero.
package chart

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// Said is what a figure says in words, in the reader's language: the finding, for whoever does not see the drawing, and what
// stands in place of a drawing where nothing is recorded.
type Said struct {
	Label string
	Empty string
}

// nothing is what stands where there is no figure.
func (s Said) nothing() template.HTML {
	return template.HTML(`<p class="chart-none">` + template.HTMLEscapeString(s.Empty) + `</p>`) // #nosec G203 -- escaped here
}

// Percent writes part of whole in percent with one decimal, rounded down: 99.96 % is not 100 %. Of nothing it is a dash.
func Percent(part, whole int) string {
	if whole <= 0 {
		return "—"
	}
	switch tenths := Tenths(part, whole); tenths {
	case 0, 1000:
		return strconv.Itoa(tenths/10) + "%"
	default:
		return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
	}
}

// Tenths gives part of whole in tenths of a percent, rounded down; of nothing it is 0.
func Tenths(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return part * 1000 / whole
}

// drawing is an SVG that is being written.
type drawing struct{ strings.Builder }

// begin opens a drawing of so many CSS pixels. A drawing is one picture to whoever listens to the page; a group keeps its links.
func begin(class, role, label string, width, height float64) *drawing {
	d := new(drawing)
	d.put(`<svg class="`, class, `" viewBox="0 0 `, number(width), " ", number(height), `" role="`, role, `" aria-label="`, template.HTMLEscapeString(label), `"`)
	if strings.HasPrefix(class, "meter") { // a bar alone may stretch
		d.WriteString(` preserveAspectRatio="none"`)
	}
	d.WriteByte('>')
	return d
}

func (d *drawing) end() template.HTML {
	d.WriteString("</svg>")
	return template.HTML(d.String()) // #nosec G203 -- escaped where it was written
}

// titled begins shapes of which a pointer that rests on them tells a text; close("g") ends them.
func (d *drawing) titled(text string) {
	d.WriteString("<g>")
	if text != "" {
		d.put("<title>", template.HTMLEscapeString(text), "</title>")
	}
}

func (d *drawing) close(element string) { d.put("</", element, ">") }

// put writes texts one after the other. A page draws hundreds of shapes: what fmt takes for each adds up.
func (d *drawing) put(texts ...string) {
	for _, text := range texts {
		d.WriteString(text)
	}
}

func (d *drawing) rect(class string, x, y, width, height, radius float64) {
	d.put(`<rect class="`, class, `" x="`, number(x), `" y="`, number(y), `" width="`, number(width), `" height="`, number(height), `"`)
	if radius > 0 {
		d.put(` rx="`, number(radius), `"`)
	}
	d.WriteString("/>")
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	d.put(`<line class="`, class, `" x1="`, number(x1), `" y1="`, number(y1), `" x2="`, number(x2), `" y2="`, number(y2), `"/>`)
}

func (d *drawing) path(class, data string) { d.put(`<path class="`, class, `" d="`, data, `"/>`) }

func (d *drawing) dot(class string, x, y, r float64) {
	d.put(`<circle class="`, class, `" cx="`, number(x), `" cy="`, number(y), `" r="`, number(r), `"/>`)
}

// text writes a line of text whose anchor (start, middle, end) stands at x.
func (d *drawing) text(class, anchor string, x, y float64, text string) {
	d.WriteString("<text")
	if class != "" {
		d.put(` class="`, class, `"`)
	}
	d.put(` x="`, number(x), `" y="`, number(y), `"`)
	if anchor != "start" {
		d.put(` text-anchor="`, anchor, `"`)
	}
	d.put(">", template.HTMLEscapeString(text), "</text>")
}

// number writes a length or a figure with one decimal at most.
func number(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// textWidth estimates how wide a text stands in 12-pixel letters: full for Chinese, somewhat over half for Latin.
func textWidth(text string) float64 {
	width := 0.0
	for _, r := range text {
		if r < 0x2e80 {
			width += 6.8
		} else {
			width += 12
		}
	}
	return width
}

// fit shortens a text to a width; the whole of it belongs in the title.
func fit(text string, width float64) string {
	if textWidth(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && textWidth(string(runes))+12 > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
