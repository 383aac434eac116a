package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// The free texts about health that these tests cover and show.
const (
	gateReason   = "发热就医"
	healthRemark = "王小明独自观察"
)

// withTexts is the world with what people write freely about health.
func withTexts(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	storetest.ImportAt(t, w.store, w.now(), "gate", `
		标段编号,证件号码,时间,方向,事由,审批人
		QA1,320699199003070013,2022-05-05 08:00,出,`+gateReason+`,周经理`)
	storetest.ImportAt(t, w.store, w.now(), "checklists", `
		标段编号,日期,提交时间,项目编号,答案,备注
		QA1,2022-05-05,2022-05-05 16:00,B5,否,东侧围挡缺口
		QA1,2022-05-05,2022-05-05 16:00,D4,否,`+healthRemark)
	return w
}

// TestEachCoveredThingIsShownOnce: by who may, for a reason, in the answer to it alone, not to be kept by any cache, for a minute.
func TestEachCoveredThingIsShownOnce(t *testing.T) {
	w := withTexts(t)
	person, day := "/sections/QA1/workers/"+w.names["wA1"]+"/", "/sections/QA1/checklists/2022-05-05"
	for _, tt := range []struct{ path, shows, back, action, by string }{
		{person + "number", secrets()[0], "/sections/QA1", "number.reveal", "mgr_A1 insp_A district"},
		{person + "phone", "13812345678", "/sections/QA1", "phone.reveal", "insp_A district"},
		{person + "passages", gateReason, "/sections/QA1", "passage.reveal", "mgr_A1 insp_A district health"},
		{day + "/remarks", healthRemark, day, "remarks.reveal", "insp_A district"},
		{"/sections/QA1/findings/nat.positive/people", "王小明", "/sections/QA1", "people.reveal", "district"},
	} {
		allowed := strings.Fields(tt.by)
		for _, actor := range []string{"mgr_A1", "insp_A", "district", "admin", "leader", "health"} {
			if !slices.Contains(allowed, actor) {
				wantStatus(t, w.ask(actor, http.MethodPost, tt.path, url.Values{"reason": {"核对情况"}}), http.StatusForbidden)
				continue
			}
			asked, refused := w.ask(actor, http.MethodGet, tt.path, nil), w.ask(actor, http.MethodPost, tt.path, url.Values{"reason": {"看"}})
			wantStatus(t, asked, http.StatusOK)
			wantStatus(t, refused, http.StatusUnprocessableEntity)
			if covered := asked.Body.String() + refused.Body.String(); strings.Contains(covered, tt.shows) && !strings.Contains(tt.path, "workers") {
				t.Errorf("%s reads %s without a reason: %s", actor, tt.path, text(asked))
			}
			shown := w.ask(actor, http.MethodPost, tt.path, url.Values{"reason": {"核对情况"}})
			wantStatus(t, shown, http.StatusOK)
			if !strings.Contains(text(shown), tt.shows) || shown.Header().Get("Cache-Control") != "no-store" || shown.Header().Get("Refresh") != "60; url="+tt.back {
				t.Errorf("%s on %s: %v %s", actor, tt.path, shown.Header(), text(shown))
			}
			trail, err := w.store.AuditEntries(t.Context(), store.AuditFilter{Action: tt.action, Actor: strings.ToLower(actor), Limit: 10})
			if err != nil || len(trail) != 1 || trail[0].Act.Detail["reason"] != "核对情况" || trail[0].Act.Detail["section"] != "QA1" {
				t.Errorf("%s on %s: the trail says %+v, %v", actor, tt.path, trail, err)
			}
		}
	}
}

// TestCoveredThingsAreLedTo: from a finding, from each row of the roster, and from one thing of a person to the others.
func TestCoveredThingsAreLedTo(t *testing.T) {
	w := withTexts(t)
	person := "/sections/QA1/workers/" + w.names["wA1"] + "/"
	for actor, ways := range map[string]string{"mgr_A1": "number passages", "insp_A": "number phone passages", "district": "number phone passages"} {
		roster := w.ask(actor, http.MethodGet, "/sections/QA1/people", nil)
		if n := document(t, roster).Find(`a[href="` + person + `number"]`).Length(); n != 1 {
			t.Errorf("%s is led %d times from the row of the roster", actor, n)
		}
		page := document(t, w.ask(actor, http.MethodGet, person+"number", nil))
		for _, way := range strings.Fields(ways)[1:] {
			if page.Find(`a[href="`+person+way+`"]`).Length() != 1 {
				t.Errorf("%s is not led to %s", actor, way)
			}
		}
	}
	health := document(t, w.ask("health", http.MethodGet, "/sections/QA1", nil))
	if health.Find(`.subjects a[href="`+person+`passages"]`).Length() == 0 || health.Find(`a[href$="/number"]`).Length() != 0 {
		t.Error("health is led elsewhere than to the reasons at the gate")
	}
}

// TestDistrictCountsPatients: of findings about health the district sees how many people they are about, and by a way of its own who.
func TestDistrictCountsPatients(t *testing.T) {
	w := withTexts(t)
	storetest.ImportAt(t, w.store, w.now(), "checklists", "标段编号,日期,提交时间,项目编号,答案,备注\nQA1,2022-05-06,2022-05-06 07:30,B5,否,围挡缺口")
	finding := func(actor string) (said string, links []string) {
		crit := document(t, w.ask(actor, http.MethodGet, "/sections/QA1", nil)).Find("#c-nat\\.positive")
		for _, a := range crit.Find("a.patients").EachIter() {
			links = append(links, a.AttrOr("href", ""))
		}
		return words(crit), links
	}
	said, links := finding("district")
	if strings.Contains(said, "王小明") || !strings.Contains(said, "1") || !slices.Equal(links, []string{"/sections/QA1/findings/nat.positive/people"}) {
		t.Errorf("the district reads %q, led to %q", said, links)
	}
	for _, actor := range []string{"mgr_A1", "insp_A", "health"} {
		if said, links := finding(actor); !strings.Contains(said, "王小明") || len(links) > 0 {
			t.Errorf("%s reads %q, led to %q", actor, said, links)
		}
	}
	for actor, named := range map[string]bool{"district": false, "insp_A": true} {
		verdict := readable(w, w.ask(actor, http.MethodGet, apiPrefix+"v1/sections/QA1/verdict", nil))
		_, positive, _ := strings.Cut(verdict, `"criterion":"nat.positive"`)
		positive, _, _ = strings.Cut(positive, `"criterion"`)
		if strings.Contains(positive, "王小明") != named || strings.Contains(positive, `"subjects":[],"subjects_left_out":1`) == named {
			t.Errorf("%s is answered %s", actor, positive)
		}
		flags := readable(w, w.ask(actor, http.MethodGet, apiPrefix+"v1/sections/QA1/flags", nil))
		_, positive, _ = strings.Cut(flags, `"criterion":"nat.positive"`)
		positive, _, _ = strings.Cut(positive, `"criterion"`)
		if strings.Contains(positive, "王小明") != named || strings.Contains(positive, "worker:") != named {
			t.Errorf("%s is answered the flag %s", actor, positive)
		}
		want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[named]
		for _, list := range []string{"people", "people.csv", "people.xlsx"} {
			wantStatus(t, w.ask(actor, http.MethodGet, "/sections/QA1/"+list+"?finding=nat.positive", nil), want)
		}
	}
}

// TestRemarksOnHealthAreCovered: the manager who hands them in reads them; others see that there is one, and are led to it.
func TestRemarksOnHealthAreCovered(t *testing.T) {
	w := withTexts(t)
	day := "/sections/QA1/checklists/2022-05-05"
	for actor, open := range map[string]bool{"mgr_A1": true, "insp_A": false, "district": false} {
		for _, path := range []string{day, day + ".pdf", day + ".xlsx", apiPrefix + "v1/sections/QA1/checklists?date=2022-05-05"} {
			read := readable(w, w.ask(actor, http.MethodGet, path, nil))
			if strings.Contains(read, healthRemark) != open || strings.Contains(read, "健康备注") == open || !strings.Contains(read, "东侧围挡缺口") {
				t.Errorf("%s reads the remark on %s: %v, want %v", actor, path, !open, open)
			}
		}
		if led := document(t, w.ask(actor, http.MethodGet, day, nil)).Find(`a.remarks[href="`+day+`/remarks"]`).Length() == 1; led == open {
			t.Errorf("%s is led to the remarks: %v", actor, led)
		}
	}
}

// TestReasonsOfLooksAreForTheDistrict: and for who gave them, on the page of the trail and in its files.
func TestReasonsOfLooksAreForTheDistrict(t *testing.T) {
	w := newWorld(t)
	const why = "核对王小明的发热情况"
	path := "/sections/QA1/workers/" + w.names["wA1"] + "/number"
	wantStatus(t, w.ask("insp_A", http.MethodPost, path, url.Values{"reason": {why}}), http.StatusOK)
	for actor, want := range map[string]bool{"insp_A": true, "district": true, "admin": false} {
		for _, page := range []string{"/audit", "/audit.csv", "/audit.xlsx"} {
			read := readable(w, w.ask(actor, http.MethodGet, page, nil))
			if !strings.Contains(read, "number.reveal") || strings.Contains(read, why) != want {
				t.Errorf("%s reads the reason on %s: %v, want %v", actor, page, !want, want)
			}
		}
	}
}
