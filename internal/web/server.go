// Package web turns requests into calls and answers into pages. A handler reads the request, makes one call and answers;
// what goes wrong is returned and becomes a page in one place.
package web

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/printing"
	"fugong/internal/store"
)

// Options is what the pages need.
type Options struct {
	Store     *store.Store
	Evaluator *evaluation.Evaluator
	Printer   *printing.Printer
	Templates fs.FS
	Loc       *time.Location
	Now       func() calendar.Instant
	Log       *slog.Logger
	Demo      bool // the clock does not show the real time: every page says so
	// Ready says whether the program can do its work; it is asked by /readyz.
	Ready func(*http.Request) error
}

type server struct {
	Options
	pages  map[string]page
	static map[string]asset
}

// New builds the handler of all routes. It fails when a template is broken or a route has no policy, so that neither is
// found by a user.
func New(o Options) (http.Handler, error) {
	s := &server{Options: o}
	var err error
	if s.static, err = loadStatic(o.Templates); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(o.Templates); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = echo.ExtractIPDirect()
	e.HideBanner, e.HidePort = true, true
	e.Use(s.requestID, s.logRequests, s.recoverPanics, limitBody, securityHeaders, onlyLoopbackNames)
	for _, r := range Routes() {
		if len(r.Roles) == 0 || r.Scope == "" {
			return nil, errors.New("route " + r.Method + " " + r.Path + " has no policy")
		}
		e.Add(r.Method, r.Path, func(c echo.Context) error { return r.handle(s, c) })
	}
	return e, nil
}
