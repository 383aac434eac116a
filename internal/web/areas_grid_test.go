package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/store/storetest"
)

// TestAreaGrid: whoever looks reads by area and day how often it was disinfected, in words and not by colour alone; what is
// only due today is no gap, and an area without any log has none either.
func TestAreaGrid(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,N1,新厕所,厕所")
	storetest.Import(t, h.store, "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,S/1,2022-05-03 07:00,含氯消毒液\nXY-01,S/1,2022-05-06 07:00,含氯消毒液\nXY-01,S/1,2022-04-29 23:59,含氯消毒液")
	doc := document(t, h.enter("inspector").get("/sections/XY-01/areas"))
	read := map[string]string{}
	for _, row := range doc.Find(".agrid tbody tr").EachIter() {
		var days []string
		for _, cell := range row.Find("td").EachIter() {
			days = append(days, strings.Join(strings.Fields(cell.Text()), " "))
		}
		read[row.Find("th .muted").Text()] = strings.Join(days, "|")
	}
	const none = "没有任何记录"
	for code, want := range map[string]string{
		"S/1": "0/3 当天没有消毒|0/3 当天没有消毒|0/3 当天没有消毒|1/3 次数不足|0/3 当天没有消毒|3/3 次数够|1/3 今日待做",
		"N1":  strings.Join([]string{none, none, none, none, none, none, none}, "|"),
	} {
		if read[code] != want {
			t.Errorf("%s reads %s, want %s", code, read[code], want)
		}
	}
	if doc.Find(".agrid thead time").Last().AttrOr("datetime", "") != "2022-05-06" {
		t.Error("the last day is not today")
	}
	before := func(d string) bool { return strings.Index(d, "agrid") < strings.Index(d, `id="areas"`) }
	if inspector, manager := h.enter("inspector").get("/sections/XY-01/areas"), h.get("/sections/XY-01/areas"); !before(inspector.Body.String()) || before(manager.Body.String()) {
		t.Error("the grid does not stand above the list for who looks and below it for who enters")
	}
}

// TestInspectorInBrowser looks at what inspectors read of a section on a phone and on a desk, in both languages.
func TestInspectorInBrowser(t *testing.T) {
	h := newHands(t)
	site := httptest.NewServer(h.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.Inspector)
	pages := map[string]string{"areas": "/sections/XY-01/areas", "section": "/sections/XY-01", "sections": "/sections", "named": "/sections/XY-01/people?finding=nat.latest_negative"}
	for _, lang := range []string{"en", "zh"} {
		b.open(site.URL+"/login", screens()["phone"])
		shown := map[string]string{}
		for name, address := range pages {
			shown[name+"-"+lang] = address
		}
		b.tour(site.URL, shown)
		for name, address := range pages {
			b.open(site.URL+address, [2]int64{320, 640})
			b.nothing(name+" in "+lang+" sticks out of a narrow phone", tooWide)
			b.Accessible(name + " in " + lang)
		}
		if lang == "en" {
			b.Click(".nav__lang")
			b.Wait(`html[lang^="zh"]`)
		}
	}
}
