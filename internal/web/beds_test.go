package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fugong/internal/criteria"
)

// TestMove gives somebody a bed in a room that is then too small: it is said before, and found afterwards. Moving back is another
// move.
func TestMove(t *testing.T) {
	h := newHands(t)
	page, bed := "/sections/XY-01/beds", h.bed("甲木生")
	if got := h.status("room.area"); got != criteria.Pass {
		t.Fatalf("before the move room.area is %s", got)
	}
	if said := text(h.get(page)); !strings.Contains(said, "1 人还没有床位") || !strings.Contains(said, "1 人 / 6 床") {
		t.Errorf("the map says %q", said)
	}
	choices := document(t, h.get(bed))
	if said := words(choices.Find(".bed__to--bad")); !strings.Contains(said, "A-102") || !strings.Contains(said, "人均不足 2.5 m²") && !strings.Contains(said, "2.50") {
		t.Errorf("nothing is said against the small room: %q", said)
	}
	form := h.opened(bed+"?room=A-102", bed)
	h.pass(5 * time.Minute)
	asked := h.get(bed + "?room=A-102")
	if said := words(document(t, asked).Find(".bed__note--bad")); !strings.Contains(said, "不混住") {
		t.Errorf("the confirmation foresees %q", said)
	}
	wantRedirect(t, h.post(bed, form), page+"?done="+strings.TrimPrefix(bed, page+"/"))
	want := []string{"A-101,2022-04-20 20:00:00,2022-05-06 08:05:00", "A-102,2022-05-06 08:05:00,,"}
	for _, w := range want {
		if got := h.rows("stays", w); len(got) != 1 {
			t.Errorf("%s is not there: %q", w, h.rows("stays", "320699199003070013"))
		}
	}
	if got := h.status("room.no_mixing"); got == criteria.Pass {
		t.Error("what was foreseen did not come")
	}
	wantRedirect(t, h.post(bed, form), page+"?done="+strings.TrimPrefix(bed, page+"/"))
	if got := h.rows("stays", "320699199003070013"); len(got) != 2 {
		t.Errorf("sent again it is moved again: %q", got)
	}
	done := document(t, h.get(page+"?done="+strings.TrimPrefix(bed, page+"/")))
	back, _ := done.Find(".told a").Attr("href")
	if said := words(done.Find(".told")); back != bed+"?room=A-101" || !strings.Contains(said, "甲木生已住 A-102") {
		t.Errorf("the map says %q and leads back to %s", said, back)
	}
	h.pass(time.Minute)
	wantStatus(t, h.post(bed, h.opened(back, bed)), http.StatusSeeOther)
	if got := h.rows("stays", "A-101,2022-05-06 08:06:00,,"); len(got) != 1 {
		t.Errorf("not moved back: %q", h.rows("stays", "320699199003070013"))
	}
}

// TestMoveIntoWhatIsOverAlready: what is wrong with a room before the move is said again of it, with the numbers of afterwards.
func TestMoveIntoWhatIsOverAlready(t *testing.T) {
	h := newHands(t)
	first := h.bed("丙火生")
	wantStatus(t, h.post(first, h.opened(first+"?room=A-102", first)), http.StatusSeeOther) // two on 4.8 m²
	h.pass(time.Minute)
	if got := h.status("room.area"); got != criteria.Fail {
		t.Fatalf("with two on 4.8 m² room.area is %s", got)
	}
	if card := words(document(t, h.get("/sections/XY-01/beds")).Find(".bed:contains('A-102')")); strings.Count(card, "2.40") != 2 {
		t.Errorf("the card of the room and the finding on it differ: %q", card)
	}
	if roomy := words(document(t, h.get(h.bed("甲木生"))).Find(".bed__to:contains('G-01')")); !strings.Contains(roomy, "人均 10.00 m²") {
		t.Errorf("where there is room enough it is said: %q", roomy)
	}
	said := words(document(t, h.get(h.bed("甲木生")+"?room=A-102")).Find(".bed__note--bad"))
	for _, want := range []string{"3人2床", "1.60m²", "不混住"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not foreseen: %q", want, said)
		}
	}
	if said := words(document(t, h.get(h.bed("甲木生")+"?room=-")).Find(".bed__note--bad")); strings.Contains(said, "2.40") {
		t.Errorf("what is wrong elsewhere is told of who leaves: %q", said)
	}
}

func TestGettingAndGivingUpABed(t *testing.T) {
	h := newHands(t)
	first := h.bed("丙火生")
	form := h.opened(first+"?room=A-101", first)
	wantStatus(t, h.post(first, form), http.StatusSeeOther)
	if got := h.rows("stays", "320699198810010055,XY-01,A-101,2022-05-06 08:00:00,,"); len(got) != 1 {
		t.Errorf("no bed: %q", h.rows("stays", "320699198810010055"))
	}
	h.pass(20 * time.Minute)
	wantStatus(t, h.post(first, h.opened(first+"?room=-", first)), http.StatusSeeOther)
	if got := h.rows("stays", "A-101,2022-05-06 08:00:00,2022-05-06 08:20:00"); len(got) != 1 {
		t.Errorf("still there: %q", h.rows("stays", "320699198810010055"))
	}
}

func TestMoveRefusesWhatIsWrong(t *testing.T) {
	h := newHands(t)
	bed := h.bed("甲木生")
	for name, tt := range map[string]struct{ room, at, field string }{
		"before he came": {"A-102", "2022-04-01T08:00", "at"},
		"future":         {"A-102", "2022-05-07T08:00", "at"},
		"no time":        {"A-102", "", "at"},
		"no such room":   {"Z-9", "2022-05-06T07:00", "room"},
	} {
		t.Run(name, func(t *testing.T) {
			form := h.opened(bed+"?room=A-102", bed)
			form.Set("room", tt.room)
			form.Set("when", "earlier")
			form.Set("at", tt.at)
			answer := h.post(bed, form)
			wantStatus(t, answer, http.StatusUnprocessableEntity)
			if document(t, answer).Find(".probs a[href='#f-"+tt.field+"']").Length() == 0 {
				t.Errorf("nothing is said of %s: %s", tt.field, text(answer))
			}
		})
	}
	if got := h.rows("stays", "320699199003070013"); len(got) != 1 || !strings.Contains(got[0], "A-101,2022-04-20 20:00:00,,") {
		t.Errorf("half of a move was made: %q", got)
	}
	form := h.opened(bed+"?room=A-102", bed)
	wantStatus(t, h.post(h.bed("丁土生"), form), http.StatusNotFound)
	wantStatus(t, h.get("/sections/XY-02/beds"), http.StatusNotFound)
	wantStatus(t, h.enter("inspector").get("/sections/XY-01/beds"), http.StatusOK)
}
