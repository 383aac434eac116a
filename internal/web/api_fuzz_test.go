package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fugong/internal/store"
)

// Whatever is sent, the answer is one that openapi.json describes, and never the program's own fault.

func FuzzAPIChecklist(f *testing.F) {
	a := newAPI(f)
	for _, body := range []string{
		goodChecklist, `{}`, `null`, `[]`, `{"date":1}`, `{"date":"2022-05-06","answers":[null]}`, `{"answers":{"item":"B1"}}`,
		`{"date":"2022-05-06","answers":[{"item":"K1","number":1e9}],"device_time":"0000-01-01T00:00:00Z"}`, "\xff", `"\ud800"`,
		`{"date":"0000-00-00","answers":[{"item":"K1","number":"１"}]}`, `{"DATE":"2022-05-06","Answers":[{"item":"B1","answer":"na"}]}`,
	} {
		f.Add(keyOne, "application/json", body)
	}
	f.Add("", "text/plain", "")
	f.Fuzz(func(t *testing.T, key, kind, body string) {
		a.runs(t)
		h := http.Header{"Content-Type": {kind}, idempotencyKey: {key}}
		w := a.send("manager", http.MethodPost, apiRoot+"/sections/XY-01/checklists", h, body)
		wantNoFault(t, w.Code)
	})
}

func FuzzAPIImport(f *testing.F) {
	a := newAPI(f)
	for i := range store.Kinds() {
		f.Add(uint(i), "table.csv", rooms)
	}
	f.Add(uint(4), "table.xlsx", "PK\x03\x04")
	f.Add(uint(0), "\x00", "标段编号\t标段名称\n=1+1,\"")
	f.Add(uint(3), "../../lab.csv", "证件号码,采样时间,检测结果\n320699199003070013,2022-05-06 07:00,阴性\n")
	f.Fuzz(func(t *testing.T, kind uint, name, content string) {
		a.runs(t)
		kinds := store.Kinds()
		path := "/imports/" + kinds[kind%uint(len(kinds))]
		wantNoFault(t, a.upload("district", path+"?dry_run=true", "", name, content).Code)
		wantNoFault(t, a.upload("district", path, keyOne, name, content).Code)
	})
}

func FuzzAPIAddress(f *testing.F) {
	a := newAPI(f)
	for _, query := range []string{"at=2022-05-06T08:00:00Z", "q=%27", "cursor=WFktMDE", "limit=-1", "date=2022-05-06", "known_at=1900-01-01T00:00:00Z", "a;b", "%zz"} {
		f.Add("XY-01", query)
	}
	f.Add("..", "")
	f.Add("\x00", "\x00")
	f.Fuzz(func(t *testing.T, code, query string) {
		a.runs(t)
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }) {
			query = url.QueryEscape(query) // such an address cannot be sent
		}
		for _, path := range []string{"/sections", "/sections/" + url.PathEscape(code), "/sections/XY-01/verdict", "/sections/XY-01/flags", "/sections/XY-01/checklists"} {
			wantNoFault(t, a.get("manager", path+"?"+query).Code)
		}
	})
}

// runs says which test the office now stands for.
func (a *api) runs(t *testing.T) { a.TB, a.openAPI.TB = t, t }

func wantNoFault(t *testing.T, status int) {
	t.Helper()
	if status >= http.StatusInternalServerError {
		t.Errorf("status %d", status)
	}
}
