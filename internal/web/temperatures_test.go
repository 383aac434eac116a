package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
)

const temperatures = "/sections/XY-01/temperatures"

// measuring fills the form in; a person and a temperature, in turns.
func measuring(h *hands, typed ...string) url.Values {
	form := h.opened(temperatures, temperatures)
	for i := 0; i < len(typed); i += 2 {
		form.Set(h.slot(typed[i]), typed[i+1])
	}
	return form
}

func (h *hands) slot(name string) string { return fmt.Sprintf("t-%d", h.who[name]) }

func TestTemperaturesOfATeam(t *testing.T) {
	h := newHands(t)
	form := measuring(h, "甲木生", "36", "乙水生", "３６．８")
	form.Set("when", "earlier")
	form.Set("at", "2022-05-06T06:40")
	wantRedirect(t, h.post(temperatures, form), temperatures+"?done=1&team=")
	wantRedirect(t, h.post(temperatures, form), temperatures+"?done=1&team=")
	got := h.rows("temperatures", "2022-05-06 06:40:00")
	if len(got) != 2 || !strings.Contains(strings.Join(got, " "), "36.8") {
		t.Errorf("registered is %q", got)
	}
	page := h.get(temperatures + "?done=1")
	h.noNumbers(page)
	if said := text(page); !strings.Contains(said, "今日已测 2/3 人") || !strings.Contains(said, "今日未测") || !strings.Contains(said, "36.0 2022-05-06 06:40") {
		t.Errorf("the page says %q", said)
	}
	team := document(t, h.get(temperatures+"?team="+url.QueryEscape("钢筋班")))
	if n := team.Find(".temp__row").Length(); n != 1 {
		t.Errorf("of a team of one %d are listed", n)
	}
}

// TestFeverIsAskedAboutOnce: a fever is registered after one question, opens a case, and the page says what to do.
func TestFeverIsAskedAboutOnce(t *testing.T) {
	h := newHands(t)
	if got := h.status("health.fever"); got == criteria.Fail {
		t.Fatalf("before it is %s", got)
	}
	asked := h.post(temperatures, measuring(h, "甲木生", "37.3", "乙水生", "37.2"))
	h.refusedAt(asked, h.slot("甲木生"), map[string]string{h.slot("甲木生"): "37.3", h.slot("乙水生"): "37.2"})
	if got := h.rows("temperatures", "2022"); len(got) > 0 {
		t.Fatalf("registered before it was asked about: %q", got)
	}
	changed := h.form(asked, temperatures)
	changed.Set(h.slot("乙水生"), "38.1") // another fever is asked about again
	asked = h.post(temperatures, changed)
	h.refusedAt(asked, h.slot("乙水生"), nil)
	wantStatus(t, h.post(temperatures, h.form(asked, temperatures)), http.StatusSeeOther)
	if got := h.status("health.fever"); got != criteria.Fail || len(h.rows("temperatures", "2022")) != 2 {
		t.Errorf("afterwards it is %s with %q", got, h.rows("temperatures", "2022"))
	}
	if said := text(h.get(temperatures)); !strings.Contains(said, "2 人发热未解除") || !strings.Contains(said, "5 分钟后复测") {
		t.Errorf("the page says %q", said)
	}
	for range 2 {
		h.pass(6 * time.Minute)
		wantStatus(t, h.post(temperatures, measuring(h, "甲木生", "36.6", "乙水生", "36.7")), http.StatusSeeOther)
	}
	if got := h.status("health.fever"); got == criteria.Fail {
		t.Error("two of three readings are normal, and the fever is not cleared")
	}
}

func TestTemperaturesRefuseWhatIsWrong(t *testing.T) {
	h := newHands(t)
	for name, tt := range map[string]struct {
		form  url.Values
		field string
	}{
		"no point":   {measuring(h, "甲木生", "365", "乙水生", "36.5"), h.slot("甲木生")},
		"no number":  {measuring(h, "甲木生", "36.5", "乙水生", "正常"), h.slot("乙水生")},
		"both wrong": {measuring(h, "甲木生", "37.9", "乙水生", "正常"), h.slot("乙水生")}, // before the fever is asked about
	} {
		t.Run(name, func(t *testing.T) {
			h.refusedAt(h.post(temperatures, tt.form), tt.field, map[string]string{h.slot("甲木生"): tt.form.Get(h.slot("甲木生")), h.slot("乙水生"): tt.form.Get(h.slot("乙水生"))})
		})
	}
	future := measuring(h, "甲木生", "36.5")
	future.Set("when", "earlier")
	future.Set("at", "2022-05-06T10:00")
	h.refusedAt(h.post(temperatures, future), "at", nil)
	wantStatus(t, h.post(temperatures, measuring(h)), http.StatusUnprocessableEntity)
	wantStatus(t, h.post(temperatures, measuring(h, "丁土生", "36.5")), http.StatusUnprocessableEntity)
	if got := h.rows("temperatures", "2022"); len(got) > 0 {
		t.Errorf("half of a form was registered: %q", got)
	}
	wantStatus(t, h.get("/sections/XY-02/temperatures"), http.StatusNotFound)
	wantStatus(t, h.post("/sections/XY-02/temperatures", measuring(h, "丁土生", "36.5")), http.StatusNotFound)
}
