package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// The databases would store broken UTF-8 as something else and stumble over NUL, so both are refused at the door: in the
// address, in forms and in JSON.

func unclean(text string) bool { return !utf8.ValidString(text) || strings.ContainsRune(text, 0) }

func uncleanValues(values url.Values) bool {
	for name, all := range values {
		for _, v := range append(all, name) {
			if unclean(v) {
				return true
			}
		}
	}
	return false
}

func badText(where string) error {
	return echo.NewHTTPError(http.StatusBadRequest, where+"含有无法识别的字符（NUL 或不是 UTF-8），请改正后再试。")
}

// cleanAddress refuses what cannot be text in path or query.
func cleanAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || unclean(u.Path) || uncleanValues(query) {
			return badText("网址")
		}
		return next(c)
	}
}

// readBody takes in the body of an unsafe request as far as the door has to know it: forms are parsed, JSON is checked and
// put back. What is too large or unreadable is refused here.
func readBody(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil && r.Header.Get(echo.HeaderContentType) != "" {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "请求的内容类型无法识别。")
	}
	switch kind {
	case echo.MIMEMultipartForm:
		err = r.ParseMultipartForm(formMemory)
	case echo.MIMEApplicationForm:
		err = r.ParseForm()
	case echo.MIMEApplicationJSON:
		return readJSON(r)
	default:
		return nil
	}
	if err != nil {
		return badBody(err)
	}
	if uncleanValues(r.PostForm) || uncleanFiles(r) {
		return badText("表单")
	}
	return nil
}

func uncleanFiles(r *http.Request) bool {
	if r.MultipartForm == nil {
		return false
	}
	for name, files := range r.MultipartForm.File {
		for _, f := range files {
			if unclean(name) || unclean(f.Filename) {
				return true
			}
		}
	}
	return false
}

func readJSON(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return badBody(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !utf8.Valid(body) || halfCharacter(body) {
		return badText("请求")
	}
	if !json.Valid(body) {
		return echo.NewHTTPError(http.StatusBadRequest, "请求不是合法的 JSON。")
	}
	for tokens := json.NewDecoder(bytes.NewReader(body)); ; {
		token, err := tokens.Token()
		if err != nil { // the end, for it is valid
			return nil
		}
		if text, is := token.(string); is && unclean(text) {
			return badText("请求")
		}
	}
}

// halfCharacter reports whether a \u escape in JSON names half of a character without its other half: decoding would put U+FFFD there.
func halfCharacter(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		first, is := escaped(body[i:])
		if i++; !is || !utf16.IsSurrogate(first) {
			continue
		}
		second, _ := escaped(body[min(i+5, len(body)):])
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return true
		}
		i += 10
	}
	return false
}

// escaped reads a \u escape that text begins with.
func escaped(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

func badBody(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest, "请求的内容不完整或格式不对，请重试。").SetInternal(err)
}
