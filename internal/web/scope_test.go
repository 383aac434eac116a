package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestEachRoleComesHome: everyone is led to what the role needs first, and may open it.
func TestEachRoleComesHome(t *testing.T) {
	w := newWorld(t)
	for actor, want := range map[string]string{"insp_A": "/sections?flagged=1", "district": "/sections",
		"admin": "/users", "leader": "/totals", "health": "/sections?positive=1"} {
		wantRedirect(t, w.ask(actor, http.MethodGet, "/", nil), want)
		page := w.ask(actor, http.MethodGet, want, nil)
		wantStatus(t, page, http.StatusOK)
		for _, tab := range document(t, page).Find(".tabs a").EachIter() {
			wantStatus(t, w.ask(actor, http.MethodGet, tab.AttrOr("href", ""), nil), http.StatusOK)
		}
	}
	mine := document(t, w.ask("mgr_A1", http.MethodGet, "/", nil))
	if cards := texts(mine, ".hm-card h2"); len(cards) != 1 || !strings.Contains(cards[0], "甲一标") {
		t.Errorf("a manager's first page shows %q", cards)
	}
	rows := document(t, w.ask("health", http.MethodGet, "/sections?positive=1", nil)).Find("tbody tr th a")
	if got := rows.Text(); strings.Contains(got, "甲二标") || !strings.Contains(got, "甲一标") || !strings.Contains(got, "乙一标") {
		t.Errorf("sections with positives: %s", got)
	}
}

// TestWhoSeesWhatOfPeople: names, last digits, the way to a whole number, and findings about health, by role.
func TestWhoSeesWhatOfPeople(t *testing.T) {
	w := newWorld(t)
	for actor, want := range map[string][4]bool{
		"mgr_A1": {true, true, true, true}, "insp_A": {true, true, true, true}, "district": {true, true, true, true},
		"health": {true, false, false, true}, "admin": {},
	} {
		page := readable(w, w.ask(actor, http.MethodGet, "/sections/QA1", nil))
		verdict := readable(w, w.ask(actor, http.MethodGet, "/api/v1/sections/QA1/verdict", nil))
		got := [4]bool{strings.Contains(page, "王小明"), strings.Contains(page, "尾号 0013"), strings.Contains(page, "/number"),
			strings.Contains(verdict, `"criterion":"nat.positive","status":"fail"`)}
		if actor == "admin" && (strings.Contains(verdict, "nat.") || strings.Contains(page, "nat.") || !strings.Contains(verdict, `"verdict":"unmet"`)) {
			t.Errorf("the admin sees findings about tests, or another verdict: %s", verdict)
		}
		if got != want {
			t.Errorf("%s sees names, tails, numbers, health: %v, want %v", actor, got, want)
		}
	}
}

func TestLens(t *testing.T) {
	report := criteria.Report{Findings: []criteria.Finding{
		{Code: "nat.positive", Status: criteria.Fail, Reason: locale.Say("%s阳性", "王小明"), Subjects: []criteria.Subject{{Kind: criteria.Worker, Name: "王小明"}}, Mended: []criteria.Mend{{Name: "王小明"}}},
		{Code: "room.occupancy", Status: criteria.Fail, Observed: locale.Say("%s等9人", "李红"), Subjects: []criteria.Subject{{Kind: criteria.Worker, Name: "李红"}}},
	}}
	flags := []store.FlagLine{{SectionCode: "QA1"}, {SectionCode: "QA1"}}
	flags[0].Code, flags[0].Subject, flags[0].Name, flags[0].Reason = "nat.positive", "worker:1", "王小明", "王小明阳性"
	flags[1].Code, flags[1].Name, flags[1].Reason = "room.occupancy", "李红", "李红等9人"
	may := newAccess(Routes())
	for _, role := range append(account.Roles(), "", Anyone) {
		look := lensOf(role)
		named := slices.Contains([]account.Role{account.Manager, account.Inspector, account.District, account.Health}, role)
		seen := fmt.Sprint(look.report(report), look.flags(slices.Clone(flags)))
		for word, want := range map[string]bool{"王小明": named && role != account.District, "李红": named} {
			if strings.Contains(seen, word) != want {
				t.Errorf("%q sees %s: %v", role, word, !want)
			}
		}
		wantLeftOut := map[criteria.Code]int{}
		if role == account.District {
			wantLeftOut["nat.positive"] = 1
		}
		if d := cmp.Diff(wantLeftOut, look.leftOut(report)); d != "" {
			t.Errorf("%q is told how many were left out (-want +got):\n%s", role, d)
		}
		if got := look.report(report).Findings; len(got) == 2 != named || got[len(got)-1].Code != "room.occupancy" {
			t.Errorf("%q sees of a positive: %+v", role, got)
		}
		if look.tails && !named || look.tails != may.mayGet(numberPath, role) {
			t.Errorf("%q sees tails: %v", role, look.tails)
		}
	}
	if report.Findings[0].Reason.String() != "王小明阳性" {
		t.Error("the report itself was changed")
	}
}

// TestSmallGroupsAreNotShown: no number of fewer than five people shows, and none can be worked out from the others.
func TestSmallGroupsAreNotShown(t *testing.T) {
	for name, tt := range map[string]struct {
		groups []people
		want   []hiding
	}{
		"large":                 {[]people{{10, 20}, {30, 5}}, []hiding{{}, {}}},
		"nobody is no secret":   {[]people{{10, 0}, {0, 0}}, []hiding{{}, {}}},
		"few on one street":     {[]people{{3, 0}, {30, 9}, {8, 8}}, []hiding{{true, true}, {}, {true, true}}},
		"few of a large street": {[]people{{40, 2}, {30, 9}, {8, 8}}, []hiding{{false, true}, {}, {false, true}}},
		"two are enough":        {[]people{{40, 2}, {30, 3}, {8, 8}}, []hiding{{false, true}, {false, true}, {}}},
		"only one":              {[]people{{2, 1}}, []hiding{{true, true}}},
	} {
		if got := hush(tt.groups); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	w := newWorld(t)
	page := w.ask("leader", http.MethodGet, "/totals", nil)
	wantStatus(t, page, http.StatusOK)
	doc := document(t, page)
	if heads := doc.Find(".kpi").First().Text(); !strings.Contains(heads, "少于5") { // three in the whole district
		t.Errorf("heads: %s", heads)
	}
	for _, row := range doc.Find(".board-streets tbody tr").EachIter() {
		if n := row.Find("td").Eq(4).Text(); n != "少于5" {
			t.Errorf("%s has %s people", row.Find("th").Text(), n)
		}
	}
	if problems := doc.Find("tbody").Last().Text(); !strings.Contains(problems, "少于5") {
		t.Errorf("few sections with positives are counted: %s", problems)
	}
	doc = document(t, w.ask("district", http.MethodGet, "/totals", nil))
	if all := words(doc.Find("main")); strings.Contains(all, "少于5") || strings.Contains(all, "—") || strings.Contains(all, "少于 5 人") {
		t.Errorf("numbers are hidden from who reads those of every section: %s", all)
	}
}

// TestANumberIsShownOnce: with a reason, in the answer to it alone, and not to be kept by any cache.
func TestANumberIsShownOnce(t *testing.T) {
	w := newWorld(t)
	path := "/sections/QA1/workers/" + w.names["wA1"] + "/number"
	for _, reason := range []string{"", "  ", "看看", strings.Repeat("长", 201)} {
		refused := w.ask("insp_A", http.MethodPost, path, url.Values{"reason": {reason}})
		wantStatus(t, refused, http.StatusUnprocessableEntity)
		if strings.Contains(refused.Body.String(), secrets()[0]) || document(t, refused).Find(".probs").Length() != 1 {
			t.Errorf("with the reason %q: %s", reason, text(refused))
		}
	}
	trail := func() int {
		entries, err := w.store.AuditEntries(t.Context(), store.AuditFilter{Action: "number.reveal", Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if trail() != 0 {
		t.Error("what was not shown is in the trail")
	}
	shown := w.ask("insp_A", http.MethodPost, path, url.Values{"reason": {"核对健康码"}})
	wantStatus(t, shown, http.StatusOK)
	if !strings.Contains(text(shown), secrets()[0]) || shown.Header().Get("Cache-Control") != "no-store" || shown.Header().Get("Refresh") != "60; url=/sections/QA1" {
		t.Errorf("shown: %v %s", shown.Header(), text(shown))
	}
	if again := w.ask("insp_A", http.MethodGet, path, nil); strings.Contains(again.Body.String(), secrets()[0]) || trail() != 1 {
		t.Errorf("%d in the trail, then: %s", trail(), text(again))
	}
	for range store.RevealsAnHour - 1 {
		wantStatus(t, w.ask("insp_A", http.MethodPost, path, url.Values{"reason": {"核对健康码"}}), http.StatusOK)
	}
	held := w.ask("insp_A", http.MethodPost, path, url.Values{"reason": {"核对健康码"}})
	wantStatus(t, held, http.StatusTooManyRequests)
	if strings.Contains(held.Body.String(), secrets()[0]) || held.Header().Get("Retry-After") != "3600" {
		t.Errorf("held: %v %s", held.Header(), text(held))
	}
}

// TestPrintsAreWrittenDown: who printed stands on the paper and in the trail, with the role and from where.
func TestPrintsAreWrittenDown(t *testing.T) {
	w := newWorld(t)
	printed := w.ask("insp_A", http.MethodGet, "/sheets.pdf", nil)
	wantStatus(t, printed, http.StatusOK)
	trail, err := w.store.AuditEntries(t.Context(), store.AuditFilter{Action: "sheet.print", Limit: 10})
	if err != nil || len(trail) != 1 {
		t.Fatalf("trail %+v, %v", trail, err)
	}
	act := trail[0].Act
	if act.Actor != "insp_a" || act.Role != "inspector" || act.RequestID != printed.Header().Get("X-Request-Id") ||
		!strings.HasPrefix(act.Address, "198.18.") || act.Detail["sections"] != "QA2 QA1" {
		t.Errorf("written down: %+v", act)
	}
	if _, err := exec.LookPath("pdftotext"); err == nil && !strings.Contains(readable(w, printed), "insp_a") {
		t.Error("the paper does not say who printed it")
	}
}

// TestNumbersInRemarksAreCovered: a telephone number that somebody wrote into a remark is whole for the section's manager only,
// on the section's page, on the day's checklist and over the API.
func TestNumbersInRemarksAreCovered(t *testing.T) {
	w := newWorld(t)
	storetest.ImportAt(t, w.store, w.now(), "checklists", `
		标段编号,日期,提交时间,项目编号,答案,备注
		QA1,2022-05-06,2022-05-06 07:30,B5,否,围挡缺口，联系13812345678整改`)
	for _, path := range []string{"/sections/QA1", "/sections/QA1/checklists/2022-05-06", apiPrefix + "v1/sections/QA1/checklists?date=2022-05-06", apiPrefix + "v1/sections/QA1/verdict"} {
		for actor, whole := range map[string]bool{"mgr_A1": true, "insp_A": false, "district": false} {
			read := w.ask(actor, http.MethodGet, path, nil).Body.String()
			if strings.Contains(read, "13812345678") != whole || strings.Contains(read, "138****5678") == whole {
				t.Errorf("%s reads on %s the whole number: %v, want %v", actor, path, !whole, whole)
			}
		}
	}
}
