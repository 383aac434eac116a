package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/fault"
)

// notFound is said of any address that leads nowhere, so that nobody learns which sections there are.
const notFound = "没有这个页面或标段。请检查地址，或从全部标段里找。"

type errorPage struct {
	Frame
	Heading, Message, RequestID string
}

// handleError is the one place where what went wrong becomes an answer.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, message := answer(err)
	id, _ := c.Get(requestIDName).(string)
	if status == http.StatusInternalServerError {
		s.Log.ErrorContext(c.Request().Context(), "request failed", slog.Any("error", err), slog.String(requestIDName, id))
	}
	page := errorPage{s.frame(""), headings(status), message, id}
	if err := s.render(c, status, "error", page); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "error page failed", slog.Any("error", err))
	}
}

func answer(err error) (status int, message string) {
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return he.Code, routerMessage(he)
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, err.Error()
	case fault.NotFound:
		return http.StatusNotFound, notFound
	case fault.Conflict:
		return http.StatusConflict, err.Error()
	case fault.Forbidden, fault.Unauthenticated:
		return http.StatusForbidden, "没有权限。"
	}
	return http.StatusInternalServerError, "程序出错了，没有改动任何数据。请重试；若仍不行，请把请求编号告诉管理员。"
}

// routerMessage is what is said of requests that reached no page of ours, or that a guard turned away.
func routerMessage(err *echo.HTTPError) string {
	switch err.Code {
	case http.StatusNotFound:
		return notFound
	case http.StatusMethodNotAllowed:
		return "这个地址不支持该操作。"
	}
	return fmt.Sprint(err.Message)
}

func headings(status int) string {
	switch status {
	case http.StatusNotFound:
		return "没有找到"
	case http.StatusUnprocessableEntity:
		return "填写有误"
	case http.StatusInternalServerError:
		return "程序出错"
	}
	return "无法处理"
}
