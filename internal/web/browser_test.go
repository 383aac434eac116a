package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/browsertest"
	"fugong/internal/store/storetest"
)

var chromium browsertest.Chromium

func TestMain(m *testing.M) { chromium.Main(m) }

// screens are the sizes at which pages are looked at: a phone in a hand and a desk.
func screens() map[string][2]int64 {
	return map[string][2]int64{"phone": {390, 844}, "desk": {1440, 900}}
}

// tab is a page of a site with the users of these tests.
type tab struct{ *browsertest.Page }

func newTab(t *testing.T) *tab {
	t.Helper()
	return &tab{chromium.Page(t)}
}

// open shows a page in a window of a size.
func (b *tab) open(address string, size [2]int64) {
	b.Helper()
	b.Size(size[0], size[1])
	b.Open(address)
}

// signIn comes in by the form, as a person does.
func (b *tab) signIn(site string, role account.Role) {
	b.Helper()
	b.open(site+"/login", screens()["phone"])
	b.Fill(`main input[name="username"]`, string(role))
	b.Fill(`main input[name="password"]`, goodPassword)
	b.Click(`main button[type="submit"]`)
	b.Wait(`nav.tabs`)
}

func (b *tab) signOut() {
	b.Helper()
	b.Click(`form[action="/logout"] button`)
	b.Wait(`main input[name="password"]`)
}

// finds gives the texts that a script finds on the page.
func (b *tab) finds(script string) []string {
	b.Helper()
	return browsertest.Eval[[]string](b.Page, script)
}

// tooWide lists what sticks out of the window to the right.
const tooWide = `(() => {
	const edge = document.documentElement.clientWidth, out = [];
	if (document.documentElement.scrollWidth > edge) out.push('page: ' + document.documentElement.scrollWidth);
	for (const e of document.querySelectorAll('main *')) {
		const r = e.getBoundingClientRect();
		if (r.width && r.right > edge + 1 && !e.closest('.scroll-x, .vh') && getComputedStyle(e).clipPath === 'none' && !e.closest('thead'))
			out.push(e.tagName + '.' + e.className + ': ' + Math.round(r.right));
	}
	return out.slice(0, 5);
})()`

// widths are those of phones, tablets and desks at which nothing may stick out.
func widths() []int64 { return []int64{320, 390, 800, 1024, 1100, 1280, 1366, 1440} }

// offCard lists what runs out of its card to the right, so that it lies on the page or under the card beside it.
const offCard = `(() => {
	const out = [], hidden = head => head && getComputedStyle(head).clipPath !== 'none';
	for (const card of document.querySelectorAll('.card')) {
		const edge = card.getBoundingClientRect().right;
		for (const e of card.querySelectorAll('*')) {
			const r = e.getBoundingClientRect();
			if (r.width > 1 && r.right > edge + 1 && !e.closest('.scroll-x, .vh, svg') && !hidden(e.closest('thead'))) out.push(e.tagName + '.' + e.className + ': ' + Math.round(r.right - edge));
		}
	}
	return out.slice(0, 5);
})()`

// muddled lists texts that lie over each other or are squeezed into a column of single characters.
const muddled = `(() => {
	const out = [];
	for (const block of document.querySelectorAll('.crit, .okrow, .kpi, .hd, tbody tr, .flags li')) {
		const parts = [...block.children].map(e => [e, e.getBoundingClientRect()]).filter(p => p[1].width && p[1].height);
		for (const [i, [a, ra]] of parts.entries()) {
			const text = a.textContent.trim();
			if (text.length > 3 && ra.width < 30) out.push('squeezed: ' + text.slice(0, 20));
			for (const [b, rb] of parts.slice(i + 1))
				if (Math.min(ra.right, rb.right) - Math.max(ra.left, rb.left) > 2 && Math.min(ra.bottom, rb.bottom) - Math.max(ra.top, rb.top) > 2)
					out.push('overlap: ' + a.textContent.trim().slice(0, 20) + ' / ' + b.textContent.trim().slice(0, 20));
		}
	}
	return out.slice(0, 5);
})()`

// tiny lists links and buttons that a thumb would miss; links within a text are read, not hit.
const tiny = `[...document.querySelectorAll('nav.tabs a, .btn, .sel, .in')].filter(e => {
	const r = e.getBoundingClientRect(); return r.width && r.height < 40 && !e.closest('main .card__b')
}).map(e => e.className + ' ' + e.textContent.trim().slice(0, 12) + ': ' + e.getBoundingClientRect().height)`

// TestBrowser opens the pages on a phone and on a desk: nothing sticks out, nothing lies over anything else, and the browser has
// nothing to complain of, least of all a breach of the security policy.
func TestBrowser(t *testing.T) {
	w := newDistrict(t)
	storetest.Import(t, w.store, "roster", `
		标段编号,姓名,证件号码,进场时间,班组
		XY-01,阿卜杜热合曼·阿卜杜克热木江·买买提艾力,32069919910412018X,2022-04-20 08:00,装配式混凝土构件吊装与高处作业综合班组`)
	w.judge()
	site := httptest.NewServer(w.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.tour(site.URL, map[string]string{"login": "/login", "verify": "/v/0192f0c1-7c1e-7cc0-8000-000000000000"})
	b.signIn(site.URL, account.District)
	b.tour(site.URL, map[string]string{"sections": "/sections", "flagged": "/sections?flagged=1", "none": "/sections?verdict=met",
		"section": "/sections/XY-01", "odd": sectionURL(oddCode), "runs": "/runs", "totals": "/totals", "account": "/account", "missing": "/nosuch"})
	b.signOut()
	b.signIn(site.URL, account.Manager)
	b.tour(site.URL, map[string]string{"manager": "/", "manager-section": "/sections/XY-01"})
	b.signOut()
	b.signIn(site.URL, account.Admin)
	b.tour(site.URL, map[string]string{"users": "/users", "user": "/users/1"})
}

// tour opens pages on every screen; only of those that are missing the browser may say so.
func (b *tab) tour(site string, addresses map[string]string) {
	b.Helper()
	for screen, size := range screens() {
		for name, address := range addresses {
			b.open(site+address, size)
			where := name + " on a " + screen
			b.nothing(where+" sticks out", tooWide)
			b.nothing(where+" is muddled", muddled)
			if screen == "phone" {
				b.nothing(where+" is hard to hit", tiny)
			}
			for _, complaint := range b.Heard() {
				if missing := name == "missing" || name == "verify"; !missing || !strings.Contains(complaint, "404") || !strings.Contains(complaint, address) {
					b.Errorf("%s: %s", where, complaint)
				}
			}
			b.Shot(name + "-" + screen)
		}
	}
}

// nothing fails for each text that a script finds.
func (b *tab) nothing(what, script string) {
	b.Helper()
	for _, f := range b.finds(script) {
		b.Errorf("%s: %s", what, f)
	}
}

// TestBrowserFinds plants what the other test looks for: one that finds nothing must be able to find something.
func TestBrowserFinds(t *testing.T) {
	w := newDistrict(t)
	site := httptest.NewServer(w.handler)
	t.Cleanup(site.Close)
	b := newTab(t)
	b.signIn(site.URL, account.District)
	for _, tt := range []struct{ name, plant, script string }{
		{"too wide", `document.querySelector('.crumb').style.width = '3000px'`, tooWide},
		{"off its card", `document.querySelector('.card .crit').style.transform = 'translateX(40px)'`, offCard},
		{"overlap", `document.querySelector('.crit .why').style.marginTop = '-30px'`, muddled},
		{"squeezed", `document.querySelector('.crit .why').style.width = '10px'`, muddled},
		{"tiny", `document.querySelector('.btn').style.minHeight = '20px'`, tiny},
	} {
		b.open(site.URL+"/sections/XY-01", screens()["phone"])
		if b.Do(tt.plant); len(b.finds(tt.script)) == 0 {
			t.Errorf("%s was planted and not found", tt.name)
		}
	}
	b.Heard()
	b.Do(`document.querySelector('main').insertAdjacentHTML('beforeend', '<p style="color:red">x</p><img src="https://elsewhere.example/x.png">')`)
	b.open(site.URL+"/runs", screens()["phone"]) // by when it has said all
	if said := strings.Join(b.Heard(), "\n"); strings.Count(said, "Content Security Policy") < 2 {
		t.Errorf("breaches of the security policy were planted; the browser said %q", said)
	}
}
