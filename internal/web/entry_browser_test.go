package web

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"fugong/internal/account"
	"fugong/internal/store/storetest"
)

// entryPages are the pages on which managers enter things, by a name for their pictures.
func (h *hands) entryPages() map[string]string {
	return map[string]string{
		"section": "/sections/XY-01", "areas": "/sections/XY-01/areas?done=G1", "disinfect": gatePage, "disinfect-same": gatePage + "?same=1",
		"beds": fmt.Sprintf("/sections/XY-01/beds?done=%d", h.who["甲木生"]), "bed": h.bed("甲木生"), "bed-confirm": h.bed("丙火生") + "?room=A-102",
		"roster": "/sections/XY-01/people", "enrol": "/sections/XY-01/people/new", "person": h.person("甲木生"),
		"tubes": "/sections/XY-01/tubes?done=T2", "tube-new": "/sections/XY-01/tubes/new", "tube": "/sections/XY-01/tubes/T1",
		"temperatures": "/sections/XY-01/temperatures?done=1",
	}
}

// TestEntriesInBrowser looks at every page of entries on a phone and on a desk, in both languages.
func TestEntriesInBrowser(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "results", `证件号码,采样时间,检测结果,采样管编号,混采人数
		320699199003070013,2022-05-04 09:00,阴性,T0,10
		320699199003070013,2022-05-06 07:00,,T1,10
		320699198511120027,2022-05-06 07:00,,T1,10
		320699198810010055,2022-05-05 07:00,阳性,T2,10`)
	storetest.Import(t, h.store, "temperatures", "证件号码,测量时间,体温\n320699199003070013,2022-05-06 06:30,37.6\n320699198511120027,2022-05-06 06:30,36.5")
	site := httptest.NewServer(h.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.open(site.URL+"/login", screens()["phone"])
	b.signIn(site.URL, account.Manager)
	for _, lang := range []string{"en", "zh"} {
		pages := map[string]string{}
		for name, address := range h.entryPages() {
			pages[name+"-"+lang] = address
		}
		b.tour(site.URL, pages)
		for name, address := range h.entryPages() {
			b.open(site.URL+address, screens()["phone"])
			b.Accessible(name + " in " + lang)
			b.open(site.URL+address, [2]int64{320, 640})
			b.nothing(name+" in "+lang+" sticks out of a narrow phone", tooWide)
		}
		if lang == "en" {
			b.Click(".nav__lang")
			b.Wait(`html[lang^="zh"]`)
		}
	}
}

// TestDisinfectInTheBrowser counts the taps from the code at the door to the entry.
func TestDisinfectInTheBrowser(t *testing.T) {
	h := newHands(t)
	site := httptest.NewServer(h.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.Manager)
	b.Phone()
	b.Open(site.URL + gatePage)
	taps := 0
	tap := func(selector string) { // not by touch: on a busy machine a tap may last so long that it is a long press
		taps++
		b.Click(selector)
	}
	tap(".ent__last .btn")
	b.Wait(".ent__ask")
	b.Eventually("something is painted", `performance.getEntriesByType("paint").length > 0`) // before that the browser drops what is clicked
	tap(".ent__form button[type=submit]")
	b.Wait(".told")
	if taps > 4 || len(h.rows("disinfection", "2022-05-06")) != 1 {
		t.Errorf("after %d taps registered is %q", taps, h.rows("disinfection", "2022-05-06"))
	}
}

func (h *hands) bed(name string) string { return fmt.Sprintf("/sections/XY-01/beds/%d", h.who[name]) }

func (h *hands) person(name string) string {
	return fmt.Sprintf("/sections/XY-01/people/%d", h.who[name])
}
