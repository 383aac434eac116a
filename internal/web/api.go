package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
)

// apiRoot is where the programming interface begins; what is below it stays as it is, or moves to /api/v2.
const apiRoot = apiPrefix + "v1"

const (
	idempotencyKey   = "Idempotency-Key"
	idempotentReplay = "Idempotent-Replay"
)

var uuidText = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// apiRoutes are those of the programming interface. openapi.json describes each of them.
func apiRoutes() []Route {
	see := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District, account.Admin, account.Health}, Scope: ScopeOwn}
	lists := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
	submits := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	imports := Policy{Roles: importers(), Scope: ScopeOwn, Body: uploadLimit + formMemory, Time: uploadTime}
	return append(apiPhotoRoutes(), []Route{
		{http.MethodGet, apiRoot + "/openapi.json", Policy{Roles: []account.Role{Anyone}, Scope: ScopeNone}, (*server).apiDescription},
		{http.MethodGet, apiRoot + "/sections", see, (*server).apiSections},
		{http.MethodGet, apiRoot + "/sections/:code", see, (*server).apiSection},
		{http.MethodGet, apiRoot + "/sections/:code/verdict", see, (*server).apiVerdict},
		{http.MethodGet, apiRoot + "/sections/:code/flags", see, (*server).apiFlags},
		{http.MethodGet, apiRoot + "/sections/:code/checklists", lists, (*server).apiChecklists},
		{http.MethodPost, apiRoot + "/sections/:code/checklists", submits, (*server).apiSubmit},
		{http.MethodPost, apiRoot + "/imports/:kind", imports, (*server).apiImport},
	}...)
}

// reply answers with JSON.
func reply(c echo.Context, status int, v any) error {
	body, err := encoded(v)
	if err != nil {
		return err
	}
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}

func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// replyOnce answers a creating request with what was kept for it.
func replyOnce(c echo.Context, a store.Answer) error {
	if a.Replayed {
		c.Response().Header().Set(idempotentReplay, "true")
	}
	return c.Blob(a.Status, echo.MIMEApplicationJSON, a.Body)
}

// kept makes the answer that is kept with the effect of a request.
func kept(status int, v any) (store.Answer, error) {
	body, err := encoded(v)
	return store.Answer{Status: status, Body: body}, err
}

// request names a creating request by its Idempotency-Key. What makes it another than an earlier one of that key is where it
// goes to and what it contains.
func (s *server) request(c echo.Context, content string) (store.Request, error) {
	keys := c.Request().Header.Values(idempotencyKey)
	if len(keys) != 1 || !uuidText.MatchString(strings.ToLower(keys[0])) {
		return store.Request{}, wrong(idempotencyKey, "请求头 Idempotency-Key 应有一个，且为 UUID，如 3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d10")
	}
	where := c.Request().Method + " " + c.Path()
	for _, name := range c.ParamNames() {
		where += "\n" + url.PathEscape(c.Param(name))
	}
	return store.Request{User: actor(c).User.ID, Key: strings.ToLower(keys[0]), Content: where + "\n\n" + content}, nil
}

// query reads the parameters of an address. One that the route does not know, or that is there twice, is refused: a
// misspelt one would mean something else than was meant.
func query(c echo.Context, known ...string) (map[string]string, error) {
	values := map[string]string{}
	fields := map[string]string{}
	for name, all := range c.QueryParams() {
		switch {
		case !slices.Contains(known, name):
			fields[name] = "没有这个参数，可用的是：" + strings.Join(known, "、")
		case len(all) > 1:
			fields[name] = "这个参数只能有一个"
		default:
			values[name] = all[0]
		}
	}
	if len(fields) > 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Message: "网址中的参数有误", Fields: fields}
	}
	return values, nil
}

// instantIn reads a moment as RFC 3339 has it; zero for none.
func instantIn(field, text string) (calendar.Instant, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2999 {
		return 0, wrong(field, "时间应为 RFC 3339 格式，如 2022-05-06T08:00:00+08:00（网址中的 + 写作 %2B）")
	}
	return calendar.Moment(t), nil
}

// instantOut writes a moment; null for none.
func (s *server) instantOut(at calendar.Instant) *string {
	if at.IsZero() {
		return nil
	}
	return new(at.RFC3339(s.Loc))
}

// A cursor is the code after which a list goes on. It is written so that nobody takes it for one to be made up.
func cursorTo(code string) string { return base64.RawURLEncoding.EncodeToString([]byte(code)) }

func cursorFrom(text string) (string, error) {
	code, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || unclean(string(code)) {
		return "", wrong("cursor", "cursor 应为上一页给出的 next_cursor")
	}
	return string(code), nil
}

// readRequest reads the JSON body of a request into v, which it fits exactly. It gives the body as it came.
func readRequest(c echo.Context, v any) (string, error) {
	kind, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if kind != echo.MIMEApplicationJSON {
		return "", echo.NewHTTPError(http.StatusUnsupportedMediaType, "请求的内容应为 application/json。")
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return "", badBody(err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return "", misfit(err)
	}
	return string(body), nil
}

// misfit tells which field of a JSON body is not as it should be.
func misfit(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := e.Field
		if field == "" {
			field = "body"
		}
		return wrong(field, "类型不对：不能是 "+e.Value)
	}
	if strings.Contains(err.Error(), "invalid number literal") {
		return wrong("number", "应为数字")
	}
	if _, name, found := strings.Cut(err.Error(), "unknown field "); found {
		return wrong(strings.Trim(name, `"`), "没有这个字段")
	}
	return badBody(err)
}
