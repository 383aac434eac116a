package store_test

import (
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const dawn = "2022-05-06 08:00"

func someone(t *testing.T, s *store.Store, name string, role account.Role, sections ...string) account.User {
	t.Helper()
	scope, err := account.ScopeFor(role, sections, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.AddUser(t.Context(), account.NewUser{Name: name, Role: role, Scope: scope, Hash: account.DummyHash}, audit.Act{Actor: "test"}, storetest.At(dawn))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func signedIn(t *testing.T, s *store.Store, u account.User, now calendar.Instant) (token string) {
	t.Helper()
	token, err := s.StartSession(t.Context(), u, account.SessionInfo{Address: "192.0.2.1", Agent: "test"}, audit.Act{}, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func isOver(t *testing.T, s *store.Store, token string, now calendar.Instant) bool {
	t.Helper()
	_, err := s.SessionActor(t.Context(), account.HashToken(token), now)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		t.Fatal(err)
	}
	return err != nil
}

func TestSessionRunsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := someone(t, s, "li", account.Manager, "XY-01")
		start := storetest.At(dawn)
		token := signedIn(t, s, u, start)
		a, err := s.SessionActor(t.Context(), account.HashToken(token), start)
		if err != nil || a.User.Name != "li" || len(a.User.Scope.Sections) != 1 || a.FormToken == "" {
			t.Fatalf("actor %+v, %v", a, err)
		}
		if !isOver(t, s, token, start.Add(account.SessionIdle)) {
			t.Error("an idle session lives for ever")
		}
		for at := start; at < start.Add(account.SessionLife); at = at.Add(20 * time.Minute) {
			a, err := s.SessionActor(t.Context(), account.HashToken(token), at)
			if err != nil {
				t.Fatalf("after %v: %v", at.Sub(start), err)
			}
			if err := s.TouchSession(t.Context(), a, at); err != nil {
				t.Fatal(err)
			}
		}
		if !isOver(t, s, token, start.Add(account.SessionLife)) {
			t.Error("a used session lives for ever")
		}
	})
}
