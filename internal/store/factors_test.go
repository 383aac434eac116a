package store_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestSecondFactor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		if _, _, err := s.TOTPSecret(t.Context(), u.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("no second factor: %v", err)
		}
		other, own := signedIn(t, s, u, now), signedIn(t, s, u, now)
		a, _ := actor(t, s, own, now)
		secret := account.NewTOTP()
		if err := s.SetTOTP(t.Context(), a, secret, 100, now); err != nil {
			t.Fatal(err)
		}
		if got, last, err := s.TOTPSecret(t.Context(), u.ID); got != secret || last != 100 || err != nil {
			t.Errorf("secret %q, step %d, %v", got, last, err)
		}
		if _, ok := actor(t, s, other, now); ok {
			t.Error("a session without the second factor lives on")
		}
		if a, ok := actor(t, s, own, now); !ok || !a.User.TOTP {
			t.Error("the session that enrolled it is over")
		}
		u = reread(t, s, "li")
		tryAs(t, s, "li", "", now)
		token, err := s.StartSession(t.Context(), u, account.SessionInfo{Pending: true}, audit.Act{}, now)
		if err != nil {
			t.Fatal(err)
		}
		a, ok := actor(t, s, token, now)
		if !ok || !a.Pending {
			t.Fatalf("pending: %+v", a)
		}
		if _, ok := actor(t, s, token, now.Add(account.PendingLife)); ok {
			t.Error("a pending session waits for ever")
		}
		renewed := race(t, s, a, 101, now)
		if _, ok := actor(t, s, token, now); ok {
			t.Error("the token of before the second factor works on")
		}
		full, ok := actor(t, s, renewed, now)
		if !ok || full.Pending || full.FormToken == a.FormToken {
			t.Errorf("after the second factor: %+v, %v", full, ok)
		}
		if ok, err := s.AcceptTOTPStep(t.Context(), u.ID, 101); ok || err != nil {
			t.Errorf("the code again: %v, %v", ok, err)
		}
	})
}

// race gives the same code from 50 sides at once and returns the token of the one that gets in.
func race(t *testing.T, s *store.Store, a account.Actor, step int64, now calendar.Instant) string {
	t.Helper()
	tokens := make(chan string, 50)
	var wg sync.WaitGroup
	for range cap(tokens) {
		wg.Go(func() {
			token, err := s.FinishSecondFactor(t.Context(), a, step, "", now)
			if err == nil {
				tokens <- token
			} else if fault.KindOf(err) != fault.Unauthenticated {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(tokens)
	if len(tokens) != 1 {
		t.Fatalf("%d of 50 got in with one code", len(tokens))
	}
	return <-tokens
}

func TestStepIsAcceptedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		if ok, err := s.AcceptTOTPStep(t.Context(), u.ID, 7); ok || err != nil {
			t.Errorf("without a second factor: %v, %v", ok, err)
		}
		a, _ := actor(t, s, signedIn(t, s, u, now), now)
		if err := s.SetTOTP(t.Context(), a, account.NewTOTP(), 6, now); err != nil {
			t.Fatal(err)
		}
		var accepted atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if ok, err := s.AcceptTOTPStep(t.Context(), u.ID, 7); err != nil {
					t.Error(err)
				} else if ok {
					accepted.Add(1)
				}
			})
		}
		wg.Wait()
		if n := accepted.Load(); n != 1 {
			t.Errorf("accepted %d times", n)
		}
	})
}
