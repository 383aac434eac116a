package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/browsertest"
	"fugong/internal/locale"
	"fugong/internal/schedule"
	"fugong/internal/store/storetest"
)

// gallery holds pages that the program answered with, to be looked at in a browser without the way that leads to it.
type gallery map[string]*httptest.ResponseRecorder

// everyPage gallery with each page file at least once.
func everyPage(t *testing.T, lang locale.Lang) (gallery, *office) {
	t.Helper()
	f := handedIn(t)
	for _, table := range [][2]string{{"areas", handAreas}, {"rooms", handRooms}, {"stays", handStays},
		{"results", "证件号码,采样时间,检测结果,采样管编号,混采人数\n320699199003070013,2022-05-06 07:00,,T1,10"}} {
		storetest.Import(t, f.store, table[0], table[1])
	}
	f.judge()
	pages := gallery{}
	as := func(name string) *browser {
		b := f.enter(name)
		b.header.Set("Accept-Language", string(lang))
		return b
	}
	for role, addresses := range map[account.Role][]string{
		account.District: {"/sections", "/sections?flagged=1", "/sections/XY-01", "/totals", "/register", "/zones", "/documents", "/policies", "/policies/epidemic-2022/1",
			"/audit", "/runs", "/verify", "/nosuch", "/confirm"},
		account.Manager: {"/", "/account", "/account/totp", "/diag", "/styleguide", checklistOf, "/sections/XY-01/checklists", "/sections/XY-01/checklists/2022-05-06",
			"/sections/XY-01/areas", gatePage, "/sections/XY-01/beds", "/sections/XY-01/beds/1", "/sections/XY-01/people", "/sections/XY-01/people/new",
			"/sections/XY-01/workers/1/number", "/sections/XY-01/tubes", "/sections/XY-01/tubes/new", "/sections/XY-01/tubes/T1", "/sections/XY-01/temperatures", "/imports",
			"/quarantine"},
		account.Admin: {"/users", "/users/1"},
	} {
		for _, address := range addresses {
			pages[address] = as(string(role)).get(address)
		}
	}
	f.besides(t, pages, as)
	return pages, f.office
}

// besides adds the pages to which no plain address leads.
func (f *filling) besides(t *testing.T, pages gallery, as func(string) *browser) {
	t.Helper()
	storetest.Import(t, f.store, "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,G1,2022-05-06 07:00,酒精")
	pages["/sections/XY-01/areas/G1/disinfect?fix"] = as(string(account.Manager)).get(gatePage + "?fix=" + fixName(storetest.At("2022-05-06 07:00")))
	f.hire("street", account.Inspector, account.Scope{Streets: []string{"学苑街道"}})
	f.ran("full", schedule.Outcome{Judged: 3, Failed: 1})
	pages["/runs of a street"] = as("street").get("/runs")
	stranger := as(string(account.District))
	stranger.cookies = map[string]string{}
	pages["/login"], pages["/v"] = stranger.get("/login"), stranger.get("/v/0192f0c1-7c1e-7cc0-8000-000000000000")
	pages["/login again"] = stranger.post("/login", url.Values{"username": {"district"}, "password": {"wrong"}})
	manager := as(string(account.Manager))
	f.manager.header = manager.header
	pages["/review"] = f.send(f.usual(checklistOf), "review")
	content, err := os.ReadFile(officeFiles + "02实名制花名册.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	at := f.working(pages, manager, content)
	pages["/upload"] = manager.get(at)
	pages["/batch"] = manager.get(manager.post(at, url.Values{}).Header().Get("Location"))
	u, err := f.store.UserByName(t.Context(), string(account.District))
	if err != nil {
		t.Fatal(err)
	}
	if stranger.cookies[sessionName], err = f.store.StartSession(t.Context(), u, account.SessionInfo{Pending: true}, audit.Act{}, f.now()); err != nil {
		t.Fatal(err)
	}
	pages["/login/code"] = stranger.get("/login/code")
	stranger.cookies = map[string]string{}
	token := manager.actor().FormToken
	manager.cookies = map[string]string{}
	pages["/shut"] = manager.bring("results", "检测.csv", content, formTokenName, token, "paste", "证件号码,采样时间,检测结果")
	passing := fieldsOf(document(t, pages["/shut"]))
	passing.Set("password", goodPassword)
	pages["/back"] = manager.post("/login", passing)
	pages["/shut large"] = manager.bring("results", "", nil, formTokenName, token, "paste", strings.Repeat("a", unsentLimit))
	empty := newOffice(t)
	link, err := empty.store.CreateLink(t.Context(), audit.Act{Actor: "test"}, empty.now())
	if err != nil {
		t.Fatal(err)
	}
	first := empty.browser()
	first.header.Set("Accept-Language", manager.header.Get("Accept-Language"))
	pages["/setup"] = first.get("/setup?token=" + link)
}

// working brings a roster and adds the page that shows how far its check has come; it gives where the file is when that is done.
func (f *filling) working(pages gallery, b *browser, roster []byte) string {
	f.options.Patience = time.Nanosecond
	f.rebuild(Routes())
	g := newGate(f.options.Works, 1)
	at := b.bring("roster", "花名册.xlsx", roster).Header().Get("Location")
	<-g.held
	pages["/working"] = b.get(at)
	g.open()
	(&stage{browser: b}).until(at)
	f.options.Patience, f.options.Works.told = 0, nil
	f.rebuild(Routes())
	return at
}

// serve shows what was kept at its address behind /shown.
func (s gallery) serve(rest http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		kept, ok := s[strings.TrimPrefix(r.URL.Path, "/shown")]
		if !ok {
			rest.ServeHTTP(w, r)
			return
		}
		for _, name := range []string{"Content-Type", "Content-Security-Policy"} {
			w.Header().Set(name, kept.Header().Get(name))
		}
		_, _ = w.Write(kept.Body.Bytes())
	}
}

// TestTheLitTabIsInSight on a phone that shows some of the tabs, in a browser in which the stylesheet does not see to it.
func TestTheLitTabIsInSight(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	pages := gallery{"/runs": o.enter("district").get("/runs"), "/account": o.enter("manager").get("/account")}
	site := httptest.NewServer(pages.serve(o.handler))
	t.Cleanup(site.Close)
	b := newTab(t)
	b.open(site.URL+"/shown/runs", [2]int64{320, 844})
	const out = `document.querySelector('.tab[aria-current]').getBoundingClientRect().right > innerWidth`
	b.Do(`document.querySelector('.tabs').scrollLeft = 0`)
	if !browsertest.Eval[bool](b.Page, out) {
		t.Fatal("the tabs fit: nothing is tested")
	}
	browsertest.Eval[bool](b.Page, `import(document.querySelector('script[src*="/tabs"]').src + '?again').then(() => true)`)
	if browsertest.Eval[bool](b.Page, out) {
		t.Error("the lit tab stays out of sight")
	}
	if b.open(site.URL+"/shown/account", [2]int64{320, 844}); b.Has(`script[src*="/tabs"]`) {
		t.Error("a page whose tabs fit loads what scrolls them")
	}
}

// TestEveryPageIsAccessible opens each page file in each language: nothing sticks out or out of its card on a phone, on a tablet and on a desk, and
// on the phone and on the desk nothing keeps people out, in the light and in the dark. Dark is tokens and nothing else, which
// TestDesignTokens holds: what does not look at colours finds the same in both, and runs in the light.
func TestEveryPageIsAccessible(t *testing.T) {
	for _, lang := range locale.Languages() {
		t.Run(string(lang), func(t *testing.T) {
			pages, o := everyPage(t, lang)
			site := httptest.NewServer(pages.serve(o.handler))
			t.Cleanup(site.Close)
			opened := map[string]bool{}
			for few := range slices.Chunk(slices.Sorted(maps.Keys(pages)), 10) { // a tab does not live for all of them
				b := newTab(t)
				for _, address := range few {
					b.open(site.URL+"/shown"+(&url.URL{Path: address}).EscapedPath(), [2]int64{320, 844})
					opened[b.finds(`[document.documentElement.dataset.page]`)[0]] = true
					b.accessible(address)
				}
			}
			for name := range samples() {
				if !opened[name] {
					t.Errorf("pages/%s.html was not opened", name)
				}
			}
		})
	}
}

// accessible looks at the page that is open at each width and in each theme, without loading it again.
func (b *tab) accessible(where string) {
	b.Helper()
	for _, width := range widths() {
		b.Size(width, 844)
		at := fmt.Sprintf("%s at %d", where, width)
		b.nothing(at+" sticks out", tooWide)
		b.nothing(at+" runs out of its card", offCard)
	}
	for _, size := range screens() {
		at := fmt.Sprintf("%s at %d", where, size[0])
		b.Size(size[0], size[1])
		b.Shot(fmt.Sprintf("%s-%d", strings.Trim(strings.NewReplacer("/", "-", "?", "-", "&", "-").Replace(where), "-"), size[0]))
		for _, dark := range []bool{false, true} {
			b.Dark(dark)
			look := b.Axe
			if dark {
				look = b.AxeColours
			}
			for _, v := range look() {
				b.Errorf("%s, dark: %t: %s", at, dark, v)
			}
		}
	}
}
