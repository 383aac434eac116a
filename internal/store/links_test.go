package store_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestSetupLinkWorksOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		first, err := s.CreateLink(t.Context(), by("console"), now)
		if err != nil {
			t.Fatal(err)
		}
		link, err := s.CreateLink(t.Context(), by("console"), now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.LinkUser(t.Context(), first, now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an earlier link: %v", err)
		}
		if u, err := s.LinkUser(t.Context(), link, now); err != nil || u.ID != 0 {
			t.Errorf("the link: %+v, %v", u, err)
		}
		if _, err := s.LinkUser(t.Context(), link, now.Add(account.SetupLinkLife)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a link of yesterday: %v", err)
		}
		late := now.Add(account.SetupLinkLife)
		if _, err := s.UseLink(t.Context(), link, account.NewUser{Name: "late"}, audit.Act{}, late); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a link of yesterday is used: %v", err)
		}
		if err := s.UseInvitation(t.Context(), link, "$hash", audit.Act{}, now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a setup link as an invitation: %v", err)
		}
		var added atomic.Int32
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			wg.Go(func() {
				u, err := s.UseLink(t.Context(), link, account.NewUser{Name: name, Role: account.Leader, Hash: "$hash"}, audit.Act{}, now)
				if err == nil && u.Role == account.Admin && u.Scope.Everywhere {
					added.Add(1)
				} else if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %+v, %v", name, u, err)
				}
			})
		}
		wg.Wait()
		if users := count(t, s, "users"); added.Load() != 1 || users != 1 {
			t.Errorf("%d were told that they are admin, %d users", added.Load(), users)
		}
	})
}

func TestTakenNameLeavesTheLinkGood(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		someone(t, s, "chief", account.Admin)
		link, err := s.CreateLink(t.Context(), by("console"), now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.UseLink(t.Context(), link, account.NewUser{Name: "chief"}, audit.Act{}, now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a taken name: %v", err)
		}
		if _, err := s.UseLink(t.Context(), link, account.NewUser{Name: "second"}, audit.Act{}, now); err != nil {
			t.Errorf("the second try: %v", err)
		}
	})
}

func TestInvitationSetsThePasswordOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := storetest.At(dawn)
		u := someone(t, s, "li", account.Manager, "XY-01")
		link, err := s.InviteUser(t.Context(), u, by("chief"), now)
		if err != nil {
			t.Fatal(err)
		}
		if invited, err := s.LinkUser(t.Context(), link, now); err != nil || invited.Name != "li" {
			t.Errorf("invited %+v, %v", invited, err)
		}
		if _, err := s.UseLink(t.Context(), link, account.NewUser{Name: "evil"}, audit.Act{}, now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an invitation makes an admin: %v", err)
		}
		session := signedIn(t, s, u, now)
		if err := s.UseInvitation(t.Context(), link, "$chosen", audit.Act{}, now); err != nil {
			t.Fatal(err)
		}
		if _, ok := actor(t, s, session, now); ok {
			t.Error("a session of before the new password lives on")
		}
		if got := reread(t, s, "li"); got.Hash != "$chosen" {
			t.Errorf("hash %q", got.Hash)
		}
		if err := s.UseInvitation(t.Context(), link, "$other", audit.Act{}, now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("used again: %v", err)
		}
		if err := s.DisableUser(t.Context(), u.ID, by("chief"), now); err != nil {
			t.Fatal(err)
		}
		if _, err := s.InviteUser(t.Context(), reread(t, s, "li"), by("chief"), now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a disabled user is invited: %v", err)
		}
	})
}
