package web

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/locale"
)

// Frame is what every page has around its main part.
type Frame struct {
	Tab    string // which of the main tabs is current
	Clock  string // the program's time, where it is not the real one
	static func(string) string
	*Viewer
}

// Viewer is who looks at a page, and how. It is filled in when the page is rendered.
type Viewer struct {
	User      string // empty for nobody
	Role      account.Role
	FormToken string // goes into every form
	Tabs      []Tab
	Page      string // the file of the page
	Lang      locale.Lang
	Theme     string
}

// Tab is one of the main parts of the program; the key tab.<ID> names it.
type Tab struct{ ID, Path string }

func (f Frame) viewer() *Viewer { return f.Viewer }

// Static gives the address of a static file, with its content hash.
func (f Frame) Static(name string) string { return f.static(name) }

// OtherLang is the language one may change to.
func (v *Viewer) OtherLang() locale.Lang {
	if v.Lang == locale.Chinese {
		return locale.English
	}
	return locale.Chinese
}

// Themes are those that one may choose from.
func (v *Viewer) Themes() []string { return themes() }

func (s *server) frame(tab string) Frame {
	f := Frame{Tab: tab, static: s.staticURL, Viewer: &Viewer{}}
	if s.Demo {
		f.Clock = s.minute(s.Now())
	}
	return f
}

// tabs lists the main parts that a role's work needs, its home first; it sees those whose page it may open.
func tabs(role account.Role) []Tab {
	ids := []string{"flagged", "sections", "imports", "totals", "register", "documents", "verify", "runs"}
	switch role {
	case account.Manager:
		ids = []string{"home", "imports", "documents"}
	case account.Health:
		ids = []string{"positive", "sections", "imports"}
	case account.Admin:
		ids = []string{"users", "sections", "register", "runs"}
	}
	paths := map[string]string{"home": "/", "flagged": "/sections?flagged=1", "positive": "/sections?positive=1"}
	all := make([]Tab, len(ids))
	for i, id := range ids {
		all[i] = Tab{id, cmp.Or(paths[id], "/"+id)}
	}
	return all
}

// Lit is the tab of a page: a list of sections and what hangs on it stand under all sections, or the home, of whoever has no tab of
// that very list.
func (v *Viewer) Lit(part string) string {
	parts := []string{part}
	if slices.Contains([]string{"flagged", "positive", "sections"}, part) {
		parts = append(parts, "sections", "home")
	}
	for _, id := range parts {
		if slices.ContainsFunc(v.Tabs, func(t Tab) bool { return t.ID == id }) {
			return id
		}
	}
	return ""
}

// fill says who looks, and which tabs that role has.
func (v *Viewer) fill(a account.Actor, may access) {
	if a.User.ID == 0 {
		return
	}
	v.User, v.Role, v.FormToken = a.User.Name, a.User.Role, a.FormToken
	if a.Pending {
		return
	}
	for _, t := range tabs(a.User.Role) {
		path, _, _ := strings.Cut(t.Path, "?")
		if path == "/documents" && may.mayGet("/register", a.User.Role) {
			continue // it is one of the registers
		}
		if may.mayGet(path, a.User.Role) {
			v.Tabs = append(v.Tabs, t)
		}
	}
}

// access says which roles may open the pages, by their routes.
type access map[string][]account.Role

func newAccess(routes []Route) access {
	may := access{}
	for _, r := range routes {
		if r.Method == http.MethodGet {
			may[r.Path] = r.Roles
		}
	}
	return may
}

// mayGet reports whether a role may open a page.
func (a access) mayGet(path string, role account.Role) bool { return slices.Contains(a[path], role) }

func (s *server) minute(at calendar.Instant) string { return at.Minute(s.Loc) }

// render writes a page in the language of whoever asks; nothing is sent before the whole page stands.
func (s *server) render(c echo.Context, status int, name string, data any) error {
	lang := s.lang(c)
	if framed, ok := data.(interface{ viewer() *Viewer }); ok {
		v := framed.viewer()
		v.fill(actor(c), s.access)
		v.Page, v.Lang, v.Theme = name, lang, s.theme(c)
	}
	p := s.presses.Get().(*press)
	defer func() {
		if p.page.Cap() <= keptPage {
			p.page.Reset()
			s.presses.Put(p)
		}
	}()
	if err := s.pages[lang][name].ExecuteTemplate(&p.page, "layout.html", data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return p.html(c, status)
}

func (s *server) pdf(c echo.Context, name string, content []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("inline", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/pdf", content)
}
