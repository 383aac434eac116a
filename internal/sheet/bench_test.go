package sheet

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/signintech/gopdf"
)

// wholeFonts names a directory with the whole regular.ttf and bold.ttf (10 MB each, not in the repository); without it plain gofpdf
// is measured with the cut fonts only.
var wholeFonts = flag.String("whole-fonts", "", "directory of the whole fonts")

// BenchmarkSheet prints one sheet.
func BenchmarkSheet(b *testing.B) {
	p, sheet := printer(b), Compose(unmetSource())
	b.ReportAllocs()
	var pdf []byte
	for b.Loop() {
		pdf = ours(b, p, &sheet)
	}
	b.ReportMetric(float64(len(pdf))/1000, "kB/doc")
}

func ours(b *testing.B, p *Printer, s *Sheet) []byte {
	pdf, err := p.Render(*s)
	must(b, err)
	return pdf
}

// BenchmarkAgainstOthers compares our printer with plain gofpdf, which parses the fonts for every document, and with
// signintech/gopdf. All draw the same marks, in turns, and of each the fastest run counts: so a busy machine harms nobody. The figures
// are how many times as long as ours the others take.
func BenchmarkAgainstOthers(b *testing.B) {
	p, sheet := printer(b), Compose(unmetSource())
	regular, bold := readFont(b, "fonts/regular.ttf"), readFont(b, "fonts/bold.ttf")
	ways := []way{
		{"ours", func() []byte { return ours(b, p, &sheet) }},
		{"gofpdf", func() []byte { return plainGofpdf(b, p, &sheet, regular, bold) }},
		{"gopdf", func() []byte { return peerGopdf(b, p, &sheet, regular, bold) }},
	}
	if *wholeFonts != "" {
		regular, bold := readFont(b, filepath.Join(*wholeFonts, "regular.ttf")), readFont(b, filepath.Join(*wholeFonts, "bold.ttf"))
		ways = append(ways,
			way{"gofpdf-whole-font", func() []byte { return plainGofpdf(b, p, &sheet, regular, bold) }},
			way{"gopdf-whole-font", func() []byte { return peerGopdf(b, p, &sheet, regular, bold) }})
	}
	fastest := make([]time.Duration, len(ways))
	for b.Loop() {
		for i, w := range ways {
			start := time.Now()
			w.print()
			if took := time.Since(start); fastest[i] == 0 || took < fastest[i] {
				fastest[i] = took
			}
		}
	}
	b.ReportMetric(float64(fastest[0].Microseconds())/1000, "ms/ours")
	for i, w := range ways[1:] {
		b.ReportMetric(float64(fastest[i+1])/float64(fastest[0]), "x-"+w.name)
	}
}

// way is one way to print the sheet.
type way struct {
	name  string
	print func() []byte
}

func readFont(b *testing.B, path string) []byte {
	b.Helper()
	font, err := os.ReadFile(path)
	must(b, err)
	return font
}

// plainGofpdf is the usual way: the font file is given to every document. It needs its own bytes each time.
func plainGofpdf(b *testing.B, p *Printer, s *Sheet, regular, bold []byte) []byte {
	pages := p.lay(s)
	pen := newPen(bytes.Clone(regular), bytes.Clone(bold), time.Unix(0, 0))
	pen.sheet(pages, s.Outline)
	pdf, err := pen.output()
	must(b, err)
	return pdf
}

// peerGopdf draws the same marks with signintech/gopdf.
func peerGopdf(b *testing.B, p *Printer, s *Sheet, regular, bold []byte) []byte {
	pages := p.lay(s)
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	must(b, pdf.AddTTFFontData("regular", regular))
	must(b, pdf.AddTTFFontData("bold", bold))
	for i := range pages {
		pdf.AddPage()
		peerPage(b, pdf, &pages[i])
	}
	out, err := pdf.GetBytesPdfReturnErr()
	must(b, err)
	return out
}

func peerPage(b *testing.B, pdf *gopdf.GoPdf, content *page) {
	pdf.SetFillColor(fill, fill, fill)
	for i := range content.marks {
		if m := &content.marks[i]; m.kind == fillMark {
			pdf.RectFromUpperLeftWithStyle(m.x, m.y, m.w, m.h, "F")
		}
	}
	pdf.SetFillColor(0, 0, 0)
	var last mark
	for i := range content.marks {
		m := &content.marks[i]
		switch m.kind {
		case textMark:
			if m.size != last.size || m.bold != last.bold {
				must(b, pdf.SetFont(map[bool]string{false: "regular", true: "bold"}[m.bold], "", m.size))
			}
			if m.grey != last.grey {
				pdf.SetTextColor(m.grey, m.grey, m.grey)
			}
			pdf.SetXY(m.x, m.y)
			must(b, pdf.Text(m.text))
			last = *m
		case lineMark:
			pdf.SetLineWidth(m.size)
			pdf.Line(m.x, m.y, m.x+m.w, m.y+m.h)
		case frameMark:
			pdf.SetLineWidth(m.size)
			pdf.RectFromUpperLeftWithStyle(m.x, m.y, m.w, m.h, "D")
		}
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRoute prints the route of a day: 200 sheets in one document.
func BenchmarkRoute(b *testing.B) {
	p := printer(b)
	sheets := make([]Sheet, 200)
	for i := range sheets {
		src := unmetSource()
		src.Section.Code = fmt.Sprintf("XY-%03d", i)
		sheets[i] = Compose(src)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.RenderAll(sheets, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/200/float64(b.N), "ms/sheet")
}

func BenchmarkCompose(b *testing.B) {
	src := largeSource()
	for b.Loop() {
		Compose(src)
	}
}

func BenchmarkLayout(b *testing.B) {
	p, s := printer(b), Compose(unmetSource())
	b.ReportAllocs()
	for b.Loop() {
		p.lay(&s)
	}
}
