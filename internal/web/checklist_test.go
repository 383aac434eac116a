package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/calendar"
)

// filling is a manager before the checklist of XY-01.
type filling struct {
	*stage
	manager *browser
	taken   uint8
}

func newFilling(t *testing.T) *filling {
	t.Helper()
	w := newDistrict(t)
	w.hire("wang", account.Manager, account.Scope{Sections: []string{"XY-01"}})
	return &filling{w, w.enter("wang"), 0}
}

const checklistOf = "/sections/XY-01/checklist"

// form opens the checklist and gives its fields as a browser would send them.
func (f *filling) form(address string) url.Values {
	f.Helper()
	w := f.manager.get(address)
	if w.Code != http.StatusOK {
		f.Fatalf("%s: %d %s", address, w.Code, text(w))
	}
	return fieldsOf(document(f, w))
}

// fieldsOf are the fields of a page's form in main with what they hold.
func fieldsOf(doc *goquery.Document) url.Values {
	form := url.Values{}
	doc.Find("main form input, main form textarea").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		kind := s.AttrOr("type", "text")
		_, checked := s.Attr("checked")
		switch {
		case name == "" || kind == "file":
		case goquery.NodeName(s) == "textarea":
			form.Add(name, s.Text())
		case kind != "radio" && kind != "checkbox" || checked:
			form.Add(name, s.AttrOr("value", "on"))
		}
	})
	return form
}

// usual answers everything that has to be answered by itself, as on a day like any other.
func (f *filling) usual(address string) url.Values {
	f.Helper()
	w := f.manager.get(address)
	doc, form := document(f, w), url.Values{}
	form = fieldsOf(doc)
	doc.Find("fieldset.ask").Each(func(_ int, s *goquery.Selection) {
		code := strings.TrimPrefix(s.AttrOr("id", ""), "i-")
		switch s.AttrOr("data-kind", "") {
		case "words":
			form.Set("answer."+code, "na")
			if code == "C2" {
				form.Set("answer."+code, "yes")
				form.Add("reason."+code, "采样点停采")
				form.Set("remark."+code, "明早补采")
			}
		default:
			form.Set("answer."+code, "yes")
		}
		if _, drawn := s.Attr("data-drawn"); drawn || code == "B1" {
			form.Add("photos."+code, f.photograph())
		}
		s.Find("input[name^='number.']").Each(func(_ int, n *goquery.Selection) {
			if n.AttrOr("value", "") == "" && n.AttrOr("name", "") != "number."+code {
				form.Set(n.AttrOr("name", ""), n.AttrOr("data-known", "0"))
			}
		})
	})
	return form
}

// photograph sends a picture as a phone does, before the checklist that names it.
func (f *filling) photograph() string {
	f.Helper()
	f.taken++
	uuid := fmt.Sprintf("3f1b6c1e-8a44-4c57-9e0b-%012d", f.taken)
	_, _, err := f.options.Album.Take(f.Context(), album.Sent{UUID: uuid, Body: strings.NewReader(picture(f, f.taken)), User: f.manager.actor().User.ID})
	if err != nil {
		f.Fatal(err)
	}
	return uuid
}

func (f *filling) send(form url.Values, step string) *httptest.ResponseRecorder {
	form.Set("step", step)
	return f.manager.post(checklistOf, form)
}

func TestChecklistIsHandedInOnceAfterAReview(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	review := f.send(form, "review")
	if review.Code != http.StatusOK || !strings.Contains(text(review), "检查后提交") && !strings.Contains(text(review), "单独确认") {
		t.Fatalf("review: %d %s", review.Code, text(review))
	}
	again := fieldsOf(document(t, review))
	for range 2 {
		wantRedirect(t, f.send(again, "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	}
	versions, err := f.store.Submissions(t.Context(), account.Everywhere(), "XY-01", calendar.Day(2022, 5, 6))
	if err != nil || len(versions) != 1 || versions[0].Template != 2 || versions[0].By != "wang" {
		t.Fatalf("versions: %+v, %v", versions, err)
	}
	report := f.manager.get("/sections/XY-01/checklists/2022-05-06?notice=sent")
	if report.Code != http.StatusOK || !strings.Contains(text(report), "已送达，当日第 1 版") || !strings.Contains(text(report), "单项确认") {
		t.Errorf("report: %d %s", report.Code, text(report))
	}
}

// Without a script the photos come with the form, and stay with it through the review.
func TestPhotosComeWithTheForm(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	drawn := f.manager.get(checklistOf)
	code := strings.TrimPrefix(document(t, drawn).Find("[data-drawn]").First().AttrOr("id", ""), "i-")
	form.Del("photos." + code)
	wantStatus(t, f.send(form, "submit"), http.StatusUnprocessableEntity)
	review := f.sendWith(form, "review", code, picture(t, 99))
	again := fieldsOf(document(t, review))
	if review.Code != http.StatusOK || len(again["photos."+code]) != 1 {
		t.Fatalf("review: %d, photos %q: %s", review.Code, again["photos."+code], text(review))
	}
	wantRedirect(t, f.send(again, "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	report := document(t, f.manager.get("/sections/XY-01/checklists/2022-05-06"))
	picture, _ := report.Find(".shot img").Attr("src")
	if w := f.manager.get(picture); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("%s: %d", picture, w.Code)
	}
}

// sendWith sends the form with pictures at an item, as a browser without scripts does.
func (f *filling) sendWith(form url.Values, step, item string, pictures ...string) *httptest.ResponseRecorder {
	f.Helper()
	form.Set("step", step)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				f.Fatal(err)
			}
		}
	}
	for _, p := range pictures {
		part, err := m.CreateFormFile("photo."+item, "a.png")
		if err != nil {
			f.Fatal(err)
		}
		if _, err := part.Write([]byte(p)); err != nil {
			f.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		f.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, checklistOf, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return f.manager.do(r)
}

// TestPicturesThatAreNoPhotos: the form comes back with why one was not taken, in the reader's language, with what was typed and with
// the photos that are right.
func TestPicturesThatAreNoPhotos(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	form.Set("answer.B1", "no")
	form.Set("remark.B1", "门卫离岗，张三今日补岗")
	for lang, want := range map[string]string{"zh-CN": "：不是可以识别的照片，应为 JPEG、PNG 或 WebP", "en": ": This is no photo that can be read; it has to be JPEG, PNG or WebP"} {
		f.manager.header.Set("Accept-Language", lang)
		answer := f.sendWith(form, "review", "B1", "no picture", picture(t, 99))
		wantStatus(t, answer, http.StatusUnprocessableEntity)
		page := document(t, answer)
		if got := strings.Join(texts(page, "#chk-probs li"), " "); !strings.HasPrefix(got, "B1 ") || !strings.HasSuffix(got, want) {
			t.Errorf("above it is said: %q", got)
		}
		if got := fieldsOf(page); got.Get("remark.B1") != form.Get("remark.B1") || got.Get("answer.B1") != "no" || len(got["photos.B1"]) != 2 {
			t.Errorf("of what was entered there is left %q, %q, %q", got.Get("answer.B1"), got.Get("remark.B1"), got["photos.B1"])
		}
	}
	f.manager.header.Set("Accept-Language", "en")
	many := f.sendWith(form, "review", "B1", picture(t, 90), picture(t, 91), picture(t, 92), picture(t, 93), picture(t, 94), picture(t, 95), picture(t, 96), picture(t, 97), picture(t, 98))
	if got := strings.Join(texts(document(t, many), "#chk-probs li"), " "); !strings.HasSuffix(got, fmt.Sprintf(": An item takes %d photos at most", photosAnAnswer)) {
		t.Errorf("of too many it is said: %q", got)
	}
}

// TestChecklistCorrectedOverMidnight: a version that was begun on its day and is sent after midnight is one of that day.
func TestChecklistCorrectedOverMidnight(t *testing.T) {
	f := newFilling(t)
	wantRedirect(t, f.send(fieldsOf(document(t, f.send(f.usual(checklistOf), "review"))), "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	f.pass(15*time.Hour + 58*time.Minute)
	f.manager = f.enter("wang")
	form := f.form(checklistOf + "?date=2022-05-06&from=last")
	form.Set("answer.E2", "no")
	form.Add("reason.E2", "未通风")
	form.Set("remark.E2", "张三今日修好")
	f.pass(5 * time.Minute)
	review := f.send(form, "review")
	wantStatus(t, review, http.StatusOK)
	wantRedirect(t, f.send(fieldsOf(document(t, review)), "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	versions, err := f.store.Submissions(t.Context(), account.Everywhere(), "XY-01", calendar.Day(2022, 5, 6))
	if err != nil || len(versions) != 2 {
		t.Errorf("there are %d versions, %v", len(versions), err)
	}
}

func TestUnlikelyNumbersAreMeantOnce(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	form.Set("number.A4.1", "9")
	review := f.send(form, "submit")
	doc := document(t, review)
	if meant := doc.Find(`input[name="confirm.A4.1"]`); review.Code != http.StatusUnprocessableEntity || meant.Length() != 1 {
		t.Fatalf("%d %s", review.Code, text(review))
	}
	again := fieldsOf(doc)
	again.Set("confirm.A4.1", "9")
	wantRedirect(t, f.send(again, "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
}

func TestAStepIsConfirmedOnlyAfterTheNumbers(t *testing.T) {
	f := newFilling(t)
	form := f.form(checklistOf)
	if len(form["answer.B5"]) > 0 {
		t.Error("something is answered before anybody did")
	}
	form.Set("bulk", "works")
	wantStatus(t, f.manager.post(checklistOf, form), http.StatusUnprocessableEntity)
	for _, n := range []string{"A2.2", "A2.3", "A4.1"} {
		form.Set("number."+n, "0")
	}
	w := f.manager.post(checklistOf, form)
	filled := fieldsOf(document(t, w))
	if w.Code != http.StatusOK || filled.Get("how.J7") != "bulk" || filled.Get("answer.J7") != "yes" || filled.Get("answer.E2") != "" {
		t.Errorf("%d, J7 %q %q, E2 %q", w.Code, filled.Get("how.J7"), filled.Get("answer.J7"), filled.Get("answer.E2"))
	}
}
