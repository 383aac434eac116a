package sheet

import (
	"fmt"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"fugong/internal/criteria"
	"fugong/internal/fault"
)

// Issue is what an issued paper proves itself by.
type Issue struct {
	ID    string // of the paper, also in the properties of the document
	Link  string // where the code leads
	Host  string // in clear beside the code, for a forger can print a code that leads to a page of his own
	Words string // of the content's hash, to be compared with those on the page
	At    string
	By    string // role of the issuer
	Trail string // head of the audit trail: every issued paper bears witness to it
}

// Claim stands before the id in the subject of an issued document.
const Claim = "fugong-paper "

// draft marks what was printed without being issued.
const draft = "未签发"

// A square of the code is moduleSide wide, in mm, so that a code of 53 squares, as most are, is 34 mm wide; one of more squares
// is at most codeSide wide, without the quiet zone around it.
const (
	moduleSide = 0.64
	codeSide   = 38.0
)

// CheckLink reports a fault.Invalid for an address that no code can hold.
func CheckLink(link string) error {
	_, err := encode(link)
	return err
}

func encode(link string) (barcode.Barcode, error) {
	code, err := qr.Encode(link, qr.M, qr.Auto)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: fmt.Sprintf("核验网址太长（%d 字节），放不进二维码", len(link)), Err: err}
	}
	return code, nil
}

// code draws a link as a QR code in the middle of the number's box and gives the height it took.
func (l *layout) code(x, top float64, link string) float64 {
	code, err := encode(link)
	if err != nil { // refused by CheckLink long before
		return l.paragraph(x+1, top, boxWidth-2, link, Left, smallStyle)
	}
	width := min(moduleSide*float64(code.Bounds().Dx()), codeSide)
	l.squares(x+(boxWidth-width)/2, top, width, code)
	return width + 1.5
}

// squares draws a code as wide as asked for. Dark squares side by side are one rectangle: no printer can leave a gap between them.
func (l *layout) squares(x, top, width float64, code barcode.Barcode) {
	n := code.Bounds().Dx()
	side := width / float64(n)
	dark := func(column, row int) bool {
		r, _, _, _ := code.At(column, row).RGBA()
		return r == 0
	}
	for row := range n {
		for column := 0; column < n; column++ {
			begin := column
			for column < n && dark(column, row) {
				column++
			}
			if column > begin {
				l.add(mark{kind: inkMark, x: x + float64(begin)*side, y: top + float64(row)*side, w: float64(column-begin) * side, h: side})
			}
		}
	}
}

// issued writes on the left of the code who issued the paper when, and how to tell whether it is genuine.
func (l *layout) issued(top float64) float64 {
	const w = fullWidth - boxWidth - 6
	i := l.sheet.Issue
	l.place = place{block: "签发"}
	height := 0.0
	for _, line := range []string{
		"签发时间　" + orSlash(i.At) + "　　签发角色　" + orSlash(i.By), "内容校验　" + orSlash(i.Words), "审计序号　" + orSlash(i.Trail),
	} {
		height += l.paragraph(leftEdge, top+height, w, line, Left, leadMore) + 0.6
	}
	how := fmt.Sprintf("核验：扫描右侧二维码，确认打开的网址属于 %s，且网页所列编号、标段、结论和内容校验与本表一致；不一致的，以网页为准。", i.Host)
	return height + 1 + l.paragraph(leftEdge, top+height+1, w, how, Left, smallStyle)
}

// witness is what the footer says of the paper's standing.
func (l *layout) witness() string {
	if l.sheet.Issue == nil {
		return draft + "，不作凭证"
	}
	return "审计序号 " + orSlash(l.sheet.Issue.Trail)
}

// Count tells how many criteria block and how many warn, as the sheet shows them.
func Count(r criteria.Report) (blocking, warnings int) {
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case blocks(f):
			blocking++
		case warns(f):
			warnings++
		}
	}
	return blocking, warnings
}
