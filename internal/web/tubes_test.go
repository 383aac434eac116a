package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/store/storetest"
)

const (
	tubeList = "/sections/XY-01/tubes"
	newTube  = tubeList + "/new"
)

// sampled is the form of a new tube with people ticked.
func sampled(h *hands, tube, size string, names ...string) url.Values {
	form := h.opened(newTube, newTube)
	form.Set("tube", tube)
	form.Set("size", size)
	for _, name := range names {
		form.Add("who", fmt.Sprint(h.who[name]))
	}
	return form
}

// TestOneTubeOfThree: three people in one tube, one result for all of them.
func TestOneTubeOfThree(t *testing.T) {
	h := newHands(t)
	if got := h.status("nat.latest_negative"); got != criteria.Unknown {
		t.Fatalf("without tests it is %s", got)
	}
	form := sampled(h, "NT22050601", "10", "甲木生", "乙水生", "丙火生")
	wantRedirect(t, h.post(newTube, form), tubeList+"?done=NT22050601")
	wantRedirect(t, h.post(newTube, form), tubeList+"?done=NT22050601")
	if got := h.rows("results", "NT22050601,10"); len(got) != 3 || !strings.Contains(got[0], "2022-05-06 08:00:00,检测中") {
		t.Errorf("registered is %q", got)
	}
	list := h.get(tubeList + "?done=NT22050601")
	h.noNumbers(list)
	if said := text(list); !strings.Contains(said, "NT22050601 已登记采样，3 人") || !strings.Contains(said, "1 管待结果") {
		t.Errorf("the list says %q", said)
	}
	h.pass(20 * time.Minute)
	page := tubeList + "/NT22050601"
	result := h.opened(page, page)
	h.refusedAt(h.post(page, result), "outcome", nil) // nothing is chosen by itself
	result.Set("outcome", "阴性")
	wantRedirect(t, h.post(page, result), tubeList+"?done=NT22050601")
	if got := h.rows("results", "阴性"); len(got) != 3 || !strings.Contains(got[0], "2022-05-06 08:20:00") {
		t.Errorf("registered is %q", got)
	}
	if got := h.status("nat.latest_negative"); got != criteria.Pass {
		t.Errorf("after a negative it is %s", got)
	}
}

// TestPositiveTubeIsAskedAboutOnce: what puts ten people in doubt is asked about before, and then said what to do.
func TestPositiveTubeIsAskedAboutOnce(t *testing.T) {
	h := newHands(t)
	wantStatus(t, h.post(newTube, sampled(h, "T-7", "10", "甲木生", "乙水生")), http.StatusSeeOther)
	h.pass(10 * time.Minute)
	page := tubeList + "/T-7"
	form := h.opened(page, page)
	form.Set("outcome", "阳性")
	asked := h.post(page, form)
	h.refusedAt(asked, "outcome", nil)
	if got := h.rows("results", "阳性"); len(got) > 0 {
		t.Fatalf("registered before it was asked about: %q", got)
	}
	wantRedirect(t, h.post(page, h.form(asked, page)), tubeList+"?done=T-7")
	if got := h.status("nat.pool_recheck"); got != criteria.Fail {
		t.Errorf("nat.pool_recheck is %s", got)
	}
	if said := text(h.get(tubeList + "?done=T-7")); !strings.Contains(said, "同管 2 人都要复核") || !strings.Contains(said, "单管重新采样") {
		t.Errorf("the list says %q", said)
	}
	h.pass(time.Minute)
	again := h.opened(page, page)
	again.Set("outcome", "阴性") // that is for others to say
	h.refusedAt(h.post(page, again), "outcome", nil)
	if doc := document(t, h.get(tubeList)); doc.Find(".ent__row--bad .ent__act a").Length() > 0 {
		t.Error("the manager is offered to correct a positive")
	}
}

func TestTubeRefusesWhatIsWrong(t *testing.T) {
	h := newHands(t)
	h.refusedAt(h.post(newTube, sampled(h, "", "10", "甲木生")), "tube", nil)
	h.refusedAt(h.post(newTube, sampled(h, "T1", "", "甲木生")), "size", map[string]string{"tube": "T1"})
	h.refusedAt(h.post(newTube, sampled(h, "T1", "10")), "who", map[string]string{"tube": "T1"})
	h.refusedAt(h.post(newTube, sampled(h, "T1", "10", "甲木生", "丁土生")), "who", nil) // of another section
	over := h.post(newTube, sampled(h, "T1", "1", "甲木生", "乙水生"))
	h.refusedAt(over, "who", map[string]string{"tube": "T1"})
	if n := document(t, over).Find("input[name=who][checked]").Length(); n != 2 {
		t.Errorf("%d are still ticked, want 2", n)
	}
	future := sampled(h, "T1", "10", "甲木生")
	future.Set("when", "earlier")
	future.Set("at", "2022-05-06T09:00")
	h.refusedAt(h.post(newTube, future), "at", map[string]string{"at": "2022-05-06T09:00"})
	if got := h.rows("results", "T1"); len(got) > 0 {
		t.Errorf("half of a tube was registered: %q", got)
	}
	for _, path := range []string{tubeList + "/T1", "/sections/XY-02/tubes", "/sections/XY-02/tubes/new"} {
		wantStatus(t, h.get(path), http.StatusNotFound)
	}
	wantStatus(t, h.post("/sections/XY-02/tubes/new", sampled(h, "T1", "10", "丁土生")), http.StatusNotFound)
}

// TestWhoIsDueStandsFirst: without a negative before all, then by when it runs out, then who waits for a result.
func TestWhoIsDueStandsFirst(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "results", `证件号码,采样时间,检测结果,报告时间
		320699199003070013,2022-05-06 07:00,,
		320699198511120027,2022-05-04 19:00,阴性,2022-05-05 08:00`)
	got := texts(document(t, h.get(newTube)), ".tube__who b:first-child")
	if strings.Join(got, " ") != "丙火生 没有阴性记录 乙水生 甲木生" && strings.Join(got, " ") != "丙火生 乙水生 甲木生" {
		t.Errorf("in order: %q", got)
	}
	if said := text(h.get(newTube)); !strings.Contains(said, "有效到 2022-05-06 19:00") || !strings.Contains(said, "已采样，待结果") {
		t.Errorf("the page says %q", said)
	}
}
