package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
)

// Frame is what every page has around its main part.
type Frame struct {
	Tab    string // which of the main tabs is current
	Clock  string // the program's time, where it is not the real one
	static func(string) string
	*Viewer
}

// Viewer is who looks at a page. It is filled in when the page is rendered.
type Viewer struct {
	User      string // empty for nobody
	Role      string
	FormToken string // goes into every form
	Tabs      []Tab
}

// Tab is one of the main parts of the program.
type Tab struct{ ID, Path, Label string }

func (f Frame) viewer() *Viewer { return f.Viewer }

// Static gives the address of a static file, with its content hash.
func (f Frame) Static(name string) string { return f.static(name) }

func (s *server) frame(tab string) Frame {
	f := Frame{Tab: tab, static: s.staticURL, Viewer: &Viewer{}}
	if s.Demo {
		f.Clock = s.minute(s.Now())
	}
	return f
}

// fill says who looks, and which tabs that role has.
func (v *Viewer) fill(a account.Actor) {
	if a.User.ID == 0 {
		return
	}
	v.User, v.Role, v.FormToken = a.User.Name, a.User.Role.Chinese(), a.FormToken
	if a.Pending {
		return
	}
	for _, t := range []Tab{
		{"flagged", "/sections?verdict=unmet", "重点核查"}, {"sections", "/sections", "全部标段"}, {"totals", "/totals", "全区汇总"}, {"runs", "/runs", "定时判定"}, {"users", "/users", "账号"},
	} {
		path, _, _ := strings.Cut(t.Path, "?")
		if mayGet(path, a.User.Role) {
			v.Tabs = append(v.Tabs, t)
		}
	}
}

// mayGet reports whether a role may open a page.
func mayGet(path string, role account.Role) bool {
	for _, r := range Routes() {
		if r.Path == path && r.Method == http.MethodGet {
			return slices.Contains(r.Roles, role)
		}
	}
	return false
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
	if framed, ok := data.(interface{ viewer() *Viewer }); ok {
		framed.viewer().fill(actor(c))
	}
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
