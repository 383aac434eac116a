package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestSessionRunsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := someone(t, s, "li", account.Manager, "XY-01")
		start := storetest.At(dawn)
		token := signedIn(t, s, u, start)
		a, ok := actor(t, s, token, start.Add(account.SessionIdle-time.Microsecond))
		if !ok || a.User.Name != "li" || len(a.User.Scope.Sections) != 1 || a.FormToken == "" || a.FormToken == token || a.Confirmed != start || a.User.Hash != "" {
			t.Fatalf("actor %+v, %v", a, ok)
		}
		if _, ok := actor(t, s, token, start.Add(account.SessionIdle)); ok {
			t.Error("an idle session lives for ever")
		}
		for at := start; at < start.Add(account.SessionLife); at = at.Add(20 * time.Minute) {
			a, ok := actor(t, s, token, at)
			if !ok {
				t.Fatalf("over after %v", at.Sub(start))
			}
			if err := s.TouchSession(t.Context(), a, at); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := actor(t, s, token, start.Add(account.SessionLife)); ok {
			t.Error("a used session lives for ever")
		}
	})
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := storetest.At(dawn)
		token := signedIn(t, s, someone(t, s, "li", account.Manager, "XY-01"), start)
		for _, step := range []struct{ used, noted time.Duration }{{59 * time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}} {
			a, _ := actor(t, s, token, start.Add(step.used))
			if err := s.TouchSession(t.Context(), a, start.Add(step.used)); err != nil {
				t.Fatal(err)
			}
			if a, _ := actor(t, s, token, start.Add(step.used)); a.SeenAt != start.Add(step.noted) {
				t.Errorf("used after %v, noted after %v", step.used, a.SeenAt.Sub(start))
			}
		}
	})
}

// TestSigningOutWins ends sessions while their use is being noted: none comes back.
func TestSigningOutWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := someone(t, s, "li", account.Manager, "XY-01")
		start := storetest.At(dawn)
		later := start.Add(5 * time.Minute)
		for range 200 {
			token := signedIn(t, s, u, start)
			a, ok := actor(t, s, token, later) // a slow request begins
			if !ok {
				t.Fatal("no session")
			}
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					if err := s.TouchSession(t.Context(), a, later); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Go(func() {
				if err := s.EndSession(t.Context(), u.ID, a.Session, by("li"), later); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if err := s.TouchSession(t.Context(), a, later); err != nil { // the slow request ends
				t.Fatal(err)
			}
			if _, ok := actor(t, s, token, later); ok {
				t.Fatal("a session came back after signing out")
			}
		}
	})
}

func TestSixthSessionEndsTheOldest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := storetest.At(dawn)
		u, other := someone(t, s, "li", account.Manager, "XY-01"), someone(t, s, "wang", account.Manager, "XY-02")
		untouched := signedIn(t, s, other, start)
		var tokens []string
		for i := range 7 {
			tokens = append(tokens, signedIn(t, s, u, start.Add(time.Duration(i)*time.Second)))
		}
		now := start.Add(time.Minute)
		for i, token := range tokens {
			if _, ok := actor(t, s, token, now); ok != (i >= 2) {
				t.Errorf("session %d of 7: %v", i+1, ok)
			}
		}
		if _, ok := actor(t, s, untouched, now); !ok {
			t.Error("another's session ended")
		}
		list, err := s.Sessions(t.Context(), u.ID, now)
		if err != nil || len(list) != 5 || list[0].Hash != account.HashToken(tokens[6]) || list[0].Agent != "test" || list[0].Address != "192.0.2.1" {
			t.Fatalf("sessions %+v, %v", list, err)
		}
		if err := s.EndSession(t.Context(), other.ID, list[0].Hash, by("wang"), now); err != nil {
			t.Fatal(err)
		}
		if _, ok := actor(t, s, tokens[6], now); !ok {
			t.Error("wang ended a session of li")
		}
		if err := s.EndSessions(t.Context(), u.ID, list[0].Hash, by("li"), now); err != nil {
			t.Fatal(err)
		}
		if list, err = s.Sessions(t.Context(), u.ID, now); err != nil || len(list) != 1 {
			t.Errorf("after ending the others: %+v, %v", list, err)
		}
	})
}

func TestManySignInsAtOnceMakeFiveSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := someone(t, s, "li", account.Manager, "XY-01")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { signedIn(t, s, u, storetest.At(dawn)) })
		}
		wg.Wait()
		if n := count(t, s, "sessions"); n != account.MaxSessions {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestDeadSessionsAreSweptOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := storetest.At(dawn)
		signedIn(t, s, someone(t, s, "li", account.Manager, "XY-01"), start)
		signedIn(t, s, someone(t, s, "wang", account.Manager, "XY-02"), start.Add(time.Hour))
		if n := count(t, s, "sessions"); n != 1 {
			t.Errorf("%d sessions are kept", n)
		}
	})
}

func TestConfirmingThePassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		token := signedIn(t, s, u, now)
		later := now.Add(20 * time.Minute)
		a, _ := actor(t, s, token, later)
		if a.RecentlyConfirmed(later) {
			t.Fatal("confirmed for ever")
		}
		if err := s.ConfirmSession(t.Context(), a, later); err != nil {
			t.Fatal(err)
		}
		if a, _ := actor(t, s, token, later); !a.RecentlyConfirmed(later) {
			t.Error("not confirmed")
		}
		a.Device = s.DeviceCookie(u)
		for range 20 {
			if _, wait := tryAs(t, s, "li", a.Device, later); wait != 0 {
				t.Fatalf("who knows the password waits %v", wait)
			}
			if err := s.ConfirmSession(t.Context(), a, later); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.EndSession(t.Context(), u.ID, a.Session, by("li"), later); err != nil {
			t.Fatal(err)
		}
		if err := s.ConfirmSession(t.Context(), a, later); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("an ended session is confirmed: %v", err)
		}
	})
}

// TestCredentialsAreNotOnTheDisk searches the database for what would let its reader in.
func TestCredentialsAreNotOnTheDisk(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "f.db")
	s := storetest.Open(t, dsn, storetest.Keys(t))
	now := storetest.At(dawn)
	u := someone(t, s, "li", account.Manager, "XY-01")
	session := signedIn(t, s, u, now)
	a, _ := actor(t, s, session, now)
	secret := account.NewTOTP()
	if err := s.SetTOTP(t.Context(), a, secret, 1, now); err != nil {
		t.Fatal(err)
	}
	token, err := s.AddToken(t.Context(), u, account.Token{Name: "script"}, by("li"), now)
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.CreateLink(t.Context(), by("li"), now)
	if err != nil {
		t.Fatal(err)
	}
	tryAs(t, s, "typed-into-the-wrong-field", "", now)
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(dsn + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, content...)
	}
	if !bytes.Contains(disk, []byte(account.HashToken(token))) {
		t.Fatal("not even the token's hash is found: the search is broken")
	}
	for name, text := range map[string]string{"session": session, "secret": secret, "token": token, "link": link, "name": "typed-into-the-wrong-field"} {
		if bytes.Contains(disk, []byte(text)) {
			t.Errorf("the %s is on the disk", name)
		}
	}
}
