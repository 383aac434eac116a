package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/store/storetest"
)

const (
	peoplePage = "/sections/XY-01/people"
	newPage    = peoplePage + "/new"
	newNumber  = "320699199602290042"
)

func newcomer(h *hands) url.Values {
	form := h.opened(newPage, newPage)
	for name, value := range map[string]string{"name": "戊金生", "number": newNumber, "phone": "13912345678", "team": "钢筋班", "category": "劳务", "lodging": "场内"} {
		form.Set(name, value)
	}
	return form
}

// TestAddingSomebody adds one person, who then wants a test and a bed.
func TestAddingSomebody(t *testing.T) {
	h := newHands(t)
	testEverybody(h)
	if got := h.status("nat.latest_negative"); got != criteria.Pass {
		t.Fatalf("before it is %s", got)
	}
	form := newcomer(h)
	answer := h.post(newPage, form)
	wantStatus(t, answer, http.StatusSeeOther)
	h.noNumbers(answer)
	if got := h.rows("roster", newNumber); len(got) != 1 || !strings.HasPrefix(got[0], "XY-01,戊金生,"+newNumber+",2022-05-06 08:00:00,居民身份证,13912345678,,钢筋班,,劳务,,场内") {
		t.Errorf("registered is %q", got)
	}
	if got := h.status("nat.latest_negative"); got == criteria.Pass {
		t.Error("somebody without a test was added, and nothing is found")
	}
	list := h.get(answer.Header().Get("Location"))
	if said := words(document(t, list).Find(".told")); !strings.Contains(said, "戊金生已登记") || !strings.Contains(said, "安排床位") {
		t.Errorf("the list says %q", said)
	}
	h.noNumbers(list)
	again := h.post(newPage, form)
	if again.Header().Get("Location") != answer.Header().Get("Location") || len(h.rows("roster", newNumber)) != 1 {
		t.Errorf("sent again: %d to %q, %q", again.Code, again.Header().Get("Location"), h.rows("roster", newNumber))
	}
}

func TestAddingRefusesWhatIsWrong(t *testing.T) {
	h := newHands(t)
	for name, tt := range map[string]struct{ set, value, field string }{
		"check digit": {"number", "320699199602290043", "number"},
		"no name":     {"name", "", "name"},
		"other name":  {"number", "320699199003070013", "name"},
		"foreigner":   {"number", "32069919910412018X", "name"},
		"phone":       {"phone", "123", "phone"},
		"no time":     {"entered", "", "entered"},
		"left before": {"declared", "2023-01-01T08:00", "declared"},
	} {
		t.Run(name, func(t *testing.T) {
			form := newcomer(h)
			form.Set(tt.set, tt.value)
			answer := h.post(newPage, form)
			h.refusedAt(answer, tt.field, map[string]string{"team": "钢筋班", "number": form.Get("number"), "name": form.Get("name")})
			if strings.Contains(text(answer), "丁土生") {
				t.Error("the name of somebody on another section is told")
			}
			if answer.Header().Get("Cache-Control") != "no-store" {
				t.Error("what was typed may be kept")
			}
		})
	}
	if got := h.rows("roster", "XY-01"); len(got) != 3 {
		t.Errorf("on the roster are %q", got)
	}
}

// TestMending changes one thing of somebody: all else, and the phone number that no page shows, stays.
func TestMending(t *testing.T) {
	h := newHands(t)
	page := h.person("甲木生")
	shown := h.get(page)
	h.noNumbers(shown)
	if strings.Contains(shown.Body.String(), "13812345678") {
		t.Error("the page shows the telephone number")
	}
	form := h.form(shown, page)
	form.Set("team", "木工班")
	wantRedirect(t, h.post(page, form), peoplePage+"?done="+strings.TrimPrefix(page, peoplePage+"/"))
	want := "XY-01,甲木生,320699199003070013,2022-04-20 08:00:00,居民身份证,13812345678,,木工班,,,,场内,,,,,,,"
	if got := h.rows("roster", "320699199003070013"); len(got) != 1 || got[0] != want {
		t.Errorf("registered is %q, want %q", got, want)
	}
	form = h.opened(page, page)
	form.Set("declared", "morgen")
	h.refusedAt(h.post(page, form), "declared", map[string]string{"team": "木工班"})
	for _, foreign := range []string{h.person("丁土生"), "/sections/XY-02/people", "/sections/XY-02/people/new"} {
		wantStatus(t, h.get(foreign), http.StatusNotFound)
	}
	wantStatus(t, h.post(h.person("丁土生"), form), http.StatusNotFound)
	wantStatus(t, h.post("/sections/XY-02/people/new", newcomer(h)), http.StatusNotFound)
}

// TestLeaving: who leaves gives up the bed, too; what cannot be is refused whole, and it can be undone.
func TestLeaving(t *testing.T) {
	h := newHands(t)
	page := h.person("甲木生")
	form := h.opened(page, page+"/leave")
	form.Set("when", "earlier")
	form.Set("at", "2022-04-01T08:00") // before he came
	h.refusedAt(h.post(page+"/leave", form), "at", nil)
	form.Set("at", "2022-04-20T10:00") // after he came, but before he had the bed that he gives up
	h.refusedAt(h.post(page+"/leave", form), "at", nil)
	form.Set("at", "2022-05-06T08:30") // to come
	if said := text(h.post(page+"/leave", form)); !strings.Contains(said, "退场时间不能晚于现在") {
		t.Errorf("a leaving to come: %s", said)
	}
	if got := h.rows("roster", "320699199003070013"); !strings.Contains(got[0], ",钢筋班,,,,场内") {
		t.Errorf("he has left by half: %q", got)
	}
	h.pass(time.Minute)
	leaving := h.opened(page, page+"/leave")
	wantStatus(t, h.post(page+"/leave", leaving), http.StatusSeeOther)
	h.pass(time.Minute)
	wantStatus(t, h.post(page+"/leave", leaving), http.StatusSeeOther) // sent again, he leaves when he left
	if left, bed := h.rows("roster", "2022-05-06 08:01:00"), h.rows("stays", "A-101,2022-04-20 20:00:00,2022-05-06 08:01:00"); len(left) != 1 || len(bed) != 1 {
		t.Errorf("left: %q, bed: %q", left, bed)
	}
	if said := text(h.get(peoplePage)); !strings.Contains(said, "在场 2 人") || strings.Contains(said, "甲木生") {
		t.Errorf("the list says %q", said)
	}
	if said := text(h.get(peoplePage + "?gone=1")); !strings.Contains(said, "甲木生") {
		t.Errorf("the list of those who left says %q", said)
	}
	back := h.opened(page, page)
	back.Set("left", "")
	wantStatus(t, h.post(page, back), http.StatusSeeOther)
	if said := text(h.get(peoplePage)); !strings.Contains(said, "在场 3 人") {
		t.Errorf("undone the list says %q", said)
	}
}

func TestRosterIsFoundByNameAndTeam(t *testing.T) {
	h := newHands(t)
	for query, want := range map[string]string{"": "在场 3 人", "?q=木生": "在场 1 人", "?q=0027": "在场 1 人", "?team=木工班": "在场 2 人", "?team=木工班&q=甲": "在场 0 人", "?page=9": "在场 3 人"} {
		if said := text(h.get(peoplePage + strings.ReplaceAll(query, "木", url.QueryEscape("木")))); !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %s", query, said, want)
		}
	}
	if doc := document(t, h.get(peoplePage)); doc.Find(".ent-t tbody th > a:not(.sm)").Length() != 3 {
		t.Error("the manager is not led to those of the roster")
	}
	if doc := document(t, h.enter("inspector").get(peoplePage)); doc.Find("a[href$='/new'], .ent-t tbody a:not(.sm)").Length() > 0 {
		t.Error("an inspector is offered to change the roster")
	}
}

// TestRosterIsSorted by the head that one presses, over all its pages, and the other way round when it is pressed again.
func TestRosterIsSorted(t *testing.T) {
	h := newHands(t)
	names := func(address string) string {
		return strings.Join(texts(document(t, h.get(address)), ".ent-t tbody th > a:not(.sm)"), " ")
	}
	rest := names(peoplePage)
	for _, head := range []string{"name", "entered", "trade", "room"} {
		doc := document(t, h.get(peoplePage+"?team="+url.QueryEscape("木工班")))
		up := doc.Find(`.ent-t a.sort[href*="sort=`+head+`"]`).AttrOr("href", "")
		if !strings.Contains(up, "team=") {
			t.Errorf("%s forgets the team: %q", head, up)
		}
		doc = document(t, h.get(up))
		if doc.Find(`th[aria-sort="ascending"]`).Length() != 1 || doc.Find(`form input[name=sort][value="`+head+`"]`).Length() != 1 {
			t.Errorf("%s: the page does not keep how it is sorted", head)
		}
		if down := doc.Find(`.ent-t a.sort[href*="sort=-`+head+`"]`).AttrOr("href", ""); document(t, h.get(down)).Find(`th[aria-sort="descending"]`).Length() != 1 {
			t.Errorf("%s: pressed again it leads to %q", head, down)
		}
	}
	up, down := strings.Fields(names(peoplePage+"?sort=name")), strings.Fields(names(peoplePage+"?sort=-name"))
	if !slices.IsSorted(up) || len(up) != 3 {
		t.Errorf("by name: %q", up)
	}
	if slices.Reverse(down); !slices.Equal(up, down) {
		t.Errorf("by name backwards: %q", down)
	}
	if got := names(peoplePage + "?sort=bogus"); got != rest {
		t.Errorf("by what is no head: %q, want %q", got, rest)
	}
}

// testEverybody gives everybody on the section a test that is still good.
func testEverybody(h *hands) {
	h.Helper()
	storetest.Import(h, h.store, "results", `证件号码,采样时间,检测结果,报告时间
		320699199003070013,2022-05-05 09:00,阴性,2022-05-05 18:00
		320699198511120027,2022-05-05 09:00,阴性,2022-05-05 18:00
		320699198810010055,2022-05-05 09:00,阴性,2022-05-05 18:00`)
}
