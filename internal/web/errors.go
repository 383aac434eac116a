package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/fault"
	"fugong/internal/locale"
)

// notThere is said of any address that leads nowhere, so that nobody learns which sections there are.
const notThere = "没有这个页面、标段或记录。请检查地址，或从首页进入。"

type errorPage struct {
	Frame
	Heading, Message, RequestID string
}

// handleError is the one place where what went wrong becomes an answer. What does not exist and what must not be seen get the
// same one, to the byte; the request's number is shown only where somebody will have to look for it in the log.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if to := sendTo(err); to != "" && !byScript(c) {
		if err = s.sendAway(c, err, to); err == nil {
			return
		}
	}
	status, message := answer(err)
	id, _ := c.Get(requestIDName).(string)
	if status == http.StatusInternalServerError || status == http.StatusServiceUnavailable {
		s.Log.ErrorContext(c.Request().Context(), "request failed", slog.Any("error", err), slog.String(requestIDName, id))
	}
	advise(c, err, status)
	if err = s.answerError(c, status, message, err); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "error page failed", slog.Any("error", err))
	}
}

// sendAway leads to the page where what is missing can be made up for. A script that changes a part of a page is told to leave it.
func (s *server) sendAway(c echo.Context, err error, to string) error {
	stop, ok := errors.AsType[stopped](err)
	switch {
	case c.Request().Header.Get("HX-Request") != "":
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusUnauthorized)
	case ok:
		return s.stop(c, stop)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// sendTo is the page where what is missing can be made up for; empty when there is none.
func sendTo(err error) string {
	if away, ok := errors.AsType[elsewhere](err); ok {
		return away.to
	}
	if fault.KindOf(err) == fault.Unauthenticated { // the session ended while the request was on its way
		return "/login"
	}
	return ""
}

func (s *server) answerError(c echo.Context, status int, message string, err error) error {
	id, _ := c.Get(requestIDName).(string)
	w := s.words(c)
	if byScript(c) {
		return problem(c, problemDocument{"about:blank", http.StatusText(status), status, w.Say(inWords(err, message)), id, fieldProblems(w, err)})
	}
	if status != http.StatusInternalServerError {
		id = ""
	}
	_, _ = s.identify(c) // where no route did it, so that the page has its tabs
	return s.render(c, status, "error", errorPage{s.frame(""), headings(status), w.Say(inWords(err, message)), id})
}

// byScript reports whether whoever asks reads no pages: a call of the programming interface, or a script that sent a form.
func byScript(c echo.Context) bool { return isAPI(c) || wantsJSON(c) }

func isAPI(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, apiPrefix) }

// advise adds the headers by which a client knows what to do next.
func advise(c echo.Context, err error, status int) {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Wait > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(f.Wait.Seconds()))))
	} else if status == http.StatusServiceUnavailable {
		c.Response().Header().Set(echo.HeaderRetryAfter, "10")
	}
	if status == http.StatusUnauthorized {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
}

// problemDocument is an error as RFC 9457 has it.
type problemDocument struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	RequestID string         `json:"request_id"`
	Errors    []fieldProblem `json:"errors"`
}

type fieldProblem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Label   string `json:"-"` // of the field, on pages
}

func problem(c echo.Context, doc problemDocument) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return c.Blob(doc.Status, "application/problem+json", append(body, '\n'))
}

// fieldProblems lists what is wrong with single fields, in the order of their names and in the language of who asks.
func fieldProblems(w locale.Words, err error) []fieldProblem {
	all := []fieldProblem{}
	f, ok := errors.AsType[*fault.Error](spoken(w, err))
	if !ok {
		return all
	}
	for name, message := range f.Fields {
		all = append(all, fieldProblem{Field: name, Message: w.Text(message)})
	}
	slices.SortFunc(all, func(a, b fieldProblem) int { return strings.Compare(a.Field, b.Field) })
	return all
}

func answer(err error) (status int, message string) {
	if away, ok := errors.AsType[elsewhere](err); ok {
		return away.status, away.reason
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, "请求的内容太大，没有接收。"
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return he.Code, routerMessage(he)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable, "处理超时，没有完成。请稍候再试。"
	}
	return answerFault(err)
}

func answerFault(err error) (status int, message string) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, err.Error()
	case fault.NotFound:
		return http.StatusNotFound, notThere
	case fault.Conflict:
		return http.StatusConflict, said(err)
	case fault.Forbidden:
		return http.StatusForbidden, "没有权限：" + said(err)
	case fault.Unauthenticated:
		return http.StatusUnauthorized, said(err)
	case fault.Limited:
		return http.StatusTooManyRequests, said(err)
	case fault.Busy:
		return http.StatusServiceUnavailable, said(err)
	}
	return http.StatusInternalServerError, "程序出错了，没有改动任何数据。请重试；若仍不行，请把请求编号告诉管理员。"
}

// inWords keeps the facts of a message apart, so that it can be said in another language.
func inWords(err error, message string) locale.Phrase {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Format != "" && message == f.Message {
		return locale.Say(f.Format, f.Args...)
	}
	return locale.Phrase{Format: message}
}

// spoken says a fault that holds facts in the language of who reads it, at its field as well; a fixed text the page puts into words.
func spoken(w locale.Words, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Args) == 0 {
		return err
	}
	own := *e
	own.Message, own.Fields = w.Say(inWords(e, e.Message)), maps.Clone(e.Fields)
	for field, message := range own.Fields {
		if message == e.Message {
			own.Fields[field] = own.Message
		}
	}
	return &own
}

// said is what a classified error says to people, without what is around and behind it.
func said(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Message != "" {
		return f.Message
	}
	return err.Error()
}

// routerMessage is what is said of requests that reached no page of ours, or that a guard turned away.
func routerMessage(err *echo.HTTPError) string {
	switch err.Code {
	case http.StatusNotFound:
		return notThere
	case http.StatusMethodNotAllowed:
		return "这个地址不支持该操作。"
	}
	return fmt.Sprint(err.Message)
}

func headings(status int) string {
	switch status {
	case http.StatusNotFound:
		return "没有找到"
	case http.StatusForbidden:
		return "没有权限"
	case http.StatusUnprocessableEntity:
		return "填写有误"
	case http.StatusInternalServerError:
		return "程序出错"
	}
	return "无法处理"
}
