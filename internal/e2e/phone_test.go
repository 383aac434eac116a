package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fugong/internal/browsertest"
)

const here = "127.0.0.1"

// TestNormalDay: nothing has changed, the drawn photos are taken: at most 16 taps, and nothing typed but the heads.
func TestNormalDay(t *testing.T) {
	p := calmPhone(t, here)
	p.Slow()
	p.checklist()
	before := p.Taps()
	for _, n := range []string{"A2.2", "A2.3", "A4.1"} {
		field := `[name="number.` + n + `"]`
		p.Tap(field)
		p.Press(browsertest.Eval[string](p.Page, `document.querySelector('`+field+`').dataset.known || '3'`))
	}
	photos := p.evidence(snapshot(t, 1200, 900))
	for _, step := range browsertest.Eval[[]string](p.Page, `[...document.querySelectorAll('[data-bulk]:not([hidden])')].map(b => b.dataset.bulk)`) {
		p.Tap(`[data-bulk="` + step + `"]`)
	}
	const left = `[...document.querySelectorAll('fieldset.ask')].filter(f => !f.querySelector('[data-typed], .chk-o:checked')).map(f => f.id)`
	alone := browsertest.Eval[[]string](p.Page, left)
	for _, item := range alone {
		p.Tap(`#` + item + ` label.o`)
	}
	p.Tap(`.dock button[value="review"]`)
	p.Shot("review")
	p.Tap(`#chk-look [data-act="submit"]`)
	p.arrived(photos)
	p.Wait(`html[data-report="sent"]`)
	p.Shot("arrived")
	if taps := p.Taps() - before; taps > 16 {
		t.Errorf("a normal day takes %d taps, with %d photos and %q by themselves", taps, photos, alone)
	}
}

// TestPutAway: what was confirmed together is put away and comes back at a tap; what is left, and known figures, stay in sight.
func TestPutAway(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	if shut := browsertest.Eval[bool](p.Page, `[...document.querySelectorAll('.chk-fold')].every(d => !d.open && d.querySelectorAll('b').length === d.querySelectorAll('input').length)`); !shut {
		t.Error("known figures are not in a line of their own")
	}
	p.Do(`document.querySelectorAll('#checklist input[data-typed]').forEach(n => { n.value = '3'; n.dispatchEvent(new Event('input', {bubbles: true})) })`)
	step := browsertest.Eval[string](p.Page, `document.querySelector('[data-bulk]:not([hidden])').dataset.bulk`)
	p.Tap(`[data-bulk="` + step + `"]`)
	counts := `(how => [...document.querySelectorAll('#s-` + step + ` .ask')].filter(f => !f.hidden && (f.querySelector('[name^="how."]').value === 'bulk') === how && (f.offsetParent === null) === how).length)`
	bulk := browsertest.Eval[int](p.Page, counts+`(true)`)
	if wrong := browsertest.Eval[int](p.Page, `document.querySelectorAll('#s-`+step+` .ask:not([hidden])').length - `+counts+`(true) - `+counts+`(false)`); bulk == 0 || wrong != 0 {
		t.Errorf("%d items confirmed together are put away, and %d are where they should not be", bulk, wrong)
	}
	p.Tap(`#s-` + step + ` [data-fold]`)
	if left := browsertest.Eval[int](p.Page, counts+`(true)`); left != 0 {
		t.Errorf("%d items stay away", left)
	}
}

// TestOfflineAndBack: what is filled in, photographed from 12 megapixels and handed in without a network arrives once there is one.
func TestOfflineAndBack(t *testing.T) {
	p := newPhone(t, here)
	p.Slow()
	p.checklist()
	p.Offline(true)
	p.fill()
	photos := p.evidence(snapshot(t, 4000, 3000))
	p.handIn()
	p.Wait(`html[data-report="waiting"][data-waiting="1"]`)
	p.Shot("waiting")
	if n := p.sent.Load(); n != 0 {
		t.Errorf("%d reports left without a network", n)
	}
	p.Offline(false)
	p.arrived(photos)
}

// TestAnswersLost: the program has the report but its answer is lost, twice: it is sent again and there is one report.
func TestAnswersLost(t *testing.T) {
	p := newPhone(t, here)
	p.Slow()
	p.checklist()
	p.lost.Store(2)
	p.fill()
	photos := p.evidence(snapshot(t, 800, 600))
	p.handIn()
	p.Wait(`html[data-report="waiting"]`)
	p.Until("a third sending", func() bool { p.Do(`dispatchEvent(new Event('online'))`); return p.sent.Load() >= 3 })
	p.arrived(photos)
}

// TestTabKilled: a closed tab loses nothing, not even without a network, where the worker opens the page again.
func TestTabKilled(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	p.Until("the page kept", func() bool {
		return browsertest.Eval[bool](p.Page, `caches.match('`+p.path()+`').then(kept => !!kept)`)
	})
	first := p.Page
	p.Page = first.Tab()
	p.Phone()
	p.checklist()
	p.fill()
	p.Fill(`[name="number.A2.2"]`, "13")
	photos := p.evidence(snapshot(t, 800, 600))
	p.Wait(`#checklist[data-saved]`)
	p.Until("the last of it is kept", func() bool {
		return browsertest.Eval[bool](p.Page, `new Promise(done => { const r = indexedDB.open('fugong'); r.onsuccess = () => {
			const g = r.result.transaction('draft').objectStore('draft').getAll();
			g.onsuccess = () => { r.result.close(); done(g.result.some(d => d.form.some(f => f[0] === 'number.A2.2' && f[1] === '13'))) } } })`)
	})
	p.Close()
	p.Page = first.Tab()
	p.Phone()
	p.cut.Store(true)
	p.checklist()
	p.Wait(`html[data-kept]`)
	if got := browsertest.Eval[string](p.Page, `document.querySelector('[name="number.A2.2"]').value`); got != "13" {
		t.Errorf("the number is %q again", got)
	}
	p.Wait(`.shot[data-photo]`)
	p.handIn()
	p.Wait(`html[data-report="waiting"]`)
	p.cut.Store(false)
	p.Do(`dispatchEvent(new Event('online'))`)
	p.arrived(photos)
}

// TestTwoTabs: both tabs send what waits, and there is one report.
func TestTwoTabs(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	p.Offline(true)
	p.fill()
	photos := p.evidence(snapshot(t, 800, 600))
	p.handIn()
	p.Wait(`html[data-waiting="1"]`)
	other := p.Tab()
	other.Open(p.base + p.path())
	p.Offline(false)
	other.Wait(`html[data-waiting="0"]`)
	other.Wait(`html[data-report="sent"]`) // it was waiting when the tab was opened, and waits no more
	p.arrived(photos)
}

// TestSessionOver: the report stays, says so, and goes once its writer has signed in again, where he was.
func TestSessionOver(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	p.fill()
	photos := p.evidence(snapshot(t, 800, 600))
	p.Wait(`html[data-photos="0"]`)
	if err := live.app.SetPassword(t.Context(), p.name, password); err != nil { // which ends the sessions
		t.Fatal(err)
	}
	p.handIn()
	p.Wait(`.pho-line[data-kind="login"]`)
	p.Shot("session")
	p.Wait(`html[data-waiting="1"]`)
	p.Tap(`.pho-line[data-kind="login"] a`)
	p.enter()
	p.Until("the page one was on", func() bool { return p.Path() == p.path() })
	p.arrived(photos)
}

// TestRefused: what the program does not accept stays with the reason, is put right and arrives.
func TestRefused(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	p.fill()
	photos := p.evidence(snapshot(t, 800, 600))
	p.Tap(`#i-G1 label.x`)
	p.Do(`(r => r && r.click())(document.querySelector('[name="reason.G1"]'))`)
	p.Do(fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event('input', {bubbles: true})) })(document.querySelector('[name="remark.G1"]'))`, strings.Repeat("食", 501)))
	p.handIn()
	p.Wait(`html[data-fixing="1"]`)
	if why := p.Text(`.pho-line[data-kind="fix"] span`); !strings.Contains(why, "500") {
		t.Errorf("the reason is %q", why)
	}
	p.Shot("refused")
	if n := p.reports(); n != 0 {
		t.Errorf("%d reports arrived", n)
	}
	p.Tap(`.pho-line[data-kind="fix"] button`)
	p.Wait(`html[data-ready='1'][data-fixing="0"]`)
	p.Fill(`[name="remark.G1"]`, "分三批就餐，由李示例今日落实")
	p.handIn()
	p.arrived(photos)
}

// TestPlain: without TLS there is no worker, no lock and no randomUUID, and nothing is lost.
func TestPlain(t *testing.T) {
	p := newPhone(t, browsertest.Plain)
	p.checklist()
	p.Offline(true)
	p.fill()
	photos := p.evidence(snapshot(t, 800, 600))
	p.handIn()
	p.Wait(`html[data-waiting="1"]`)
	p.Offline(false)
	p.arrived(photos)
}

// TestLeaving: signing out asks before it wipes what has not arrived, and then leaves nothing.
func TestLeaving(t *testing.T) {
	p := newPhone(t, browsertest.Plain)
	p.checklist()
	p.Offline(true)
	p.fill()
	p.evidence(snapshot(t, 800, 600))
	p.handIn()
	p.Wait(`html[data-waiting="1"]`)
	p.lost.Store(1 << 20)
	p.Offline(false)
	p.Open(p.base + "/account")
	p.Wait(`html[data-waiting="1"]`)
	p.Do(`self.confirm = text => { document.documentElement.dataset.asked = text; return false }`)
	p.Tap(`form[action="/logout"] button`)
	p.Wait(`html[data-asked*="1"]`)
	p.Do(`self.confirm = () => true`)
	p.Tap(`form[action="/logout"] button`)
	p.Until("the sign-in form", func() bool { return strings.HasPrefix(p.Path(), "/login") })
	left := browsertest.Eval[int](p.Page, `new Promise(done => { const r = indexedDB.open('fugong', 1); r.onupgradeneeded = () => done(0);
		r.onsuccess = () => { const g = r.result.transaction('outbox').objectStore('outbox').count(); g.onsuccess = () => done(g.result) } })`)
	if left != 0 {
		t.Errorf("%d reports are left on the phone", left)
	}
}

// TestBadPhoto: a file that is no picture is refused, says so, and holds up nothing else.
func TestBadPhoto(t *testing.T) {
	p := newPhone(t, here)
	p.checklist()
	p.fill()
	bad := filepath.Join(t.TempDir(), "坏.jpg")
	if err := os.WriteFile(bad, []byte("no picture at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	photos := p.evidence(snapshot(t, 800, 600))
	p.Photograph(`fieldset[data-drawn] .shot--add`, bad)
	p.Wait(`.shot[data-state="refused"]`)
	p.Shot("refused")
	p.handIn()
	p.arrived(photos)
}
