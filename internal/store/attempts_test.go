package store_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// tryAs counts a sign-in and gives how long to wait.
func tryAs(t *testing.T, s *store.Store, name, device string, now calendar.Instant) (account.User, time.Duration) {
	t.Helper()
	u, err := s.Attempt(t.Context(), name, device, now)
	f, limited := errors.AsType[*fault.Error](err)
	if err != nil && (!limited || f.Kind != fault.Limited || f.Wait <= 0) {
		t.Fatal(err)
	}
	if limited {
		return u, f.Wait
	}
	return u, 0
}

// TestFailuresSlowDown counts failures of a user and of a name nobody has: both wait alike.
func TestFailuresSlowDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		someone(t, s, "li", account.Manager, "XY-01")
		for _, name := range []string{"li", "nobody"} {
			now := storetest.At(dawn)
			for i, wait := range []time.Duration{0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60} {
				if wait > 0 {
					if _, got := tryAs(t, s, name, "", now); got != wait*time.Second {
						t.Errorf("%s, attempt %d: wait %v, want %d s", name, i+1, got, wait)
					}
					now = now.Add(wait * time.Second)
				}
				u, got := tryAs(t, s, name, "", now)
				if got != 0 || (u.ID != 0) != (name == "li") {
					t.Errorf("%s, attempt %d: user %d, wait %v", name, i+1, u.ID, got)
				}
			}
		}
		now := storetest.At("2022-05-06 12:00")
		u, _ := tryAs(t, s, "li", "", now)
		signedIn(t, s, u, now)
		for i := range 5 {
			if _, wait := tryAs(t, s, "li", "", now); wait != 0 {
				t.Errorf("failure %d after a success waits %v", i+1, wait)
			}
		}
		if err := s.ClearFailures(t.Context(), "li"); err != nil {
			t.Fatal(err)
		}
		if _, wait := tryAs(t, s, "li", "", now); wait != 0 {
			t.Errorf("cleared, waits %v", wait)
		}
	})
}

// TestGuessingFromManySidesGainsNothing sends a crowd of guesses at once: as many get through as one after the other.
func TestGuessingFromManySidesGainsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		someone(t, s, "li", account.Manager, "XY-01")
		var through atomic.Int32
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				if _, wait := tryAs(t, s, "li", "", storetest.At(dawn)); wait == 0 {
					through.Add(1)
				}
			})
		}
		wg.Wait()
		if n := through.Load(); n != 5 {
			t.Errorf("%d of 60 got through, want 5", n)
		}
	})
}

// TestOwnerIsNotLockedOut signs in from a device used before while a stranger keeps guessing.
func TestOwnerIsNotLockedOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		li, wang := someone(t, s, "li", account.Manager, "XY-01"), someone(t, s, "wang", account.Manager, "XY-02")
		device := s.DeviceCookie(li)
		for range 10 {
			tryAs(t, s, "li", "", now)
		}
		if _, wait := tryAs(t, s, "li", "", now); wait == 0 {
			t.Fatal("a stranger may go on guessing")
		}
		if _, wait := tryAs(t, s, "li", device, now); wait != 0 {
			t.Errorf("the owner waits %v", wait)
		}
		for name, cookie := range map[string]string{
			"made up": "abc.def", "half": strings.Split(device, ".")[0], "without a name": "." + strings.Split(device, ".")[1],
			"of another": s.DeviceCookie(wang), "renamed": "x" + device,
		} {
			if _, wait := tryAs(t, s, "li", cookie, now); wait == 0 {
				t.Errorf("a cookie %s is believed", name)
			}
		}
		for range 5 {
			tryAs(t, s, "li", device, now)
		}
		if _, wait := tryAs(t, s, "li", device, now); wait == 0 {
			t.Error("a known device may guess for ever")
		}
	})
}

// TestPasswordAloneDoesNotClearFailures: who knows the password only may not guess codes for ever.
func TestPasswordAloneDoesNotClearFailures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		for range 5 {
			tryAs(t, s, "li", "", now)
			if _, err := s.StartSession(t.Context(), u, account.SessionInfo{Pending: true}, audit.Act{}, now); err != nil {
				t.Fatal(err)
			}
		}
		if _, wait := tryAs(t, s, "li", "", now); wait == 0 {
			t.Error("the password alone makes failures forgotten")
		}
	})
}
