package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// description is openapi.json as the tests ask it.
type description struct {
	testing.TB
	whole map[string]any
}

func newDescription(tb testing.TB) description {
	tb.Helper()
	d := description{tb, map[string]any{}}
	if err := json.Unmarshal(openAPI, &d.whole); err != nil {
		tb.Fatal(err)
	}
	return d
}

// at follows keys into the document; a $ref on the way is followed, too. It gives nil where there is nothing.
func (d description) at(from any, keys ...string) any {
	for _, key := range keys {
		object, _ := d.follow(from).(map[string]any)
		from = object[key]
	}
	return d.follow(from)
}

func (d description) follow(v any) any {
	object, _ := v.(map[string]any)
	ref, is := object["$ref"].(string)
	if !is {
		return v
	}
	to := d.at(d.whole, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	if to == nil {
		d.Fatalf("%s leads nowhere", ref)
	}
	return to
}

func (d description) operation(method, path string) any {
	return d.at(d.whole, "paths", braced(path), strings.ToLower(method))
}

// braced writes the parameters of a route as the document does.
func braced(path string) string {
	return regexp.MustCompile(`:(\w+)`).ReplaceAllString(strings.TrimPrefix(path, apiRoot), "{$1}")
}

// holds checks an answer against what the document says of it.
func (d description) holds(route Route, w *httptest.ResponseRecorder) {
	d.Helper()
	name := route.Method + " " + route.Path
	answer := d.at(d.operation(route.Method, route.Path), "responses", fmt.Sprint(w.Code))
	if answer == nil {
		d.Errorf("%s: status %d is not described: %s", name, w.Code, w.Body)
		return
	}
	if w.Code == http.StatusNotModified { // has no body
		return
	}
	kind, _, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil {
		d.Errorf("%s: %v", name, err)
	}
	schema := d.at(answer, "content", kind, "schema")
	if schema == nil {
		d.Errorf("%s: %s with status %d is not described", name, kind, w.Code)
		return
	}
	if d.at(schema, "contentMediaType") == kind { // no JSON
		return
	}
	var body any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		d.Errorf("%s: %v", name, err)
	}
	for _, problem := range d.check(schema, body, "") {
		d.Errorf("%s: status %d%s", name, w.Code, problem)
	}
}

// check tells where a value is not as a schema says, for the part of JSON Schema that the document uses.
func (d description) check(schema, value any, where string) []string {
	s, _ := d.follow(schema).(map[string]any)
	wrong := func(format string, args ...any) []string {
		return []string{where + ": " + fmt.Sprintf(format, args...)}
	}
	for key := range s {
		if !slices.Contains(strings.Fields("type enum const pattern format minimum maximum minItems maxItems items properties required"+
			" additionalProperties description default maxLength contentMediaType"), key) {
			return wrong("the test does not know %q", key)
		}
	}
	if t, given := s["type"]; given && !slices.Contains(types(t), typeOf(value)) && (typeOf(value) != "integer" || !slices.Contains(types(t), "number")) {
		return wrong("%v is not of type %v", value, t)
	}
	if all, given := s["enum"].([]any); given && !slices.Contains(all, value) {
		return wrong("%v is none of %v", value, all)
	}
	if c, given := s["const"]; given && c != value {
		return wrong("%v is not %v", value, c)
	}
	switch v := value.(type) {
	case string:
		return d.checkText(s, v, wrong)
	case float64:
		if least, given := s["minimum"].(float64); given && v < least {
			return wrong("%v is less than %v", v, least)
		}
	case []any:
		return d.checkList(s, v, where, wrong)
	case map[string]any:
		return d.checkObject(s, v, where)
	}
	return nil
}

func (d description) checkText(s map[string]any, v string, wrong func(string, ...any) []string) []string {
	if p, given := s["pattern"].(string); given && !regexp.MustCompile(p).MatchString(v) {
		return wrong("%q does not match %s", v, p)
	}
	layouts := map[any]string{"date-time": time.RFC3339, "date": time.DateOnly}
	if layout := layouts[s["format"]]; layout != "" {
		if _, err := time.Parse(layout, v); err != nil {
			return wrong("%v", err)
		}
	}
	return nil
}

func (d description) checkList(s map[string]any, v []any, where string, wrong func(string, ...any) []string) []string {
	least, hasLeast := s["minItems"].(float64)
	most, hasMost := s["maxItems"].(float64)
	if hasLeast && len(v) < int(least) || hasMost && len(v) > int(most) {
		return wrong("%d items", len(v))
	}
	var all []string
	for i, item := range v {
		all = append(all, d.check(s["items"], item, fmt.Sprintf("%s[%d]", where, i))...)
	}
	return all
}

func (d description) checkObject(s map[string]any, v map[string]any, where string) []string {
	properties, closed := s["properties"].(map[string]any)
	if !closed {
		return nil
	}
	var all []string
	for _, name := range types(s["required"]) {
		if _, given := v[name]; !given {
			all = append(all, where+": no "+name)
		}
	}
	for name, field := range v {
		property, known := properties[name]
		if !known {
			all = append(all, where+": "+name+" is not described")
			continue
		}
		all = append(all, d.check(property, field, where+"."+name)...)
	}
	return all
}

func types(v any) []string {
	if one, is := v.(string); is {
		return []string{one}
	}
	list, _ := v.([]any)
	var all []string
	for _, name := range list {
		all = append(all, fmt.Sprint(name))
	}
	return all
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func TestDescriptionNamesTheRoutesOfTheInterface(t *testing.T) {
	d := newDescription(t)
	routes := map[string]bool{}
	for _, r := range Routes() {
		if !strings.HasPrefix(r.Path, apiPrefix) {
			continue
		}
		name := strings.ToLower(r.Method) + " " + braced(r.Path)
		routes[name] = true
		if d.operation(r.Method, r.Path) == nil {
			t.Errorf("%s is not described", name)
		}
		for _, p := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(braced(r.Path), -1) {
			if !slices.Contains(d.parameters(r, "path"), p[1]) {
				t.Errorf("%s: parameter %s is not described", name, p[1])
			}
		}
	}
	for path, methods := range d.at(d.whole, "paths").(map[string]any) {
		for method := range methods.(map[string]any) {
			if !routes[method+" "+path] {
				t.Errorf("%s %s is described and not there", method, path)
			}
		}
	}
}

func (d description) parameters(r Route, in string) []string {
	all, _ := d.at(d.operation(r.Method, r.Path), "parameters").([]any)
	var names []string
	for _, p := range all {
		if d.at(p, "in") == in {
			names = append(names, d.at(p, "name").(string))
		}
	}
	return names
}

// The parameters that the document names are those that the program takes, and no others.
func TestDescriptionNamesTheParameters(t *testing.T) {
	d := newDescription(t)
	b := newAPI(t)
	for _, r := range apiRoutes() {
		if r.Method != http.MethodGet || slices.Contains(r.Roles, Anyone) {
			continue
		}
		path := strings.ReplaceAll(r.Path, ":code", "XY-01")
		w := b.send("district", http.MethodGet, path+"?nonsense=1", nil, "")
		wantStatus(t, w, http.StatusUnprocessableEntity)
		if described := d.parameters(r, "query"); len(described) > 0 && !strings.Contains(w.Body.String(), strings.Join(described, "、")) {
			t.Errorf("%s: described are %v, the program says %s", path, described, w.Body)
		}
	}
}

// A schema that nothing uses, and a reference that leads nowhere, are mistakes.
func TestDescriptionHangsTogether(t *testing.T) {
	d := newDescription(t)
	used := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, is := v["$ref"].(string); is {
				d.follow(v)
				used[ref] = true
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key])
			}
		}
	}
	walk(d.whole)
	for _, group := range []string{"schemas", "responses", "parameters"} {
		for name := range d.at(d.whole, "components", group).(map[string]any) {
			if !used["#/components/"+group+"/"+name] {
				t.Errorf("nothing uses %s %s", group, name)
			}
		}
	}
	if d.whole["openapi"] != "3.1.0" {
		t.Errorf("version %v", d.whole["openapi"])
	}
}

// The checks of this file are worth something only if they can fail.
func TestDescriptionTellsWrongAnswers(t *testing.T) {
	d := newDescription(t)
	schema := d.at(d.whole, "components", "schemas", "Filed")
	good := map[string]any{"id": 1.0, "section": "XY-01", "date": "2022-05-06", "version": 1.0, "received_at": "2022-05-06T08:00:00+08:00", "late": false}
	if problems := d.check(schema, good, ""); len(problems) > 0 {
		t.Errorf("a good answer: %v", problems)
	}
	for name, value := range map[string]any{"id": "1", "date": "6.5.2022", "version": 0.0, "received_at": "08:00", "late": nil, "more": 1.0} {
		bad := maps.Clone(good)
		bad[name] = value
		if len(d.check(schema, bad, "")) == 0 {
			t.Errorf("%s = %v passes", name, value)
		}
	}
	delete(good, "late")
	if len(d.check(schema, good, "")) == 0 {
		t.Error("an answer without a field passes")
	}
}
