package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const officeFiles = "../../testdata/office/"

// bring sends a table to a page as a browser does: as a file, or pasted.
func (b *browser) bring(kind, file string, content []byte, fields ...string) *httptest.ResponseRecorder {
	b.Helper()
	return b.bringTo("/imports/"+kind, file, content, fields...)
}

func (b *browser) bringTo(path, file string, content []byte, fields ...string) *httptest.ResponseRecorder {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w, err := m.CreateFormFile("file", file)
	if err == nil {
		_, err = w.Write(content)
	}
	for i := 0; i+1 < len(fields) && err == nil; i += 2 {
		err = m.WriteField(fields[i], fields[i+1])
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set(echo.HeaderContentType, m.FormDataContentType())
	return b.do(r)
}

// importOffice has the sections of the office files and a manager of all of them.
func importOffice(t *testing.T) *browser {
	t.Helper()
	o := newOffice(t)
	content, err := os.ReadFile(officeFiles + "01标段信息.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	up := store.Upload{Kind: "sections", File: "s.xlsx", Content: content, Loc: storetest.Shanghai(), Now: o.now(), By: "test", Within: account.Everywhere()}
	if _, _, err := o.store.Import(t.Context(), up); err != nil {
		t.Fatal(err)
	}
	var codes []string
	_, rows, err := o.store.Export(t.Context(), storetest.Order("sections"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		codes = append(codes, r[2])
	}
	o.hire("manager", account.Manager, account.Scope{Sections: codes})
	return o.enter("manager")
}

// TestRosterOverTheWeb brings a real roster: looked at first, taken in once, with its bad rows to fetch and its history kept.
func TestRosterOverTheWeb(t *testing.T) {
	b := importOffice(t)
	content, err := os.ReadFile(officeFiles + "02实名制花名册.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	sent := b.bring("roster", "花名册.xlsx", content)
	at := sent.Header().Get("Location")
	if sent.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/imports/uploads/") {
		t.Fatalf("preview: %d %s", sent.Code, sent.Body)
	}
	page := document(b, b.get(at))
	if text := words(page.Find("main")); !strings.Contains(text, "确认导入") || !strings.Contains(text, "第 ") || strings.Contains(text, "320699199") {
		t.Errorf("the preview says %q", text)
	}
	if list := document(b, b.get("/imports")).Find("#history li"); list.Length() != 0 {
		t.Errorf("a preview is history: %s", list.Text())
	}
	bad := b.get(at + "/errors.xlsx")
	sheets, err := intake.Read("errors.xlsx", bytes.NewReader(bad.Body.Bytes()), intake.UploadLimits())
	if err != nil || bad.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("bad rows: %d %v", bad.Code, err)
	}
	columns, _ := store.Columns("roster")
	tables, err := intake.MatchAll(sheets, columns)
	if err != nil || len(tables[0].Rows) == 0 || tables[0].Header[len(tables[0].Header)-2] != "问题" {
		t.Errorf("bad rows are no roster: %+v, %v", tables, err)
	}
	var where []string
	for range 2 {
		answer := b.post(at, nil)
		where = append(where, answer.Header().Get("Location"))
		if answer.Code != http.StatusSeeOther {
			t.Fatalf("confirm: %d %s", answer.Code, answer.Body)
		}
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	if where[0] != where[1] || !strings.HasPrefix(where[0], "/imports/") {
		t.Errorf("confirmed twice: %v", where)
	}
	if text := words(document(b, b.get(where[0])).Find("main")); !strings.Contains(text, "导入结果") || !strings.Contains(text, "未判定 → ") || !strings.Contains(text, "下载问题行") {
		t.Errorf("the result says %q", text)
	}
	if list := document(b, b.get("/imports")).Find("#history li"); list.Length() != 1 || !strings.Contains(list.Text(), "花名册") {
		t.Errorf("history %s", list.Text())
	}
}

func TestPasteAndRefusals(t *testing.T) {
	b := importOffice(t)
	pasted := b.bring("stock", "", nil, "paste", "标段编号\t日期\t物资\t结存\nNO-1\t2022-05-05\t口罩\t100")
	if pasted.Code != http.StatusSeeOther {
		t.Fatalf("pasted: %d %s", pasted.Code, pasted.Body)
	}
	if text := words(document(b, b.get(pasted.Header().Get("Location"))).Find("main")); !strings.Contains(text, "没有这个标段") {
		t.Errorf("preview of what was pasted: %q", text)
	}
	for name, content := range map[string]string{"a.csv": "a,b\n1,2\n", "old.xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "empty.csv": "", "x.xlsx": "PK\x03\x04broken", "x.png": "\x89PNG\r\n\x1a\n"} {
		begun := time.Now()
		w := b.bring("stock", name, []byte(content))
		if w.Code != http.StatusUnprocessableEntity || document(b, w).Find("#m-file").Length() != 1 {
			t.Errorf("%s: %d %q", name, w.Code, words(document(b, w).Find("main")))
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s is refused after %s", name, took)
		}
	}
	if w := b.bring("stock", "", nil, "paste", "a\tb\n1\t2"); w.Code != http.StatusUnprocessableEntity || document(b, w).Find("#m-paste").Length() != 1 {
		t.Errorf("nonsense pasted: %d", w.Code)
	}
}

// TestTablesThatAreTooLargeLeaveNothing: the form comes back and says what to do, just above the limit as far above it, and
// nothing of the file stays.
func TestTablesThatAreTooLargeLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	b := importOffice(t)
	for _, size := range []int{uploadLimit + 1, 30 << 20} {
		w := b.bring("stock", "big.csv", bytes.Repeat([]byte("x"), size))
		page := document(b, w)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(page.Find("#m-file")), "分成几个文件") || page.Find(`.probs a[href="#f-file"]`).Length() != 1 {
			t.Errorf("%d bytes: %d %s", size, w.Code, words(page.Find("main")))
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%d bytes leave %v, %v", size, left, err)
		}
	}
	wantStatus(t, b.bring("nonsense", "big.csv", bytes.Repeat([]byte("x"), 30<<20)), http.StatusRequestEntityTooLarge)
	if list := document(b, b.get("/imports")).Find("#history li"); list.Length() != 0 {
		t.Errorf("history %s", list.Text())
	}
}

// TestBrowsersReadWhyATableIsTooLarge: a browser sends all of a file before it reads the answer.
func TestBrowsersReadWhyATableIsTooLarge(t *testing.T) {
	o := importOffice(t)
	site := httptest.NewServer(o.handler)
	t.Cleanup(site.Close)
	file := filepath.Join(t.TempDir(), "big.csv")
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 30<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newTab(t)
	b.signIn(site.URL, account.Manager)
	b.open(site.URL+"/imports?kind=stock", screens()["desk"])
	b.Upload("#f-file", file)
	b.Click("main form .btn--p")
	b.Wait("#m-file")
	b.Accessible("too large")
}

// TestTemplatesAreNotTakenIn holds that each template has the columns of its kind, and that its example does no harm.
func TestTemplatesAreNotTakenIn(t *testing.T) {
	b := importOffice(t)
	for _, kind := range kindsOf(account.Manager) {
		w := b.get("/imports/" + kind + "/template.xlsx")
		up := store.Upload{Kind: kind, File: kind + ".xlsx", Content: w.Body.Bytes(), Loc: storetest.Shanghai(), Now: b.now(), By: "test", Within: account.Everywhere()}
		r, _, err := b.store.Import(t.Context(), up)
		if err != nil || r.Accepted != 0 || len(r.Rows) != 1 || r.Rows[0].Code != intake.UnknownSection && r.Rows[0].Code != intake.NotOnRoster || len(r.Unknown) > 0 {
			t.Errorf("%s: %+v, %v", kind, r, err)
		}
	}
}

func TestRowsKeptAsideAreDecidedOn(t *testing.T) {
	h := newHands(t)
	const row = "证件号码,姓名,测量时间,体温\n320699199003070013,别名,2022-05-06 07:00,36.5\n3206**********0027,,2022-05-06 07:00,36.5\n810000199001010019,客人,2022-05-06 07:00,36.5\n"
	at := h.bring("temperatures", "t.csv", []byte(row)).Header().Get("Location")
	if w := h.post(at, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", w.Code, w.Body)
	}
	page := h.get("/quarantine")
	h.noNumbers(page)
	doc := document(h, page)
	if n := doc.Find(".imp__bad > li").Length(); n != 3 {
		t.Fatalf("%d rows are kept aside: %s", n, words(doc.Find("main")))
	}
	action := func(code string) string {
		cases, err := h.store.Quarantined(t.Context(), account.Everywhere())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if string(c.Problem.Code) == code {
				return filepath.Join("/quarantine", fmt.Sprint(c.ID))
			}
		}
		t.Fatalf("no case %s", code)
		return ""
	}
	if w := h.post(action("NAME_MISMATCH"), url.Values{"do": {"take"}}); w.Code != http.StatusSeeOther {
		t.Errorf("same person: %d %s", w.Code, w.Body)
	}
	if w := h.post(action("ID_MASKED"), url.Values{"do": {"take"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nobody was chosen: %d", w.Code)
	}
	as := doc.Find(`input[name="as"]`).AttrOr("value", "")
	if w := h.post(action("ID_MASKED"), url.Values{"do": {"take"}, "as": {as}}); w.Code != http.StatusSeeOther {
		t.Errorf("as %s: %d %s", as, w.Code, words(document(h, w).Find("main")))
	}
	if w := h.post("/quarantine", nil); w.Header().Get("Location") != "/quarantine?done=retried&taken=0&left=1" {
		t.Errorf("all again: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := h.post(action("NOT_ON_ROSTER"), url.Values{"do": {"dismiss"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", w.Code)
	}
	if w := h.post(action("NOT_ON_ROSTER"), url.Values{"do": {"dismiss"}, "reason": {"访客"}}); w.Code != http.StatusSeeOther {
		t.Errorf("dismissed: %d", w.Code)
	}
	if n := document(h, h.get("/quarantine")).Find(".imp__bad > li").Length(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if rows := h.rows("temperatures", "36.5"); len(rows) != 2 {
		t.Errorf("taken in: %v", rows)
	}
}

// TestImportsInTheBrowser counts the clicks from the first page to the roster that is in, and looks at the pages.
func TestImportsInTheBrowser(t *testing.T) {
	o := importOffice(t)
	site := httptest.NewServer(o.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.Manager)
	clicks := 0
	click := func(selector, then string) { t.Helper(); b.Click(selector); clicks++; b.Wait(then) }
	b.open(site.URL+"/sections", [2]int64{1440, 900})
	click(`a[href="/imports"]`, ".imp__kinds")
	click(`a[href="/imports?kind=roster"]`, "#f-file")
	file, err := filepath.Abs(officeFiles + "02实名制花名册.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	b.Shot("imports")
	b.Upload("#f-file", file)
	clicks += 2 // the dialog of the browser: the file, and open
	click("main form .btn--p", ".imp__go")
	b.Accessible("preview")
	b.nothing("preview sticks out", tooWide)
	b.Shot("preview")
	click(".imp__go .btn--p", `.imp__go a[href="/imports?kind=roster"]`)
	if clicks > 6 {
		t.Errorf("%d clicks", clicks)
	}
	b.Accessible("batch")
	b.Shot("batch")
	for name, address := range map[string]string{"imports": "/imports?kind=results", "quarantine": "/quarantine"} {
		for _, size := range [][2]int64{{1440, 900}, {390, 844}, {320, 640}} {
			b.open(site.URL+address, size)
			b.nothing(name+" sticks out", tooWide)
			b.Shot(name + fmt.Sprint(size[0]))
		}
		b.Accessible(name)
	}
}
