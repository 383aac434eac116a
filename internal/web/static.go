package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

type asset struct {
	content []byte
	small   []byte // compressed; nil where that saves nothing
	hash    string
	mime    string
}

func loadStatic(files fs.FS) (map[string]asset, error) {
	own, err := fs.Glob(files, "static/*.*")
	if err != nil {
		return nil, err
	}
	others, err := fs.Glob(files, "static/vendor/*.js") // their licences and the list of them are not served
	if err != nil {
		return nil, err
	}
	names := append(own, others...)
	all := make(map[string]asset, len(names))
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("load static files: %w", err)
		}
		if all[path.Base(name)], err = newAsset(name, content); err != nil {
			return nil, fmt.Errorf("load static files: %w", err)
		}
	}
	return all, nil
}

// styleComment is a comment of a style sheet, with the end of its line.
var styleComment = regexp.MustCompile(`(?s)/\*.*?\*/\n?`)

// lean takes out of a script or style sheet of ours what only its readers need: comments and indentation. No string spans lines, or
// holds what begins a comment.
func lean(name string, content []byte) []byte {
	style := path.Ext(name) == ".css"
	switch {
	case style:
		content = styleComment.ReplaceAll(content, nil)
	case path.Ext(name) != ".js" || strings.HasSuffix(name, ".min.js"):
		return content
	}
	var b bytes.Buffer
	for line := range bytes.Lines(content) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && (style || !bytes.HasPrefix(line, []byte("//"))) {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func newAsset(name string, content []byte) (asset, error) {
	content = lean(name, content)
	sum := sha256.Sum256(content)
	a := asset{content: content, hash: hex.EncodeToString(sum[:6]), mime: mime.TypeByExtension(path.Ext(name))}
	small, err := squeeze(content, gzip.BestCompression)
	if len(small) < len(content)*9/10 {
		a.small = small
	}
	return a, err
}

// staticURL puts the content's hash into the name (app.1a2b3c.css), so that a browser may keep it for ever.
func (s *server) staticURL(name string) string {
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "." + s.static[name].hash + ext
}

func (s *server) staticFile(c echo.Context) error {
	for name, a := range s.static {
		if s.staticURL(name) == "/static/"+c.Param("name") {
			c.Response().Header().Set("Cache-Control", "public,max-age=31536000,immutable")
			return a.send(c)
		}
	}
	return echo.ErrNotFound
}

// serviceWorker is the one script whose name must not change. It lies at the top, so that it may look after all pages.
func (s *server) serviceWorker(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	return s.static["sw.js"].send(c)
}

func (a asset) send(c echo.Context) error {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if a.small == nil || !takesGzip(c.Request()) {
		return c.Blob(http.StatusOK, a.mime, a.content)
	}
	c.Response().Header().Set(echo.HeaderContentEncoding, "gzip")
	return c.Blob(http.StatusOK, a.mime, a.small)
}
