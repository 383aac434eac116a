// Package web turns requests into calls and answers into pages. A handler reads the request, makes one call and answers;
// what goes wrong is returned and becomes a page in one place.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/evaluation"
	"fugong/internal/locale"
	"fugong/internal/printing"
	"fugong/internal/store"
)

// Options is what the pages need.
type Options struct {
	Store     *store.Store
	Evaluator *evaluation.Evaluator
	Printer   *printing.Printer
	Album     *album.Album
	Hasher    *account.Hasher
	Works     *Works // imports that outlast their requests; nil: the handler's own, which nobody stops
	Templates fs.FS
	Loc       *time.Location
	Lang      string // of pages for browsers that ask for none of ours
	Now       func() calendar.Instant
	Clock     func() time.Time // the real time, for deadlines of connections, whatever the program's clock shows
	Log       *slog.Logger
	Demo      bool // the clock does not show the real time: every page says so
	// Ready says whether the program can do its work; it is asked by /readyz.
	Ready func(*http.Request) error
	// TrustedProxies are believed about where a request came from, and how.
	TrustedProxies []netip.Prefix
	// BaseURL is how the program is reached from outside; empty: by whatever name.
	BaseURL string
	// Patience is how long a request waits for an import of its own before its page shows how far that is; 0: a second.
	Patience time.Duration
	// TOTPRoles must enrol a second factor before they do anything else.
	TOTPRoles []account.Role
	// Goal is what the trend of the overview leads to.
	Goal Goal
	// Places says in which column and row of the grid each street lies, from 1; those without one are laid out in order.
	Places map[string][2]int
}

type server struct {
	Options
	access
	catalogue   *locale.Catalogue
	pages       map[locale.Lang]map[string]page
	static      map[string]asset
	proxies     proxies
	crossOrigin *http.CrossOriginProtection
	attempts    *limiter // to sign in
	visits      *limiter // to the page that verifies papers
	decoy       decoy
	presses     sync.Pool // of *press
}

// New builds the handler of all routes. It fails when a template is broken or a route has no policy, so that neither is
// found by a user.
func New(o Options) (http.Handler, error) { return newEcho(o, Routes()) }

func newEcho(o Options, routes []Route) (*echo.Echo, error) {
	if err := check(routes); err != nil {
		return nil, err
	}
	s, err := newServer(o, routes)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.HTTPErrorHandler = s.handleError
	if e.IPExtractor, err = s.proxies.address(); err != nil {
		return nil, err
	}
	e.SchemeExtractor = s.proxies.scheme
	e.HideBanner, e.HidePort = true, true
	e.Use(s.requestID, s.logRequests, s.recoverPanics, s.securityHeaders, s.onlyOwnNames, cleanAddress, s.sameOrigin)
	for _, r := range routes {
		e.Add(r.Method, r.Path, s.behindDoor(r))
		if r.Method == http.MethodGet { // the same door and the same answer, whose body net/http leaves out
			e.Add(http.MethodHead, r.Path, s.behindDoor(r))
		}
	}
	return e, nil
}

func newServer(o Options, routes []Route) (*server, error) {
	s := &server{Options: o, access: newAccess(routes), attempts: newLimiter(signInsAMinute, "这个网络地址尝试登录的次数太多，请一分钟后再试"),
		visits: newLimiter(visitsAMinute, "这个网络地址核验的次数太多，请一分钟后再试"), presses: sync.Pool{New: newPress}}
	if s.Works == nil {
		s.Works = NewWorks()
	}
	var err error
	if s.decoy, err = newDecoy(); err != nil {
		return nil, err
	}
	if s.static, err = loadStatic(o.Templates); err != nil {
		return nil, err
	}
	if s.catalogue, err = locale.Load(o.Templates, checklist.English()); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(o.Templates, s.catalogue, o.Loc); err != nil {
		return nil, err
	}
	if s.proxies, err = newProxies(o.TrustedProxies, o.BaseURL); err != nil {
		return nil, err
	}
	s.crossOrigin, err = newCrossOrigin(s.proxies)
	return s, err
}
