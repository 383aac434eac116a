package e2e

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/browsertest"
)

// What an entry at the door of an area may take.
const (
	mostDoorTaps = 4
	mostDoorTime = 15 * time.Second
)

// door is the address that the code at the door of the section's first area leads to, and the area's code.
func (p *phone) door(t *testing.T) (address, area string) {
	t.Helper()
	areas := exported(t, "areas", p.section)
	if len(areas) == 0 {
		t.Fatalf("%s has no areas", p.section)
	}
	area = areas[0][1]
	return p.base + "/sections/" + p.section + "/areas/" + url.PathEscape(area) + "/disinfect", area
}

// logged are the disinfections of an area in which a text stands.
func (p *phone) logged(t *testing.T, area, text string) [][]string {
	t.Helper()
	return slices.DeleteFunc(exported(t, "disinfection", text), func(row []string) bool { return row[0] != p.section || row[1] != area })
}

// TestDisinfectionAtTheDoor: from the code at the door to an entry, the same as last time, on a slow network.
func TestDisinfectionAtTheDoor(t *testing.T) {
	p := newPhone(t, here)
	address, area := p.door(t)
	before := len(p.logged(t, area, today))
	p.Slow()
	begun, first := time.Now(), p.Taps()
	p.Open(address) // the camera reads the code
	p.Tap(`.ent__last a.btn--p`)
	p.Wait(`.ent__ask`)
	p.Tap(`.ent__form button[type="submit"]`)
	p.Wait(`.told`)
	took, taps := time.Since(begun), p.Taps()-first
	p.Shot("done")
	t.Logf("%d taps, %s", taps, took.Round(time.Millisecond))
	if taps > mostDoorTaps || took > mostDoorTime {
		t.Errorf("%d taps, want at most %d; %s, want at most %s", taps, mostDoorTaps, took, mostDoorTime)
	}
	if n := len(p.logged(t, area, today)) - before; n != 1 {
		t.Errorf("%d entries were added, want one", n)
	}
}

// TestSessionOverWhileTyping: an entry is typed on a phone whose session has ended meanwhile. Its writer signs in once, finds what he
// typed, sends it, and it is there once.
func TestSessionOverWhileTyping(t *testing.T) {
	p := newPhone(t, here)
	address, area := p.door(t)
	p.Slow()
	p.Open(address)
	for field, text := range map[string]string{"agent": "含氯泡腾片", "strength": "750mg/L", "operator": "周九"} {
		p.Tap(`label[for="` + field + `-other"]`)
		p.Fill(`[name="`+field+`_other"]`, text)
	}
	p.Tap(`label[for="minutes-0"]`)
	if err := live.app.SetPassword(t.Context(), p.name, password); err != nil { // which ends the sessions
		t.Fatal(err)
	}
	before := p.Taps()
	p.Tap(`.ent__form button[type="submit"]`)
	p.Wait(`main form[action="/login"] input[name="unsent"]`)
	p.Shot("sign-in")
	p.Accessible("the page to sign in that keeps what was typed")
	if name := browsertest.Eval[string](p.Page, `document.querySelector('main [name="username"]').value`); name != p.name {
		t.Errorf("the page is for %q", name)
	}
	p.Fill(`main input[name="password"]`, password)
	p.Tap(`main form[action="/login"] button[type="submit"]`)
	p.Wait(`.ent__form`)
	p.Shot("back")
	p.Accessible("the form that comes back")
	for field, want := range map[string]string{"agent_other": "含氯泡腾片", "strength_other": "750mg/L", "operator_other": "周九"} {
		if got := browsertest.Eval[string](p.Page, `document.querySelector('[name="`+field+`"]').value`); got != want {
			t.Errorf("%s is %q again, want %q", field, got, want)
		}
	}
	if n := len(p.logged(t, area, "含氯泡腾片")); n > 0 || !p.Has(`.told`) {
		t.Errorf("there are %d entries before it was sent, or nothing says that there are none", n)
	}
	p.Tap(`.ent__form button[type="submit"]`)
	p.Until("the page of the areas", func() bool { return strings.Contains(p.Path(), "/areas?done=") })
	if taps := p.Taps() - before; taps != 3 {
		t.Errorf("it took %d taps, want three: to send, to sign in, to send", taps)
	}
	if n := len(p.logged(t, area, "含氯泡腾片")); n != 1 {
		t.Errorf("there are %d entries, want one", n)
	}
}
