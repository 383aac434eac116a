package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/sheet/sheettest"
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
		form := h.opened(slashed, slashed)
		form.Set("agent_other", "含氯泡腾片")
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

func TestDisinfectEarlier(t *testing.T) {
	h := newHands(t)
	form := h.opened(slashed, slashed)
	form.Set("when", "earlier")
	form.Set("at", "2022-05-06T07:15")
	form.Set("agent", "含氯消毒液")
	form.Set("strength", "500mg/L")
	wantRedirect(t, h.post(slashed, form), "/sections/XY-01/areas?done=S%2F1")
	if got := h.rows("disinfection", "2022-05-06"); len(got) != 1 || got[0] != "XY-01,S/1,2022-05-06 07:15:00,含氯消毒液,500mg/L,," {
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
