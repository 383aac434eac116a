package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/sheet/sheettest"
	"fugong/internal/store/storetest"
)

const (
	gatePage = "/sections/XY-01/areas/G1/disinfect"
	slashed  = "/sections/XY-01/areas/S%2F1/disinfect" // an area whose code holds what an address must not take for its own
)

// TestDisinfectAsLastTime comes by the code at the door: the same as last time, confirmed, and the gap is closed.
func TestDisinfectAsLastTime(t *testing.T) {
	h := newHands(t)
	if got := h.status("dis.max_gap"); got != criteria.Warned {
		t.Fatalf("nine hours after the last disinfection it is %s", got)
	}
	stranger := h.office.browser()
	if to := stranger.get(gatePage).Header().Get("Location"); !strings.HasPrefix(to, "/login?next=%2Fsections%2FXY-01%2Fareas%2FG1%2Fdisinfect") {
		t.Errorf("who is not signed in is led to %s", to)
	}
	first := document(t, h.get(gatePage))
	if first.Find("input[type=radio][checked]").Length() != 1 || first.Find("#when-now[checked]").Length() != 1 {
		t.Error("something is chosen that nobody chose")
	}
	same, _ := first.Find(".ent__last a").Attr("href")
	form := h.opened(same, gatePage)
	answer := h.post(gatePage, form)
	wantRedirect(t, answer, "/sections/XY-01/areas?done=G1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 || got[0] != "XY-01,G1,2022-05-06 08:00:00,75%酒精,75%,10,孙八" {
		t.Errorf("registered is %q", got)
	}
	if got := h.status("dis.max_gap"); got != criteria.Pass {
		t.Errorf("afterwards it is %s", got)
	}
	done := h.get("/sections/XY-01/areas?done=G1")
	if said := document(t, done).Find(".told").Text(); !strings.Contains(said, "应急处置区") || !strings.Contains(said, "08:00") || !strings.Contains(said, "宿舍一层") {
		t.Errorf("the page says %q", said)
	}
	h.pass(time.Minute)
	wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 {
		t.Errorf("sent again it is registered again: %q", got)
	}
	form.Set("minutes", "30")
	again := h.post(gatePage, form)
	wantStatus(t, again, http.StatusConflict)
	if form := h.form(again, gatePage); form.Get("minutes") != "30" {
		t.Error("what was typed is lost")
	} else {
		wantRedirect(t, h.post(gatePage, form), "/sections/XY-01/areas?done=G1")
	}
}

func TestDisinfectRefusesWhatIsWrong(t *testing.T) {
	h := newHands(t)
	for name, tt := range map[string]struct{ field, set, value, at string }{
		"future":   {"at", "at", "2022-05-06T09:00", "at"},
		"no time":  {"at", "at", "", "at"},
		"strength": {"strength", "strength_other", "很浓", "strength"},
		"minutes":  {"minutes", "minutes_other", "5000", "minutes"},
	} {
		form := mixedHere(h)
		form.Set("agent", "")
		form.Set("agent_other", "含氯泡腾片")
		form.Del(tt.field)
		form.Set(tt.set, tt.value)
		if tt.set == "at" {
			form.Set("when", "earlier")
		}
		t.Run(name, func(t *testing.T) {
			h.refusedAt(h.post(slashed, form), tt.at, map[string]string{"agent_other": "含氯泡腾片", "key": form.Get("key")})
		})
	}
	if got := h.rows("disinfection", "2022-05-06"); len(got) > 0 {
		t.Errorf("registered is %q", got)
	}
	form := h.opened(slashed, slashed)
	form.Del("key")
	wantStatus(t, h.post(slashed, form), http.StatusUnprocessableEntity)
}

// mixtureHere is what is tapped when an area is disinfected.
func mixtureHere() map[string]string {
	return map[string]string{"agent": "含氯消毒液", "strength": "500mg/L", "minutes": "30", "operator": "钱七"}
}

func mixedHere(h *hands) url.Values {
	h.Helper()
	form := h.opened(slashed, slashed)
	for name, value := range mixtureHere() {
		form.Set(name, value)
	}
	return form
}

// TestDisinfectAsksForAll: what is missing would count against the section at once, so the form does not take it without.
func TestDisinfectAsksForAll(t *testing.T) {
	h := newHands(t)
	doc := document(t, h.get(slashed))
	for name := range mixtureHere() {
		if all := doc.Find("[name=" + name + "]"); all.Length() < 2 || all.Not("[required]").Length() > 0 {
			t.Errorf("the browser does not ask for %s", name)
		}
		form := mixedHere(h)
		form.Del(name)
		h.refusedAt(h.post(slashed, form), name, map[string]string{"key": form.Get("key")})
		form.Set(name, "")
		form.Set(name+"_other", " ")
		h.refusedAt(h.post(slashed, form), name, nil)
	}
	answer := h.post(slashed, h.opened(slashed, slashed))
	wantStatus(t, answer, http.StatusUnprocessableEntity)
	if got := len(texts(document(t, answer), ".probs li")); got != 4 {
		t.Errorf("with nothing tapped %d things are said to be missing", got)
	}
	if got := h.rows("disinfection", "2022-05-06"); len(got) > 0 {
		t.Errorf("registered is %q", got)
	}
}

// TestDisinfectSameAsIncomplete: an entry of a file that lacks something can be repeated, once what it lacks is added.
func TestDisinfectSameAsIncomplete(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,S/1,2022-05-06 07:00,84消毒液")
	form := h.opened(slashed+"?same=1", slashed)
	if form.Get("agent") != "84消毒液" || form.Get("operator") != "" {
		t.Fatalf("filled in is %v", form)
	}
	h.refusedAt(h.post(slashed, form), "operator", nil)
	for _, name := range []string{"strength", "minutes", "operator"} {
		form.Set(name, mixtureHere()[name])
	}
	wantRedirect(t, h.post(slashed, form), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-05-06 08"); len(got) != 1 || got[0] != "XY-01,S/1,2022-05-06 08:00:00,84消毒液,500mg/L,30,钱七" {
		t.Errorf("registered is %q", got)
	}
}

// TestDisinfectCorrected: today's entry is put right at its time; what it was stays in the history of the register.
func TestDisinfectCorrected(t *testing.T) {
	h := newHands(t)
	wantRedirect(t, h.post(slashed, mixedHere(h)), "/sections/XY-01/areas?done=S%2F1")
	before := h.now()
	h.pass(5 * time.Minute)
	link := document(t, h.get("/sections/XY-01/areas?done=S/1")).Find(".told a[href*='fix=']").AttrOr("href", "")
	if same := document(t, h.get(slashed)).Find(".ent__today a").AttrOr("href", ""); link == "" || same != link {
		t.Fatalf("to correct one is led to %q and to %q", link, same)
	}
	form := h.opened(link, slashed)
	for name, value := range mixtureHere() {
		if form.Get(name) != value {
			t.Errorf("%s is filled in as %q", name, form.Get(name))
		}
	}
	form.Set("strength", "")
	form.Set("strength_other", "很浓")
	refused := h.post(slashed, form)
	h.refusedAt(refused, "strength", map[string]string{"fix": form.Get("fix"), "strength_other": "很浓"})
	form.Set("strength_other", "1000mg/L")
	wantRedirect(t, h.post(slashed, form), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 || got[0] != "XY-01,S/1,2022-05-06 08:00:00,含氯消毒液,1000mg/L,30,钱七" {
		t.Errorf("registered is %q", got)
	}
	ids, err := h.store.EverySection(t.Context())
	if err == nil {
		err = h.options.Evaluator.Visit(t.Context(), ids[:1], before, before, func(e evaluation.Examined) error {
			if last := lastEntry(e.Snapshot.Disinfections, e.Snapshot.Areas[slices.IndexFunc(e.Snapshot.Areas, func(a disinfection.Area) bool { return a.Code == "S/1" })].ID); last.At != before || last.Concentration != 500 {
				t.Errorf("what was known before is %+v", last)
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	storetest.ImportAt(t, h.store, storetest.At("2022-05-05 17:31"), "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,S/1,2022-05-05 17:30,酒精")
	yesterday := fmt.Sprint(int64(storetest.At("2022-05-05 17:30")))
	wantStatus(t, h.get(slashed+"?fix="+yesterday), http.StatusConflict)
	form.Set("fix", yesterday)
	wantStatus(t, h.post(slashed, form), http.StatusConflict)
	for _, none := range []string{"x", "1"} {
		form.Set("fix", none)
		wantStatus(t, h.post(slashed, form), http.StatusNotFound)
	}
}

// TestDisinfectCorrectedOverMidnight: who began in time and sends it after midnight reads what became of it and what to do, with all that
// was typed in view. What was sent in time and whose answer was lost gets it again.
func TestDisinfectCorrectedOverMidnight(t *testing.T) {
	h := newHands(t)
	h.pass(15*time.Hour + 58*time.Minute)
	h.browser = h.enter("manager")
	wantRedirect(t, h.post(slashed, mixedHere(h)), "/sections/XY-01/areas?done=S%2F1")
	link := document(t, h.get(slashed)).Find(".ent__today a").AttrOr("href", "")
	form, lost, withdrawal := h.opened(link, slashed), h.opened(link, slashed), h.opened(link, slashed+"/withdraw")
	lost.Set("minutes", "60")
	wantRedirect(t, h.post(slashed, lost), "/sections/XY-01/areas?done=S%2F1")
	before := h.rows("disinfection", "2022-05-06 23:58")
	h.pass(5 * time.Minute)
	form.Set("strength", "")
	form.Set("strength_other", "1000mg/L")
	withdrawal.Set("reason_other", "没有做")
	for lang, want := range map[string]string{"zh-CN": "已不是今天的，没有改动", "en": "not of today any more and was not changed"} {
		h.header.Set("Accept-Language", lang)
		answer := h.post(slashed, form)
		wantStatus(t, answer, http.StatusConflict)
		page := document(t, answer)
		if said := words(page.Find(".probs")); !strings.Contains(said, want) || page.Find("a[href='/imports?kind=disinfection']").Length() != 1 {
			t.Errorf("the page says %q", said)
		}
		if got := h.form(answer, slashed); got.Get("strength_other") != "1000mg/L" || page.Find("form[action$=disinfect] button").Length() > 0 {
			t.Errorf("there is left %q, and what to send it by", got)
		}
	}
	answer := h.post(slashed+"/withdraw", withdrawal)
	wantStatus(t, answer, http.StatusConflict)
	if got := h.form(answer, slashed+"/withdraw").Get("reason_other"); got != "没有做" {
		t.Errorf("of the reason there is left %q", got)
	}
	wantRedirect(t, h.post(slashed, lost), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-05-06 23:58"); len(got) != 1 || got[0] != before[0] {
		t.Errorf("registered is %q, and was %q", got, before)
	}
}

func TestDisinfectEarlier(t *testing.T) {
	h := newHands(t)
	form := h.opened(slashed, slashed)
	form.Set("when", "earlier")
	form.Set("at", "2022-05-06T07:15")
	for name, value := range mixtureHere() {
		form.Set(name, value)
	}
	wantRedirect(t, h.post(slashed, form), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 || got[0] != "XY-01,S/1,2022-05-06 07:15:00,含氯消毒液,500mg/L,30,钱七" {
		t.Errorf("registered is %q", got)
	}
}

func TestForeignAreasAreNotThere(t *testing.T) {
	h := newHands(t)
	form := h.opened(gatePage, gatePage)
	for _, path := range []string{"/sections/XY-02/areas/S1/disinfect", "/sections/XY-01/areas/S1/disinfect", "/sections/gone/areas/G1/disinfect"} {
		wantStatus(t, h.get(path), http.StatusNotFound)
		wantStatus(t, h.post(path, form), http.StatusNotFound)
	}
	for _, path := range []string{"/sections/XY-02/areas", "/sections/XY-02/areas/codes.pdf"} {
		wantStatus(t, h.get(path), http.StatusNotFound)
	}
	inspector := h.enter("inspector")
	wantStatus(t, inspector.get(gatePage), http.StatusForbidden)
	if doc := document(t, inspector.get("/sections/XY-01/areas")); doc.Find("a[href$='/disinfect']").Length() > 0 {
		t.Error("who may not register is offered to")
	}
}

func TestCodesLeadToTheirDoors(t *testing.T) {
	h := newHands(t)
	answer := h.get("/sections/XY-01/areas/codes.pdf")
	wantStatus(t, answer, http.StatusOK)
	if got := sheettest.Code(t, answer.Body.Bytes()); got != "http://example.com"+gatePage && got != "http://example.com"+slashed {
		t.Errorf("a code leads to %s", got)
	}
}
