package web

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/store/storetest"
)

// TestWhoMayDoWhat walks all routes with all kinds of actors over all kinds of objects and compares what they get with
// testdata/authz.csv, which is reviewed by people and knows nothing of the program's own table. A cell is the status of the
// answer, or "login", "code" or "confirm" where one is sent to that page first. Every route must have its rows. Along the way it
// holds that a refused request changed nothing, and that what one may not see answers to the byte like what is not there.
func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t)
	want := wantedAnswers(t)
	for _, r := range Routes() {
		objects := w.objects(r.Path)
		if len(objects) == 0 {
			t.Errorf("%s %s: the test does not know what to put into the path", r.Method, r.Path)
		}
		seen := answers{}
		for _, o := range objects {
			row := r.Method + "," + r.Path + "," + o.name
			got := w.walk(r, o, seen)
			if d := cmp.Diff(want[row], got); d != "" {
				t.Errorf("row %s,%s\n(-testdata/authz.csv +the program):\n%s", row, strings.Join(got, ","), d)
			}
			delete(want, row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("%s has no route any more", row)
	}
}

// wantedAnswers reads the table: answers in the order of the actors, by method, path and object.
func wantedAnswers(t *testing.T) map[string][]string {
	t.Helper()
	file, err := os.Open("testdata/authz.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if head := append([]string{"method", "path", "object"}, actors()...); !slices.Equal(rows[0], head) {
		t.Fatalf("the columns are %q, want %q", rows[0], head)
	}
	wanted := map[string][]string{}
	for _, row := range rows[1:] {
		key := strings.Join(row[:3], ",")
		if wanted[key] != nil {
			t.Errorf("%s is there twice", key)
		}
		wanted[key] = row[3:]
	}
	return wanted
}

// object is what a path leads to: its name in the table, and the path.
type object struct{ name, path string }

// objects gives the objects on which a route is tried.
func (w *world) objects(path string) []object {
	var all []object
	add := func(name string, values ...string) {
		all = append(all, object{name, strings.NewReplacer(values...).Replace(path)})
	}
	const bad = "..%2F..%2Fetc"
	switch {
	case strings.Contains(path, ":worker"):
		for _, pair := range []string{"QA1 wA1", "QA2 wA2", "QB1 wB1", "QA1 wB1", "QB1 wA1", "gone wA1", "QA1 gone", "QA1 bad"} {
			code, worker, _ := strings.Cut(pair, " ")
			id := w.names[worker]
			if worker == "gone" {
				id = "999999"
			} else if worker == "bad" {
				id = bad
			}
			add(pair, ":code", code, ":worker", id)
		}
	case strings.Contains(path, ":tube"):
		for _, pair := range []string{"QA1 tA1", "QB1 tB1", "QA1 tB1", "QB1 tA1", "gone tA1", "QA1 gone", "QA1 bad"} {
			code, tube, _ := strings.Cut(pair, " ")
			if tube == "bad" {
				tube = bad
			}
			add(pair, ":code", code, ":tube", tube)
		}
	case strings.Contains(path, ":area"):
		for _, pair := range []string{"QA1 aA1", "QA2 aA2", "QB1 aB1", "QA1 aB1", "QB1 aA1", "gone aA1", "QA1 gone", "QA1 bad"} {
			code, area, _ := strings.Cut(pair, " ")
			if area == "bad" {
				area = bad
			}
			add(pair, ":code", code, ":area", area)
		}
	case strings.Contains(path, ":criterion"):
		for _, pair := range []string{"QA1 nat.positive", "QA2 nat.positive", "QB1 nat.positive", "gone nat.positive", "QA1 room.occupancy", "QA1 gone", "QA1 bad"} {
			code, criterion, _ := strings.Cut(pair, " ")
			if criterion == "bad" {
				criterion = bad
			}
			add(pair, ":code", code, ":criterion", criterion)
		}
	case strings.Contains(path, "/checklists/:file"):
		for _, code := range []string{"QA1", "QA2", "QB1", "gone"} {
			add(code, ":code", code, ":file", "2022-05-05")
		}
		add("bad", ":code", bad, ":file", "2022-05-05")
		add("QA1 bad", ":code", "QA1", ":file", bad)
	case strings.Contains(path, ":code"):
		for _, code := range []string{"QA1", "QA2", "QB1", "gone"} {
			add(code, ":code", code)
		}
		add("bad", ":code", bad)
	case path == "/papers/:file":
		for _, name := range []string{"pA1", "pA2", "pB1", "p_gone"} {
			add(strings.TrimPrefix(name, "p_"), ":file", w.names[name]+".pdf")
		}
		add("bad", ":file", bad)
	case path == "/imports/:id":
		add("of mgr_A1", ":id", w.names["b_A1"])
		add("gone", ":id", "999999")
		add("bad", ":id", bad)
	case path == "/quarantine/:id":
		add("of mgr_A1", ":id", w.names["q_A1"])
		add("gone", ":id", "999999")
		add("bad", ":id", bad)
	case strings.HasPrefix(path, "/imports/uploads/"):
		add("of mgr_A1", ":token", w.names["up_A1"])
		add("gone", ":token", strings.Repeat("A", len(w.names["up_A1"])))
		add("bad", ":token", bad)
	case strings.HasSuffix(path, "/imports/:kind"), strings.HasPrefix(path, "/imports/:kind/"):
		add("roster", ":kind", "roster")
		add("sections", ":kind", "sections")
		add("gone", ":kind", "nothing")
	case strings.Contains(path, ":uuid"):
		for _, name := range []string{"pA1", "pB1", "unnamed of mgr_A1", "gone"} {
			add(name, ":uuid", photoNames()[name])
		}
		add("bad", ":uuid", bad)
	case strings.Contains(path, ":policy"):
		add("epidemic-2022 1", ":policy", "epidemic-2022", ":version", "1")
		add("gone", ":policy", "epidemic-2022", ":version", "99")
		add("bad", ":policy", bad, ":version", "x")
	case path == "/v/:id":
		add("pA1", ":id", w.names["pA1"])
		add("gone", ":id", w.names["p_gone"])
		add("bad", ":id", bad)
	case strings.HasPrefix(path, "/users/:id"):
		add("mgr_A1", ":id", w.names["u_mgr_A1"], ":token", w.names["t_mgr_A1"])
		if strings.Contains(path, ":token") {
			add("mgr_A1 token of another", ":id", w.names["u_mgr_A1"], ":token", w.names["t_chief"])
		}
		add("gone", ":id", "999999", ":token", w.names["t_mgr_A1"])
		add("bad", ":id", bad, ":token", w.names["t_mgr_A1"])
	case strings.Contains(path, ":token"):
		add("of mgr_A1", ":token", w.names["t_mgr_A1"])
		add("gone", ":token", "999999")
		add("bad", ":token", bad)
	case path == "/static/:name":
		add("icon", ":name", strings.TrimPrefix(w.staticURL("icon.svg"), "/static/"))
		add("gone", ":name", "icon.svg")
		add("bad", ":name", bad)
	case !strings.Contains(path, ":"):
		add("-")
	}
	return all
}

// staticURL finds the address of a static file on a page.
func (w *world) staticURL(name string) string {
	before, after, _ := strings.Cut(name, ".")
	page := w.ask("nobody", http.MethodGet, "/login", nil).Body.String()
	_, rest, _ := strings.Cut(page, "/static/"+before)
	hash, _, _ := strings.Cut(rest, after)
	return "/static/" + before + hash + after
}

// forms fills in what a route needs to do its work, so that one who may use it gets that far.
func (w *world) form(path string) url.Values {
	switch path {
	case numberPath, phonePath, passagesPath, remarksPath, patientsPath:
		return url.Values{"reason": {"核对身份"}}
	case "/quarantine/:id":
		return url.Values{"do": {"dismiss"}, "reason": {"不是本工地的人"}}
	case "/sections/:code/sheet":
		return url.Values{"key": {"0123456789abcdef"}, "copy": {"internal"}}
	case "/account/tokens":
		return url.Values{"key": {"0123456789abcdef"}, "name": {"test"}, "days": {"7"}}
	case "/account/totp":
		return url.Values{"secret": {"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}, "code": {"000000"}}
	case "/users":
		return url.Values{"key": {"0123456789abcdef"}, "name": {"new"}, "role": {"leader"}}
	case "/sections/:code/areas/:area/disinfect":
		form := url.Values{"key": {"0123456789abcdef"}}
		for name, tapped := range mixtureHere() {
			form.Set(name, tapped)
		}
		return form
	case withdrawPath:
		return url.Values{"key": {"0123456789abcdef"}, "fix": {fixName(storetest.At("2022-05-06 07:00"))}, "reason": {"区域选错"}}
	case "/users/:id/invite":
		return url.Values{"key": {"0123456789abcdef"}}
	case "/users/:id":
		return url.Values{"role": {"manager"}, "sections": {"QA1"}}
	}
	return url.Values{}
}

// walk tries a route on an object as every actor.
func (w *world) walk(r Route, o object, seen answers) []string {
	w.Helper()
	var got []string
	for _, actor := range actors() {
		answer := w.ask(actor, r.Method, o.path, w.form(r.Path))
		word := wordOf(answer)
		got = append(got, word)
		if answer.Code == http.StatusInternalServerError {
			w.Errorf("%s %s as %s fails", r.Method, o.path, actor)
		}
		w.sameToTheByte(r, o, actor, answer, seen)
		if safeMethod(r.Method) {
			continue
		}
		changed := w.dump() != w.before
		if changed && isRefusal(word) {
			w.Errorf("%s %s as %s is refused with %s, but changed the database", r.Method, o.path, actor, word)
		}
		if changed {
			w.close()
			w.again()
		}
	}
	return got
}

// wordOf is what an answer is in the table.
func wordOf(answer *httptest.ResponseRecorder) string {
	to, _, _ := strings.Cut(answer.Header().Get("Location"), "?")
	switch {
	case answer.Header().Get("Set-Cookie") != "": // signed in or out
	case answer.Code == http.StatusSeeOther && to == "/login/code":
		return "code"
	case answer.Code == http.StatusSeeOther && (to == "/login" || to == "/confirm"):
		return strings.TrimPrefix(to, "/")
	}
	return fmt.Sprint(answer.Code)
}

func isRefusal(word string) bool {
	return slices.Contains([]string{"login", "code", "confirm", "400", "401", "403", "404", "405"}, word)
}

// answers are the first refusals of a route, by actor and status.
type answers map[string]string

// sameToTheByte compares a refusal with what the actor got on other objects of the same route.
func (w *world) sameToTheByte(r Route, o object, actor string, answer *httptest.ResponseRecorder, seen answers) {
	w.Helper()
	if answer.Code != http.StatusNotFound && answer.Code != http.StatusForbidden {
		return
	}
	key, whole := fmt.Sprint(actor, answer.Code), wholeOf(answer)
	if seen[key] == "" {
		seen[key] = whole
	}
	if d := cmp.Diff(seen[key], whole); d != "" {
		w.Errorf("%s %s as %s: %s is told from others (-other +this):\n%s", r.Method, r.Path, actor, o.name, d)
	}
}

// wholeOf is an answer with its headers, but for the request's number.
func wholeOf(answer *httptest.ResponseRecorder) string {
	var all strings.Builder
	fmt.Fprintln(&all, answer.Code)
	for _, name := range slices.Sorted(maps.Keys(answer.Header())) {
		if name != "X-Request-Id" {
			fmt.Fprintln(&all, name, answer.Header()[name])
		}
	}
	return all.String() + strings.ReplaceAll(answer.Body.String(), answer.Header().Get("X-Request-Id"), "-")
}
