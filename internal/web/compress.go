package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Pages and static files go compressed to whoever takes it: on a bad network a page that weighs a fifth is there a second sooner.
// Files of data stay as they are, their bytes are what was signed and counted.

// compressFrom is the size below which compressing saves no packet.
const compressFrom = 1400 // bytes

func takesGzip(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get(echo.HeaderAcceptEncoding), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.EqualFold(name, "gzip") && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// squeeze compresses.
func squeeze(content []byte, level int) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// press is what a page is written and compressed with. It weighs close to a megabyte, more than the pages, so it is used again.
type press struct {
	page, small bytes.Buffer
	gzip        *gzip.Writer
}

// keptPage is the size up to which what a page was written into is kept for the next.
const keptPage = 1 << 20

func newPress() any {
	p := &press{}
	p.gzip = gzip.NewWriter(&p.small)
	return p
}

// squeeze compresses the page; extra goes into the header, where no reader looks.
func (p *press) squeeze(extra []byte) ([]byte, error) {
	p.small.Reset()
	p.gzip.Reset(&p.small)
	p.gzip.Extra = extra
	if _, err := p.gzip.Write(p.page.Bytes()); err != nil {
		return nil, err
	}
	err := p.gzip.Close()
	return p.small.Bytes(), err
}

// html answers with the page that is in the press. What repeats in a page shows in its compressed length, and a stranger who watches the line and puts
// guesses into addresses could read a secret from it letter by letter; so each answer is longer by a random number of bytes.
func (p *press) html(c echo.Context, status int) error {
	content := p.page.Bytes()
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(content) < compressFrom || !takesGzip(c.Request()) {
		return c.HTMLBlob(status, content)
	}
	var length [1]byte
	if _, err := rand.Read(length[:]); err != nil {
		return err
	}
	small, err := p.squeeze(make([]byte, length[0]))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentEncoding, "gzip")
	return c.HTMLBlob(status, small)
}
