package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/criteria"
)

// TestHomeNamesTheRoom: what blocks about a room stands together, with its number and a way to it.
func TestHomeNamesTheRoom(t *testing.T) {
	h := newHands(t)
	for _, name := range []string{"丙火生", "甲木生"} {
		bed := h.bed(name)
		wantStatus(t, h.post(bed, h.opened(bed+"?room=A-102", bed)), http.StatusSeeOther) // three on 4.8 m² with two beds
		h.pass(time.Minute)
	}
	if h.status("room.area") != criteria.Fail || h.status("room.beds") != criteria.Fail {
		t.Fatal("the room is in order")
	}
	block := document(t, h.get("/")).Find(".hm-why li:contains('A-102')")
	link := block.Find("a").AttrOr("href", "")
	if said := words(block); block.Length() != 1 || !strings.HasPrefix(said, "A-102：") || !strings.Contains(said, "1.60m²，限2.5m²") || !strings.Contains(said, "；") {
		t.Errorf("of the room it is said, %d times: %q", block.Length(), said)
	}
	page, anchor, _ := strings.Cut(link, "#")
	if card := document(t, h.get(page)).Find("[id='" + anchor + "']"); anchor == "" || !strings.Contains(words(card), "A-102") {
		t.Errorf("%s leads to %q", link, words(card))
	}
}

// TestHomeBeforeTheDayIsOver: what is still to be disinfected today is no fault; what is late is, as the page of the areas says.
func TestHomeBeforeTheDayIsOver(t *testing.T) {
	h := newHands(t)
	due := document(t, h.get("/")).Find(".hm-due li")
	if line := due.FilterFunction(func(_ int, li *goquery.Selection) bool {
		return strings.Contains(words(li), "今日待消杀 2 处（已做 0/7 次）")
	}); line.Length() != 1 || line.Find(".c-bad").Length() > 0 {
		t.Errorf("in the morning it is said: %q", words(due))
	}
	late := words(document(t, h.get("/sections/XY-01/areas")).Find(".ent__sum .c-bad"))
	if said := words(due.Find(".c-bad")); late != "2 个有缺漏" || said != "2 处消杀有缺漏" {
		t.Errorf("the areas say %q, the first page says %q", late, said)
	}
	calm := homeCard{}
	calm.disinfections([]areaRow{{Today: 1, Need: 3, Due: true}, {Today: 5, Need: 4}})
	if calm.Gaps != 0 || calm.Due != 1 || calm.Times != 5 || calm.Wanted != 7 {
		t.Errorf("of two areas that are not late it is counted: %+v", calm)
	}
	h.header.Set("Accept-Language", "en")
	if said := words(document(t, h.get("/")).Find(".hm-due")); !strings.Contains(said, "2 areas to disinfect today (0 of 7 times done)") || han.MatchString(said) {
		t.Errorf("in English: %q", said)
	}
}
