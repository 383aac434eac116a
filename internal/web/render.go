package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
)

// Frame is what every page has around its main part.
type Frame struct {
	Tab    string // which of the main tabs is current
	Clock  string // the program's time, where it is not the real one
	static func(string) string
}

// Static gives the address of a static file, with its content hash.
func (f Frame) Static(name string) string { return f.static(name) }

func (s *server) frame(tab string) Frame {
	f := Frame{Tab: tab, static: s.staticURL}
	if s.Demo {
		f.Clock = s.minute(s.Now())
	}
	return f
}

func (s *server) minute(at calendar.Instant) string { return at.Minute(s.Loc) }

type page struct{ *template.Template }

// parsePages reads layout and partials once and clones them for each page.
func parsePages(files fs.FS) (map[string]page, error) {
	layout, err := template.ParseFS(files, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]page, len(names))
	for _, name := range names {
		clone, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if clone, err = clone.ParseFS(files, name); err != nil {
			return nil, fmt.Errorf("parse page: %w", err)
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = page{clone}
	}
	return pages, nil
}

// render writes a page; nothing is sent before the whole page stands.
func (s *server) render(c echo.Context, status int, name string, data any) error {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout.html", data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

func (s *server) pdf(c echo.Context, name string, content []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("inline", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/pdf", content)
}
