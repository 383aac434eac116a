package web_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/paper"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/sheet/sheettest"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/web"
	"fugong/templates"
)

// desk is the program as a browser sees it, with two sections on two streets, at 08:00 on 2022-05-06.
type desk struct {
	*testing.T
	handler  http.Handler
	store    *store.Store
	printer  *printing.Printer
	sections []site.SectionID
	now      calendar.Instant
}

const deskBase = "https://fugong.example"

func onBoth(t *testing.T, test func(d *desk)) {
	t.Helper()
	storetest.EachDSN(t, func(t *testing.T, dsn string) { test(newDesk(t, dsn)) })
}

func newDesk(t *testing.T, dsn string) *desk {
	t.Helper()
	keys := storetest.Keys(t)
	d := &desk{T: t, store: storetest.Open(t, dsn, keys), now: storetest.At("2022-05-06 08:00")}
	d.sections = storetest.Import(t, d.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道,项目负责人
		XY,学苑示范项目,XY-01,一标段,学苑街道,陈建国
		XY,学苑示范项目,XY-02,二标段,青山街道,陈建国`)
	storetest.Import(t, d.store, "roster", `标段编号,姓名,证件号码,进场时间
		XY-01,王小明,320699199003070013,2022-05-01 08:00`)
	clock := func() calendar.Instant { return d.now }
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	drawn, err := sheet.NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	judge := &evaluation.Evaluator{Ledger: d.store, Loc: storetest.Shanghai(), Now: clock, Log: log}
	d.printer = &printing.Printer{Store: d.store, Evaluator: judge, Paper: drawn, Loc: storetest.Shanghai(), Now: clock, Signer: keys, Base: deskBase}
	d.handler, err = web.New(web.Options{Store: d.store, Evaluator: judge, Printer: d.printer,
		Album: album.New(d.store, keys, filepath.Join(t.TempDir(), "photos"), clock), Hasher: account.NewHasher(1), Templates: templates.Files,
		Loc: storetest.Shanghai(), Now: clock, Clock: func() time.Time { return time.Unix(0, 0) }, Log: log, Ready: func(*http.Request) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// enter signs a new user in and gives the session's cookie.
func (d *desk) enter(name string, role account.Role, scope account.Scope) *http.Cookie {
	d.Helper()
	u, err := d.store.AddUser(d.Context(), account.NewUser{Name: name, Role: role, Scope: scope, Hash: "$hash"}, audit.Act{Actor: "test"}, d.now)
	if err != nil {
		d.Fatal(err)
	}
	token, err := d.store.StartSession(d.Context(), u, account.SessionInfo{}, audit.Act{Actor: name}, d.now)
	if err != nil {
		d.Fatal(err)
	}
	return &http.Cookie{Name: "fugong", Value: token}
}

func (d *desk) ask(method, target string, cookie *http.Cookie, form url.Values) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), method, target, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *desk) get(target string, cookie *http.Cookie) *httptest.ResponseRecorder {
	d.Helper()
	return d.ask(http.MethodGet, target, cookie, nil)
}

// issue issues a paper and gives it with the address on it, without the host.
func (d *desk) issue(section site.SectionID) (issued paper.Paper, address string) {
	d.Helper()
	issued, err := d.printer.Issue(d.Context(), printing.IssueOrder{Within: account.Everywhere(), Section: section, Copy: sheet.Internal,
		Act: audit.Act{Actor: "li", Role: "inspector"}})
	if err != nil {
		d.Fatal(err)
	}
	link, err := issued.Link(deskBase)
	if err != nil {
		d.Fatal(err)
	}
	address, _, _ = strings.Cut(strings.TrimPrefix(link, deskBase), "#") // what a browser sends
	return issued, address
}

func (d *desk) expect(w *httptest.ResponseRecorder, status int, says ...string) {
	d.Helper()
	if w.Code != status {
		d.Errorf("status %d, want %d", w.Code, status)
	}
	for _, want := range says {
		if !strings.Contains(w.Body.String(), want) {
			d.Errorf("the page does not say %q", want)
		}
	}
}

func (d *desk) silent(w *httptest.ResponseRecorder, secrets ...string) {
	d.Helper()
	for _, secret := range secrets {
		if strings.Contains(w.Body.String(), secret) {
			d.Errorf("the page tells %q", secret)
		}
	}
}

// TestVerificationPage scans the code of an issued paper and reads what a stranger sees.
func TestVerificationPage(t *testing.T) {
	onBoth(t, func(d *desk) {
		issued, address := d.issue(d.sections[0])
		if scanned := sheettest.Code(d, issued.PDF); !strings.HasPrefix(scanned, deskBase+address+"#") {
			d.Errorf("the code on the paper leads to %q, not to %q", scanned, address)
		}
		w := d.get(address, nil)
		d.expect(w, http.StatusOK, "<b>有效</b>", "复核〔2022〕第000001号", "一标段", "不符合", "2022-05-06 08:00", "检查人员", "在场 1 人", paper.Words(issued.Hash),
			"epidemic-2022", "fugong.example")
		d.silent(w, "王小明", "陈建国", "0013", "3206", "内容不一致")
		if len(w.Result().Cookies()) > 0 || w.Header().Get("Cache-Control") != "no-store" {
			d.Errorf("headers %v", w.Header())
		}
	})
}

func TestWrongProofIsTold(t *testing.T) {
	onBoth(t, func(d *desk) {
		issued, address := d.issue(d.sections[0])
		_, foreign := d.issue(d.sections[1])
		page, _, _ := strings.Cut(address, "?")
		_, proof, _ := strings.Cut(foreign, "?")
		for _, target := range []string{page, page + "?h=", page + "?h=x", page + "?" + proof, address + "x", page + "?h=" + paper.Words(issued.Hash)[:4]} {
			w := d.get(target, nil)
			d.expect(w, http.StatusOK, "<b>内容不一致</b>")
			d.silent(w, "<b>有效</b>")
		}
	})
}

// TestTransplantedCode: a code cut out of another section's paper leads to what that one says.
func TestTransplantedCode(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.issue(d.sections[0])
		_, foreign := d.issue(d.sections[1])
		w := d.get(foreign, nil)
		d.expect(w, http.StatusOK, "二标段", "XY-02", "复核〔2022〕第000002号")
		d.silent(w, "一标段", "XY-01", "第000001号")
	})
}

func TestSupersededAndRevokedAreShown(t *testing.T) {
	onBoth(t, func(d *desk) {
		old, oldAddress := d.issue(d.sections[0])
		d.now = storetest.At("2022-05-06 09:30")
		next, nextAddress := d.issue(d.sections[0])
		d.expect(d.get(oldAddress, nil), http.StatusOK, "<b>已被取代</b>", "2022-05-06 09:30", old.Content.Number)
		d.expect(d.get(nextAddress, nil), http.StatusOK, "<b>有效</b>")
		d.now = storetest.At("2022-05-06 10:45")
		if err := d.store.RevokePaper(d.Context(), next.Content.ID, "王小明反映有误", audit.Act{Actor: "zhao"}, d.now); err != nil {
			d.Fatal(err)
		}
		w := d.get(nextAddress, nil)
		d.expect(w, http.StatusOK, "<b>已撤销</b>", "2022-05-06 10:45")
		d.silent(w, "王小明", "<b>有效</b>")
	})
}

// TestGuessesFindNothing tries a thousand ids and what is no id at all: each answer is the same, and none is a paper.
func TestGuessesFindNothing(t *testing.T) {
	d := newDesk(t, t.TempDir()+"/fugong.db")
	issued, _ := d.issue(d.sections[0])
	guesses := []string{"x", "..%2f", strings.Repeat("A", 22), strings.Repeat("A", 4000), issued.Content.ID[:21] + "%20", strings.ToLower(issued.Content.ID) + "a"}
	for i := range 1000 {
		guesses = append(guesses, paper.IDFrom([16]byte{byte(i), byte(i >> 8)}))
	}
	var first string
	for i, id := range guesses {
		if i%100 == 0 {
			d.now += calendar.Instant(2 * time.Minute / time.Microsecond) // a patient guesser
		}
		w := d.get("/v/"+id+"?h="+paper.Proof(issued.Hash), nil)
		if first == "" {
			first = w.Body.String()
		}
		if w.Code != http.StatusNotFound || w.Body.String() != first {
			d.Fatalf("guess %s: %d, other answer: %v", id, w.Code, w.Body.String() != first)
		}
	}
	d.expect(d.get("/v/x", nil), http.StatusNotFound, "没有这份核查表")
}

func TestImpatientGuesserIsHeld(t *testing.T) {
	d := newDesk(t, t.TempDir()+"/fugong.db")
	for range 200 {
		if d.get("/v/"+strings.Repeat("A", 22), nil).Code == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("200 guesses within a minute were all answered")
}

func TestReportKeysVerifyTheCode(t *testing.T) {
	onBoth(t, func(d *desk) {
		issued, _ := d.issue(d.sections[0])
		w := d.get("/.well-known/report-keys.json", nil)
		var published struct {
			Format string
			Keys   []struct {
				ID     string `json:"id"`
				Public string `json:"public_key"`
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &published); err != nil || published.Format != paper.Format {
			d.Fatalf("%s, %v", w.Body, err)
		}
		for _, key := range published.Keys {
			raw, err := base64.StdEncoding.DecodeString(key.Public)
			if err != nil {
				d.Fatal(err)
			}
			if key.ID == issued.KeyID && issued.Verify(map[string]ed25519.PublicKey{key.ID: raw}) == nil {
				return
			}
		}
		d.Errorf("no published key verifies the paper: %s", w.Body)
	})
}

// TestIssuingFromThePage issues by the form of the section's page, twice with the same key, and downloads what was stored.
func TestIssuingFromThePage(t *testing.T) {
	onBoth(t, func(d *desk) {
		inspector := d.enter("li", account.Inspector, account.Scope{Streets: []string{"学苑街道"}})
		d.expect(d.get("/sections/XY-01", inspector), http.StatusOK, "签发核查表", "还没有签发过")
		form := url.Values{"key": {"0190f5e8-0000-7000-8000-000000000001"}, "copy": {"internal"}}
		for range 2 {
			w := d.ask(http.MethodPost, "/sections/XY-01/sheet", inspector, form)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sections/XY-01#papers" {
				d.Fatalf("status %d, location %q: %s", w.Code, w.Header().Get("Location"), w.Body)
			}
		}
		papers, err := d.store.Papers(d.Context(), account.Everywhere(), d.sections[0], 10)
		if err != nil || len(papers) != 1 || papers[0].IssuedBy != "li" || papers[0].Content.IssuerRole != "inspector" {
			d.Fatalf("papers %+v, %v", papers, err)
		}
		id := papers[0].Content.ID
		d.expect(d.get("/sections/XY-01", inspector), http.StatusOK, "/papers/"+id+".pdf", "第000001号")
		first, second := d.get("/papers/"+id+".pdf", inspector), d.get("/papers/"+id+".pdf", inspector)
		if first.Code != http.StatusOK || paper.HashOf(first.Body.Bytes()) != papers[0].PDFHash || !bytes.Equal(first.Body.Bytes(), second.Body.Bytes()) {
			d.Error("the download is not what was stored")
		}
		form.Set("copy", "posted")
		d.expect(d.ask(http.MethodPost, "/sections/XY-01/sheet", inspector, form), http.StatusConflict)
		form.Del("key")
		d.expect(d.ask(http.MethodPost, "/sections/XY-01/sheet", inspector, form), http.StatusUnprocessableEntity)
	})
}

// TestWhoMayIssueAndRead walks the roles over the paper of a section.
func TestWhoMayIssueAndRead(t *testing.T) {
	onBoth(t, func(d *desk) {
		mine, _ := d.issue(d.sections[0])
		own := account.Scope{Sections: []string{"XY-01"}}
		for i, c := range []struct {
			role        account.Role
			scope       account.Scope
			issue, read int
		}{
			{account.Inspector, own, 303, 200},
			{account.Inspector, account.Scope{Streets: []string{"青山街道"}}, 404, 404},
			{account.District, account.Everywhere(), 303, 200},
			{account.Manager, own, 403, 200},
			{account.Manager, account.Scope{Sections: []string{"XY-02"}}, 403, 404},
			{account.Leader, account.Everywhere(), 403, 403},
			{account.Health, account.Everywhere(), 403, 403},
			{account.Admin, account.Everywhere(), 403, 403},
		} {
			cookie := d.enter(fmt.Sprint("user", i), c.role, c.scope)
			form := url.Values{"key": {fmt.Sprintf("0190f5e8-0000-7000-8000-%012d", i)}}
			if w := d.ask(http.MethodPost, "/sections/XY-01/sheet", cookie, form); w.Code != c.issue {
				d.Errorf("%s %v issues: %d, want %d", c.role, c.scope, w.Code, c.issue)
			}
			if w := d.get("/papers/"+mine.Content.ID+".pdf", cookie); w.Code != c.read {
				d.Errorf("%s %v reads: %d, want %d", c.role, c.scope, w.Code, c.read)
			}
		}
		if w := d.get("/papers/"+mine.Content.ID+".pdf", nil); w.Code != http.StatusSeeOther {
			d.Errorf("a stranger reads: %d", w.Code)
		}
	})
}
