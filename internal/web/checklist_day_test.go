package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/store/storetest"
)

// TestChecklistInTheMorning: when it is due is said once and in words, work is work, and areas still to be disinfected are not red.
func TestChecklistInTheMorning(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "checklists", "标段编号,日期,提交时间,项目编号,答案\nXY-01,2022-05-05,2022-05-05 16:00,A1,否")
	page := document(t, h.get(checklistOf))
	if said := words(page.Find(".ph-prog")); !strings.Contains(said, "5月6日 周五，17:00 前报送") || strings.Contains(said, "2022") {
		t.Errorf("the head says %q", said)
	}
	if said := words(page.Find("#i-A1 .y")); said != "昨日停工" {
		t.Errorf("of work yesterday it is said: %q", said)
	}
	if page.Find("#i-F1 .chk-areas li").Length() != 2 || page.Find("#i-F1 .c-bad").Length() > 0 {
		t.Error("what is still to be done today is red")
	}
	for _, name := range []string{"number.D1.2", "number.F1.3"} {
		field := page.Find("input[name='" + name + "']")
		if field.AttrOr("value", "") != "" || !strings.Contains(words(field.Parent()), "未到时") {
			t.Errorf("%s is filled in as %q: %s", name, field.AttrOr("value", ""), words(field.Parent()))
		}
	}
	yesterday := document(t, h.get(checklistOf+"?date=2022-05-05"))
	if n := yesterday.Find("input[name='number.F1.3']").AttrOr("value", ""); n != "1" || yesterday.Find("#i-F1 li.c-bad").Length() != 1 {
		t.Errorf("of a day that is over %q areas are short", n)
	}
	h.header.Set("Accept-Language", "en")
	if said := words(document(t, h.get(checklistOf)).Find(".ph-prog")); !strings.Contains(said, "Fri 6 May, due by 17:00") {
		t.Errorf("the head says %q", said)
	}
}

// TestChecklistNamesTheNumber: two numbers of one item that are blank are told apart, above and at their fields.
func TestChecklistNamesTheNumber(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	form.Set("answer.A2", "")
	form.Set("number.A2.2", "")
	form.Set("number.A2.3", "")
	answer := f.send(form, "review")
	wantStatus(t, answer, http.StatusUnprocessableEntity)
	page := document(t, answer)
	if got := strings.Join(texts(page, "#chk-probs li"), " "); got != "A2 在场：未填 A2 新进场：未填" {
		t.Errorf("above it is said: %q", got)
	}
	for code, want := range map[string]string{"A2.2": "在场：未填", "A2.3": "新进场：未填"} {
		field := page.Find("[id='f-number." + code + "']")
		if said := words(field.Parent().Find(".msg")); said != want || page.Find("#chk-probs a[href='#f-number."+code+"']").Length() != 1 {
			t.Errorf("at %s it is said: %q", code, said)
		}
	}
}

// TestStopIsNoFault: a day without work is handed in as it is, and shown as such.
func TestStopIsNoFault(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	form.Set("answer.A1", "no")
	review := f.send(form, "review")
	wantStatus(t, review, http.StatusOK)
	if said := words(document(t, review).Find("main")); !strings.Contains(said, "没有异常项") || !strings.Contains(said, "A1 今日施工 停工") {
		t.Errorf("the review says %q", said)
	}
	wantRedirect(t, f.send(fieldsOf(document(t, review)), "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	day := document(t, f.manager.get("/sections/XY-01/checklists/2022-05-06"))
	if row := day.Find(".chk-tbl tr:contains('A1')").First(); !strings.Contains(words(row), "停工") || row.HasClass("chk-no") || row.Find(".c-bad").Length() > 0 {
		t.Errorf("the day says %q", words(row))
	}
	if said := words(document(t, f.manager.get("/sections/XY-01/checklists")).Find(".chk-days")); strings.Contains(said, "异常") {
		t.Errorf("the list of days says %q", said)
	}
}

// TestDayWithoutReport leads a reader to the last report there is; how answers were given has a column where it is known.
func TestDayWithoutReport(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "checklists", "标段编号,日期,提交时间,项目编号,答案\nXY-01,2022-05-04,2022-05-04 16:00,B1,是\nXY-01,2022-05-04,2022-05-04 16:00,C3,不适用")
	inspector := h.enter("inspector")
	told := document(t, inspector.get("/sections/XY-01/checklists/2022-05-06")).Find(".told")
	links := told.Find("a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
	if said := words(told); !strings.Contains(said, "17:00 前报送") || strings.Join(links, " ") != "/sections/XY-01/checklists/2022-05-04 /sections/XY-01/checklists" {
		t.Errorf("it says %q and leads to %q", said, links)
	}
	if n := document(t, inspector.get(links[0])).Find(".chk-tbl th").Length(); n != 2*2 {
		t.Errorf("of a file, of which nobody knows how it was answered, there are %d columns in two tables", n)
	}
	f := newFilling(t)
	wantRedirect(t, f.send(fieldsOf(document(t, f.send(f.usual(checklistOf), "review"))), "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	day := document(t, f.manager.get("/sections/XY-01/checklists/2022-05-06"))
	if day.Find(".chk-tbl__h").Length() == 0 || day.Find(".chk-tbl__h").Length() != day.Find(".chk-tbl").Length() {
		t.Error("how it was answered is not told")
	}
}
