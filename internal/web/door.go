package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// behindDoor puts a route behind the door: limits first, then who may come in, then what he brings. Only then it works.
func (s *server) behindDoor(r Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		whole := c.Request().Body
		cancel, err := s.limit(c, r.Policy)
		if err != nil {
			return err
		}
		defer cancel()
		defer removeUploads(c) // net/http does not, once the request's context was replaced
		return s.keep(c, r.Policy, whole, s.letIn(c, r, whole))
	}
}

func (s *server) letIn(c echo.Context, r Route, whole io.Reader) error {
	if err := s.admit(c, r.Policy); err != nil {
		return err
	}
	if !safeMethod(r.Method) {
		err := readBody(c.Request())
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge && r.TooLarge != nil {
			_, _ = io.CopyN(io.Discard, whole, bodyHeardOut) // a browser that is cut short shows no answer
			return r.TooLarge(s, c)
		}
		if err != nil {
			return err
		}
	}
	if err := errors.Join(s.sameAccount(c.Request(), actor(c), r.Policy), ownForm(c.Request(), actor(c)), s.confirmed(c, r.Policy)); err != nil {
		return err
	}
	return r.handle(s, c)
}

// limit bounds the body, the time to read and answer, and the time to work of a request.
func (s *server) limit(c echo.Context, p Policy) (cancel func(), err error) {
	body, span := p.Body, p.Time
	if body == 0 {
		body = bodyLimit
	}
	if span == 0 {
		span = requestTime
	}
	control := http.NewResponseController(c.Response())
	for _, err := range []error{control.SetReadDeadline(s.Clock().Add(span)), control.SetWriteDeadline(s.Clock().Add(span + answerTime))} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) { // a recorder in a test has no deadlines
			return nil, fmt.Errorf("set deadline: %w", err)
		}
	}
	ctx, stop := context.WithTimeout(c.Request().Context(), span)
	whole := c.Request()
	r := whole.WithContext(ctx)
	r.Body = http.MaxBytesReader(c.Response(), r.Body, body)
	c.SetRequest(r)
	return func() { // whoever writes the error page has to ask the database once more
		stop()
		c.SetRequest(whole)
	}, nil
}

func removeUploads(c echo.Context) {
	if form := c.Request().MultipartForm; form != nil {
		_ = form.RemoveAll() // the temporary folder is emptied at the next start
	}
}

// check refuses a table of routes in which one has no complete policy or is named twice.
func check(routes []Route) error {
	known := append(account.Roles(), Anyone)
	seen := map[string]bool{}
	for _, r := range routes {
		name := r.Method + " " + r.Path
		switch {
		case len(r.Roles) == 0 || r.Scope == "" || r.handle == nil:
			return fmt.Errorf("route %s has no policy", name)
		case slices.ContainsFunc(r.Roles, func(role account.Role) bool { return !slices.Contains(known, role) }):
			return fmt.Errorf("route %s has an unknown role", name)
		case slices.Contains(r.Roles, Anyone) && len(r.Roles) > 1:
			return fmt.Errorf("route %s is for anyone and somebody", name)
		case seen[name]:
			return fmt.Errorf("route %s is there twice", name)
		}
		seen[name] = true
	}
	return nil
}
