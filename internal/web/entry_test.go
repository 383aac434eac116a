package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/roster"
	"fugong/internal/store/storetest"
)

// The section on which these tests enter things by hand, and one that is foreign to its manager.
const (
	handSections = `项目编号,项目名称,标段编号,标段名称,街道,状态
		XY,学苑示范项目,XY-01,一标段,学苑街道,施工中
		XY,学苑示范项目,XY-02,二标段,学苑街道,施工中`
	handRoster = `标段编号,姓名,证件号码,进场时间,手机号码,班组,住宿方式
		XY-01,甲木生,320699199003070013,2022-04-20 08:00,13812345678,钢筋班,场内
		XY-01,乙水生,320699198511120027,2022-04-20 08:00,,木工班,场内
		XY-01,丙火生,320699198810010055,2022-04-20 08:00,,木工班,场内
		XY-02,丁土生,32069919910412018X,2022-04-20 08:00,,木工班,场内`
	handAreas = `标段编号,区域编号,区域名称,区域类型
		XY-01,S/1,宿舍一层,宿舍
		XY-01,G1,应急处置区,隔离
		XY-02,S1,别人的宿舍,宿舍`
	handLogs = `标段编号,区域编号,消毒时间,药剂,浓度,作用时间,操作人
		XY-01,S/1,2022-05-05 07:00,含氯消毒液,500mg/L,30,钱七
		XY-01,S/1,2022-05-05 12:00,含氯消毒液,500mg/L,30,钱七
		XY-01,S/1,2022-05-05 18:00,含氯消毒液,500mg/L,30,钱七
		XY-01,G1,2022-05-05 23:00,75%酒精,75%,10,孙八`
	handRooms = `标段编号,房间号,使用面积,床位数,楼栋,用途
		XY-01,A-101,16,6,A栋,宿舍
		XY-01,A-102,4.8,2,A栋,宿舍
		XY-01,G-01,10,1,G栋,隔离`
	handStays = `证件号码,标段编号,房间号,入住时间
		320699199003070013,XY-01,A-101,2022-04-20 20:00
		320699198511120027,XY-01,A-102,2022-04-20 20:00`
)

// hands is a site whose manager, signed in, enters things.
type hands struct {
	*browser
	who map[string]roster.WorkerID // by name
}

func newHands(t *testing.T) *hands {
	t.Helper()
	o := newOffice(t)
	for _, table := range [][2]string{{"sections", handSections}, {"roster", handRoster}, {"areas", handAreas}, {"disinfection", handLogs}, {"rooms", handRooms}, {"stays", handStays}} {
		storetest.Import(t, o.store, table[0], table[1])
	}
	o.hire("manager", account.Manager, account.Scope{Sections: []string{"XY-01"}})
	o.hire("inspector", account.Inspector, account.Everywhere())
	h := &hands{o.enter("manager"), map[string]roster.WorkerID{}}
	for id := roster.WorkerID(1); id <= 4; id++ {
		for _, section := range []string{"XY-01", "XY-02"} {
			if p, err := o.store.PersonOn(t.Context(), account.Everywhere(), section, id); err == nil {
				h.who[p.Name] = id
			}
		}
	}
	return h
}

// form reads the hidden and filled-in fields of a page's form as a browser would send them, by its action.
func (h *hands) form(page *httptest.ResponseRecorder, action string) url.Values {
	h.Helper()
	values := url.Values{}
	doc := document(h, page)
	doc.Find(fmt.Sprintf("form[action=%q]", action)).Find("input, select, textarea").Each(func(_ int, e *goquery.Selection) {
		name, kind := e.AttrOr("name", ""), e.AttrOr("type", "text")
		_, checked := e.Attr("checked")
		switch {
		case goquery.NodeName(e) == "select":
			if chosen := e.Find("option[selected]"); chosen.Length() > 0 {
				values.Add(name, chosen.AttrOr("value", ""))
			}
		case kind == "radio" || kind == "checkbox":
			if checked {
				values.Add(name, e.AttrOr("value", ""))
			}
		default:
			values.Add(name, e.AttrOr("value", ""))
		}
	})
	if len(values) == 0 {
		h.Fatalf("there is no form for %s: %s", action, text(page))
	}
	return values
}

// opened opens a page and reads its form for an address.
func (h *hands) opened(page, action string) url.Values {
	h.Helper()
	answer := h.get(page)
	wantStatus(h, answer, http.StatusOK)
	return h.form(answer, action)
}

// status judges a criterion of the section as of now.
func (h *hands) status(code criteria.Code) criteria.Status {
	h.Helper()
	ids, err := h.store.EverySection(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	all, err := h.options.Evaluator.Judge(h.Context(), ids[:1], h.now(), 0)
	if err != nil {
		h.Fatal(err)
	}
	for _, f := range all[0].Findings {
		if f.Code == code {
			return f.Status
		}
	}
	h.Fatalf("no criterion %s", code)
	return 0
}

// rows are the current rows of a register that hold a text.
func (h *hands) rows(kind, holding string) []string {
	h.Helper()
	_, rows, err := h.store.Export(h.Context(), storetest.Order(kind))
	if err != nil {
		h.Fatal(err)
	}
	var found []string
	for _, row := range rows {
		if line := strings.Join(row, ","); strings.Contains(line, holding) {
			found = append(found, line)
		}
	}
	return found
}

var idNumber = regexp.MustCompile(`\d{17}[\dX]`)

// noNumbers fails where a page holds an ID number.
func (h *hands) noNumbers(page *httptest.ResponseRecorder) {
	h.Helper()
	if n := idNumber.FindString(page.Body.String() + page.Header().Get("Location")); n != "" {
		h.Errorf("an ID number is on the page: %s", n)
	}
}

// refusedAt wants a form back with a fault at a field and all that was typed.
func (h *hands) refusedAt(page *httptest.ResponseRecorder, field string, typed map[string]string) {
	h.Helper()
	wantStatus(h, page, http.StatusUnprocessableEntity)
	doc := document(h, page)
	if doc.Find("#f-"+field).Length() == 0 || doc.Find(".probs a[href='#f-"+field+"']").Length() == 0 {
		h.Errorf("nothing is said of %s: %s", field, text(page))
	}
	for _, said := range texts(doc, ".probs li") {
		if label, message, _ := strings.Cut(said, "："); label == "" || message == "" {
			h.Errorf("%q does not say which field it is about", said)
		}
	}
	for name, value := range typed {
		if doc.Find(fmt.Sprintf("input[name=%q][value=%q]", name, value)).Length() == 0 {
			h.Errorf("%s was %q and is lost", name, value)
		}
	}
}

// TestEntriesSpeakEnglish: what is wrong is said in the language of the page.
func TestEntriesSpeakEnglish(t *testing.T) {
	h := newHands(t)
	h.header.Set("Accept-Language", "en")
	form := newcomer(h)
	form.Set("number", "320699199602290043")
	form.Set("name", "")
	answer := h.post(newPage, form)
	said := words(document(t, answer).Find(".probs"))
	if !strings.Contains(said, "ID number: The check digit of the number “…0043” does not fit") || !strings.Contains(said, "Name: Please fill this in") || han.MatchString(said) {
		t.Errorf("the page says %q", said)
	}
	form = measuring(h, "甲木生", "365")
	said = words(document(t, h.post(temperatures, form)).Find(".probs"))
	if whose, rest, _ := strings.Cut(said, "甲木生: "); !strings.Contains(rest, "decimal point") || han.MatchString(whose+rest) {
		t.Errorf("the page says %q", said)
	}
}

// TestSectionLeadsToEntries: who may enter things finds the way from the section's page.
func TestSectionLeadsToEntries(t *testing.T) {
	h := newHands(t)
	doc := document(t, h.get("/sections/XY-01"))
	for _, page := range []string{"areas", "beds", "people", "tubes", "temperatures"} {
		href := doc.Find(".ent__links a[href$='/"+page+"']").AttrOr("href", "")
		if href == "" {
			t.Errorf("nothing leads to %s", page)
			continue
		}
		wantStatus(t, h.get(href), http.StatusOK)
	}
	if to := doc.Find(".crit:contains('dis.max_gap') .links a.remedy").AttrOr("href", ""); to != "/sections/XY-01/areas" {
		t.Errorf("from a gap one is led to %q", to)
	}
	inspector := document(t, h.enter("inspector").get("/sections/XY-01"))
	if got := len(texts(inspector, ".ent__links a")); got != 6 || inspector.Find(`.ent__links a[href="/documents?q=XY-01"]`).Length() != 1 || inspector.Find(".crit .links a.remedy").Length() > 0 {
		t.Errorf("an inspector is led to %d pages, and offered to enter things: %v", got, inspector.Find(".crit .links a.remedy").Length() > 0)
	}
}
