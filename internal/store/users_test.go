package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// dawn is when the users of these tests come to be.
const dawn = "2022-05-06 08:00"

// someone adds a user; managers need sections.
func someone(t *testing.T, s *store.Store, name string, role account.Role, sections ...string) account.User {
	t.Helper()
	scope, err := account.ScopeFor(role, sections, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.AddUser(t.Context(), account.NewUser{Name: name, Role: role, Scope: scope, Hash: account.DummyHash}, by("chief"), storetest.At(dawn))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func by(name string) audit.Act { return audit.Act{Actor: name, Role: "admin"} }

func signedIn(t *testing.T, s *store.Store, u account.User, now calendar.Instant) (token string) {
	t.Helper()
	token, err := s.StartSession(t.Context(), u, account.SessionInfo{Address: "192.0.2.1", Agent: "test"}, audit.Act{}, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// actor finds who holds a token of a session; ok is false when it is over.
func actor(t *testing.T, s *store.Store, token string, now calendar.Instant) (a account.Actor, ok bool) {
	t.Helper()
	a, err := s.SessionActor(t.Context(), account.HashToken(token), now)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		t.Fatal(err)
	}
	return a, err == nil
}

func TestUsersComeBackAsAdded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if any, err := s.AnyUser(t.Context()); any || err != nil {
			t.Fatalf("users before the first: %v, %v", any, err)
		}
		someone(t, s, "wang", account.Manager, "XY-02", "XY-01")
		chief := someone(t, s, "chief", account.Admin)
		users, err := s.Users(t.Context())
		if err != nil || len(users) != 2 || users[0].Name != "chief" || !users[0].Scope.Everywhere {
			t.Fatalf("users %+v, %v", users, err)
		}
		wang, err := s.UserByName(t.Context(), "wang")
		if err != nil || wang.Role != account.Manager || !slices.Equal(wang.Scope.Sections, []string{"XY-01", "XY-02"}) || wang.Scope.Everywhere {
			t.Errorf("wang %+v, %v", wang, err)
		}
		if got, err := s.UserByID(t.Context(), chief.ID); err != nil || got.Name != "chief" || got.CreatedAt != storetest.At(dawn) {
			t.Errorf("chief %+v, %v", got, err)
		}
		if _, err := s.UserByName(t.Context(), "nobody"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody: %v", err)
		}
		_, err = s.AddUser(t.Context(), account.NewUser{Name: "wang", Role: account.Admin}, by("chief"), storetest.At(dawn))
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second wang: %v", err)
		}
		if any, err := s.AnyUser(t.Context()); !any || err != nil {
			t.Errorf("users after them: %v, %v", any, err)
		}
	})
}

// TestChangesEndWhatRestsOnThem holds that after each change of a user no session, token or invitation of before opens
// anything, at the same instant, and that the audit trail knows.
func TestChangesEndWhatRestsOnThem(t *testing.T) {
	now := storetest.At(dawn)
	changes := map[string]func(context.Context, *store.Store, account.User) error{
		"user.password": func(ctx context.Context, s *store.Store, u account.User) error {
			return s.SetPassword(ctx, u.ID, "$new", by("chief"), now)
		},
		"user.disable": func(ctx context.Context, s *store.Store, u account.User) error {
			return s.DisableUser(ctx, u.ID, by("chief"), now)
		},
		"user.change": func(ctx context.Context, s *store.Store, u account.User) error {
			return s.ChangeUser(ctx, u.ID, account.Leader, account.Everywhere(), by("chief"), now)
		},
		"user.change scope": func(ctx context.Context, s *store.Store, u account.User) error {
			return s.ChangeUser(ctx, u.ID, u.Role, account.Scope{Sections: []string{"XY-02"}}, by("chief"), now)
		},
		"user.totp.remove": func(ctx context.Context, s *store.Store, u account.User) error {
			return s.RemoveTOTP(ctx, u.ID, by("chief"), now)
		},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for name, change := range changes {
			u := someone(t, s, "user of "+name, account.Manager, "XY-01")
			invitation, err := s.InviteUser(t.Context(), u, by("chief"), now)
			if err != nil {
				t.Fatal(err)
			}
			session := signedIn(t, s, u, now)
			token, err := s.AddToken(t.Context(), u, account.Token{Name: "script"}, by("chief"), now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.TokenActor(t.Context(), account.HashToken(token), now); err != nil {
				t.Fatal(err)
			}
			before := count(t, s, "audit")
			if err := change(t.Context(), s, u); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, ok := actor(t, s, session, now); ok {
				t.Errorf("%s: the session lives on", name)
			}
			if _, err := s.TokenActor(t.Context(), account.HashToken(token), now); fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%s: the token works on: %v", name, err)
			}
			if err := s.UseInvitation(t.Context(), invitation, "$hash", audit.Act{}, now); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: the invitation works on: %v", name, err)
			}
			if _, err := s.StartSession(t.Context(), u, account.SessionInfo{}, audit.Act{}, now); fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%s: a sign-in that was being checked meanwhile succeeds: %v", name, err)
			}
			if after := count(t, s, "audit"); after != before+1 {
				t.Errorf("%s: %d audit entries", name, after-before)
			}
		}
	})
}

func TestEnabledUsersStartAfresh(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		session := signedIn(t, s, u, now)
		token, err := s.AddToken(t.Context(), u, account.Token{Name: "script"}, by("chief"), now)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.DisableUser(t.Context(), u.ID, by("chief"), now); err != nil {
			t.Fatal(err)
		}
		u, err = s.UserByName(t.Context(), "li")
		if err != nil || u.DisabledAt != now {
			t.Errorf("disabled: %+v, %v", u, err)
		}
		if _, err := s.StartSession(t.Context(), u, account.SessionInfo{}, audit.Act{}, now); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a disabled user signs in: %v", err)
		}
		if _, err := s.AddToken(t.Context(), u, account.Token{Name: "x"}, by("chief"), now); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a disabled user gets a token: %v", err)
		}
		if err := s.EnableUser(t.Context(), u.ID, by("chief"), now); err != nil {
			t.Fatal(err)
		}
		if _, ok := actor(t, s, session, now); ok {
			t.Error("a session came back")
		}
		if _, err := s.TokenActor(t.Context(), account.HashToken(token), now); err == nil {
			t.Error("a token came back")
		}
		if u, err = s.UserByName(t.Context(), "li"); err != nil {
			t.Fatal(err)
		}
		if _, ok := actor(t, s, signedIn(t, s, u, now), now); !ok {
			t.Error("an enabled user may not come in")
		}
	})
}

// TestDisablingRacesWithSigningIn lets both happen at once, often: whatever comes first, nobody disabled is in afterwards.
func TestDisablingRacesWithSigningIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		for range 40 {
			var token string
			var wg sync.WaitGroup
			wg.Go(func() { token, _ = s.StartSession(t.Context(), u, account.SessionInfo{}, audit.Act{}, now) })
			wg.Go(func() {
				if err := s.DisableUser(t.Context(), u.ID, by("chief"), now); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if _, ok := actor(t, s, token, now); ok {
				t.Fatal("a disabled user is in")
			}
			if n := count(t, s, "sessions"); n != 0 {
				t.Fatalf("%d sessions are left", n)
			}
			if err := s.EnableUser(t.Context(), u.ID, by("chief"), now); err != nil {
				t.Fatal(err)
			}
			var err error
			if u, err = s.UserByName(t.Context(), "li"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOneAdminStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		ann, bo := someone(t, s, "ann", account.Admin), someone(t, s, "bo", account.Admin)
		for range 10 { // two admins disable each other at the same moment
			var wg sync.WaitGroup
			wg.Go(func() { _ = s.DisableUser(t.Context(), bo.ID, by("ann"), now) })
			wg.Go(func() { _ = s.ChangeUser(t.Context(), ann.ID, account.Leader, account.Everywhere(), by("bo"), now) })
			wg.Wait()
			var admins int64
			err := store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) (err error) {
				admins, err = tx.NewSelect().Table("users").Where("role = 'admin' AND disabled_at IS NULL").Count(ctx)
				return err
			})
			if err != nil || admins != 1 {
				t.Fatalf("%d admins are left, %v", admins, err)
			}
			if err := s.EnableUser(t.Context(), bo.ID, by("ann"), now); err != nil {
				t.Fatal(err)
			}
			if err := s.ChangeUser(t.Context(), ann.ID, account.Admin, account.Everywhere(), by("bo"), now); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.DisableUser(t.Context(), ann.ID, by("bo"), now); err != nil {
			t.Fatal(err)
		}
		if err := s.DisableUser(t.Context(), bo.ID, by("bo"), now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the last admin is disabled: %v", err)
		}
		if err := s.ChangeUser(t.Context(), bo.ID, account.Leader, account.Everywhere(), by("bo"), now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the last admin is made a leader: %v", err)
		}
		if _, ok := actor(t, s, signedIn(t, s, reread(t, s, "bo"), now), now); !ok {
			t.Error("the last admin is out")
		}
	})
}

func reread(t *testing.T, s *store.Store, name string) account.User {
	t.Helper()
	u, err := s.UserByName(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestChangingNobodyIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now, nobody := storetest.At(dawn), account.UserID(99)
		for name, err := range map[string]error{
			"password": s.SetPassword(t.Context(), nobody, "$", by("chief"), now),
			"disable":  s.DisableUser(t.Context(), nobody, by("chief"), now),
			"enable":   s.EnableUser(t.Context(), nobody, by("chief"), now),
			"change":   s.ChangeUser(t.Context(), nobody, account.Leader, account.Scope{}, by("chief"), now),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := count(t, s, "audit"); n != 0 {
			t.Errorf("%d entries in the trail", n)
		}
	})
}

func TestTokensAreTheUsersOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		li, wang := someone(t, s, "li", account.Manager, "XY-01"), someone(t, s, "wang", account.Manager, "XY-02")
		clear, err := s.AddToken(t.Context(), li, account.Token{Name: "script", ReadOnly: true, ExpiresAt: now.Add(time.Hour)}, by("li"), now)
		if err != nil {
			t.Fatal(err)
		}
		find := func(at calendar.Instant) (account.Actor, error) {
			return s.TokenActor(t.Context(), account.HashToken(clear), at)
		}
		a, err := find(now)
		if err != nil || a.User.Name != "li" || !a.ReadOnly || a.Session != "" || !slices.Equal(a.Scope().Sections, []string{"XY-01"}) {
			t.Fatalf("actor %+v, %v", a, err)
		}
		if err := s.TouchSession(t.Context(), a, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		tokens, err := s.Tokens(t.Context(), li.ID)
		if err != nil || len(tokens) != 1 || tokens[0].Name != "script" || tokens[0].LastUsedAt != now.Add(time.Minute) {
			t.Errorf("tokens %+v, %v", tokens, err)
		}
		if others, err := s.Tokens(t.Context(), wang.ID); err != nil || len(others) != 0 {
			t.Errorf("tokens of another: %+v, %v", others, err)
		}
		if err := s.RevokeToken(t.Context(), wang.ID, tokens[0].ID, by("wang"), now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another's token is revoked: %v", err)
		}
		if _, err := find(now.Add(time.Hour)); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a token of yesterday: %v", err)
		}
		if err := s.RevokeToken(t.Context(), li.ID, tokens[0].ID, by("li"), now); err != nil {
			t.Fatal(err)
		}
		if _, err := find(now); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a revoked token: %v", err)
		}
		if err := s.RevokeToken(t.Context(), li.ID, tokens[0].ID, by("li"), now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("revoked again: %v", err)
		}
		if _, err := s.SessionActor(t.Context(), account.HashToken(clear), now); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a token as a session: %v", err)
		}
	})
}

// TestStateIsReadOnEveryRequest changes users behind the program's back: what counts is what the database says now.
func TestStateIsReadOnEveryRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		session := signedIn(t, s, u, now)
		token, err := s.AddToken(t.Context(), u, account.Token{Name: "script"}, by("li"), now)
		if err != nil {
			t.Fatal(err)
		}
		steps := []struct {
			statement      string
			session, token bool
		}{
			{"UPDATE users SET role = 'leader'", true, true},
			{"UPDATE users SET epoch = epoch + 1", false, true},
			{"UPDATE users SET epoch = epoch - 1, disabled_at = 1", false, false},
		}
		for _, step := range steps {
			err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, step.statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			a, ok := actor(t, s, session, now)
			if ok != step.session || ok && a.User.Role != account.Leader {
				t.Errorf("after %s: session %v of %+v", step.statement, ok, a.User)
			}
			b, err := s.TokenActor(t.Context(), account.HashToken(token), now)
			if (err == nil) != step.token || err == nil && b.User.Role != account.Leader {
				t.Errorf("after %s: token %v of %+v", step.statement, err, b.User)
			}
		}
	})
}
