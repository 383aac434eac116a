package store_test

import (
	"errors"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestFormsSayWhoseTheyAre, also when their session is over; nobody can make a form of somebody else.
func TestFormsSayWhoseTheyAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		start := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		a, _ := actor(t, s, signedIn(t, s, u, start), start)
		again, _ := actor(t, s, signedIn(t, s, u, start), start)
		if a.FormToken == again.FormToken {
			t.Error("two sessions have one token")
		}
		if err := s.EndSessions(t.Context(), u.ID, "", audit.Act{}, start); err != nil {
			t.Fatal(err)
		}
		if id, ours := s.FormOwner(a.FormToken); !ours || id != u.ID {
			t.Errorf("the form is of %d, %v", id, ours)
		}
		who, signed, _ := strings.Cut(a.FormToken, ".")
		for _, forged := range []string{"", ".", "..", who, who + ".", who + "..", "9." + signed, "0" + a.FormToken, a.FormToken + "0", a.FormToken[:len(a.FormToken)-1],
			who + "." + again.FormToken[len(who)+1:len(who)+20] + a.FormToken[len(who)+20:]} {
			if id, ours := s.FormOwner(forged); ours && forged != a.FormToken {
				t.Errorf("%q is of %d", forged, id)
			}
		}
	})
}

func TestUnsentIsForItsUserOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sealed, err := s.SealUnsent(7, "含氯消毒液")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := s.OpenUnsent(7, sealed); err != nil || text != "含氯消毒液" {
			t.Errorf("opened is %q, %v", text, err)
		}
		for id, given := range map[account.UserID]string{8: sealed, 7: sealed[:len(sealed)-4], 77: sealed, 0: "!", 1: ""} {
			if _, err := s.OpenUnsent(id, given); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%d: %v", id, err)
			}
		}
	})
}

// TestNothingIsWrittenWhereNoneMayBe tries each way to write, that which shares its commit too; reading goes on.
func TestNothingIsWrittenWhereNoneMayBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := someone(t, s, "li", account.Manager, "XY-01")
		why := errors.New("not now")
		ctx := store.WithoutWrites(t.Context(), why)
		now := storetest.At(dawn)
		_, addErr := s.AddUser(ctx, account.NewUser{Name: "wu", Role: account.Leader, Scope: account.Everywhere()}, audit.Act{}, now)
		_, _, importErr := s.Import(ctx, storetest.Upload(now, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,学苑,XY-01,一标,学苑街道"))
		_, handInErr := s.Submit(ctx, account.Everywhere(), store.Submission{Section: "XY-01", Date: calendar.Day(2022, 5, 6), Now: now}, store.Request{User: u.ID, Key: "k"},
			func(store.Filed) (store.Answer, error) { return store.Answer{}, nil })
		for way, err := range map[string]error{"alone": addErr, "a table": importErr, "a checklist": handInErr, "with others": s.Audit(ctx, audit.Act{Action: "test"}, now)} {
			if !errors.Is(err, why) {
				t.Errorf("%s: %v", way, err)
			}
		}
		all, err := s.Users(ctx)
		entries, auditErr := s.AuditEntries(ctx, store.AuditFilter{Action: "test", Limit: 9})
		if err != nil || len(all) != 1 || all[0].ID != u.ID || auditErr != nil || len(entries) != 0 {
			t.Errorf("%d users, %d entries, %v, %v", len(all), len(entries), err, auditErr)
		}
	})
}
