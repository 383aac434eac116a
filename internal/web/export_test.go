package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// exported are the rows of an exported table under its header.
func exported(tb testing.TB, answer *httptest.ResponseRecorder, headings ...string) [][]string {
	tb.Helper()
	wantStatus(tb, answer, http.StatusOK)
	sheets, err := intake.Read("export", bytes.NewReader(answer.Body.Bytes()), intake.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	var columns []intake.Column
	for _, h := range headings {
		columns = append(columns, intake.Column{Name: h, Required: true})
	}
	tables, err := intake.MatchAll(sheets, columns)
	if err != nil {
		tb.Fatal(err)
	}
	var rows [][]string
	for _, r := range tables[0].Rows {
		rows = append(rows, r.Texts(columns))
	}
	return rows
}

// withFormulas is an installation with a section whose people and code try to be formulas.
func withFormulas(t *testing.T) *office {
	o := newOffice(t)
	o.everyone()
	storetest.Import(t, o.store, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,新苑,=XY,一标段,长虹街道")
	storetest.Import(t, o.store, "roster", `标段编号,姓名,证件号码,进场时间,手机号码,班组,房间号
		=XY,@SUM(A1),320699199003070013,2022-04-01 08:00,13812345678,=HYPERLINK("http://evil"),A-101
		=XY,李红梅,320699198511120027,2022-04-02 08:00,,+1,-1`)
	return o
}

// TestExportOfPeople: everybody who may see the roster gets it with the last four digits, and the telephone as the role reads it.
func TestExportOfPeople(t *testing.T) {
	o := withFormulas(t)
	for role, phone := range map[account.Role]string{account.Manager: "13812345678", account.Inspector: "138****5678", account.District: "138****5678"} {
		for _, ending := range []string{"xlsx", "csv"} {
			answer := o.enter(string(role)).get("/sections/%3DXY/people." + ending)
			rows := exported(t, answer, "姓名", "证件尾号", "班组", "进场时间", "房间号", "手机号码")
			want := [][]string{{"李红梅", "**0027", "+1", "2022-04-02 08:00", "-1", ""}, {"@SUM(A1)", "**0013", `=HYPERLINK("http://evil")`, "2022-04-01 08:00", "A-101", phone}}
			if !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("%s reads %q in %s, want %q", role, rows, ending, want)
			}
			if disposition := answer.Header().Get("Content-Disposition"); !strings.HasPrefix(disposition, "attachment;") || !strings.Contains(disposition, ending) {
				t.Errorf("sent as %q", disposition)
			}
		}
	}
	for _, role := range []account.Role{account.Admin, account.Leader, account.Health} {
		wantStatus(t, o.enter(string(role)).get("/sections/%3DXY/people.csv"), http.StatusForbidden)
	}
}

// TestExportsSayWhoTookThem, on the file and in the trail, and hold no cell that a spreadsheet runs.
func TestExportsSayWhoTookThem(t *testing.T) {
	o := withFormulas(t)
	for _, ending := range []string{"xlsx", "csv"} {
		answer := o.enter("inspector").get("/sections/%3DXY/people." + ending)
		text := answer.Body.String()
		if ending == "xlsx" {
			text = unpacked(t, answer.Body.Bytes())
		}
		if line := "由 inspector 于 2022-05-06 08:00 从复工导出，共 2 行"; !strings.Contains(text, line) {
			t.Errorf("%s does not say %q", ending, line)
		}
		for _, cell := range []string{"=XY", "@SUM", "=HYPERLINK", "+1", "-1"} {
			for _, before := range []string{",", "\"", ">", "\n"} {
				if strings.Contains(text, before+cell) {
					t.Errorf("%s has a cell that begins with %s", ending, cell)
				}
			}
		}
		trail, err := o.store.AuditEntries(t.Context(), store.AuditFilter{Action: "export", Limit: 1})
		if err != nil || len(trail) != 1 {
			t.Fatal(trail, err)
		}
		digest := sha256.Sum256(answer.Body.Bytes())
		if act := trail[0].Act; act.Actor != "inspector" || act.Object != "page" || act.ObjectID != "people-=XY" || act.Detail["rows"] != "2" ||
			act.Detail["format"] != ending || act.Detail["sha256"] != hex.EncodeToString(digest[:]) {
			t.Errorf("the trail says %+v", act)
		}
	}
}

// TestExportsSayWhereTheyEnd: a file that is full says that there may be more, one that is not does not.
func TestExportsSayWhereTheyEnd(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	for _, full := range []bool{true, false} {
		o.rebuild(append(Routes(), Route{http.MethodGet, "/few.csv", Policy{Roles: account.Roles(), Scope: ScopeNone}, func(s *server, c echo.Context) error {
			return s.exportFirst(c, "few", []string{"行"}, [][]string{{"1"}, {"2"}}, full)
		}}))
		if got := o.enter("inspector").get("/few.csv").Body.String(); strings.Contains(got, "可能还有") != full {
			t.Errorf("full: %t, and the file says %s", full, got)
		}
	}
}

// TestMaskedExportsAreNotTakenIn: nothing of them is imported, and it is said why.
func TestMaskedExportsAreNotTakenIn(t *testing.T) {
	o := withFormulas(t)
	for _, ending := range []string{"xlsx", "csv"} {
		file := o.enter("manager").get("/sections/%3DXY/people." + ending).Body.Bytes()
		_, _, err := o.store.Import(t.Context(), store.Upload{Kind: "roster", File: "people." + ending, Content: file, Loc: storetest.Shanghai(), Now: o.now(), Within: account.Everywhere()})
		if err == nil || !strings.Contains(err.Error(), roster.Columns[2].Name) {
			t.Errorf("taking in a masked roster gives %v", err)
		}
	}
}

// TestForeignExportsAreNotThere: an export is made for who asks, from what he sees. There is none of others to be fetched.
func TestForeignExportsAreNotThere(t *testing.T) {
	w := newWorld(t)
	for _, ending := range []string{"xlsx", "csv"} {
		path := "/sections/QB1/people." + ending
		wantStatus(t, w.ask("mgr_B1", http.MethodGet, path, nil), http.StatusOK)
		for _, actor := range []string{"mgr_A1", "insp_A"} {
			gone := wholeOf(w.ask(actor, http.MethodGet, "/sections/gone/people."+ending, nil))
			if got := w.ask(actor, http.MethodGet, path, nil); got.Code != http.StatusNotFound || wholeOf(got) != gone {
				t.Errorf("%s gets %d for the export of others", actor, got.Code)
			}
		}
	}
}
