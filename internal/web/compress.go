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

// squeeze compresses; extra goes into the header, where no reader looks.
func squeeze(content, extra []byte, level int) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		return nil, err
	}
	w.Extra = extra
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// html answers with a page. What repeats in a page shows in its compressed length, and a stranger who watches the line and puts
// guesses into addresses could read a secret from it letter by letter; so each answer is longer by a random number of bytes.
func html(c echo.Context, status int, content []byte) error {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(content) < compressFrom || !takesGzip(c.Request()) {
		return c.HTMLBlob(status, content)
	}
	var length [1]byte
	if _, err := rand.Read(length[:]); err != nil {
		return err
	}
	small, err := squeeze(content, make([]byte, length[0]), gzip.DefaultCompression)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentEncoding, "gzip")
	return c.HTMLBlob(status, small)
}
