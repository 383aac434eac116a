package store_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestFiftyAreHandedInLikeOne: those that wait together take the same statements, however many they are.
func TestFiftyAreHandedInLikeOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		counts := store.CountWrites(s)
		if err := b.plainly("XY-01"); err != nil {
			t.Fatal(err)
		}
		alone := counts.Statements.Load()
		errs := waiting(s, 50, func(i int) error { return b.plainly([]string{"XY-01", "XY-02"}[i%2]) })
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if together := counts.Statements.Load() - alone; together != alone {
			t.Errorf("%d statements for 50, %d for one", together, alone)
		}
		for section, want := range map[string]int{"XY-01": 26, "XY-02": 25} {
			all := b.versions(section)
			for i, f := range all {
				if f.Version != i+1 || len(f.Answers) != 2 || i > 0 && f.ReceivedAt <= all[i-1].ReceivedAt {
					t.Errorf("%s: version %d is %+v", section, i+1, f)
				}
			}
			if len(all) != want {
				t.Errorf("%s has %d versions, want %d", section, len(all), want)
			}
		}
	})
}

// TestEachIsHandedInWithinItsOwnScope: those that wait together are told apart, whatever they share.
func TestEachIsHandedInWithinItsOwnScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nZZ,远项目,ZZ-01,一标段,远街道")
		here := account.Scope{Streets: []string{"小塘街道"}}
		for _, tt := range []struct {
			within  account.Scope
			section string
			want    bool
		}{
			{account.Everywhere(), "ZZ-01", true}, {account.Scope{Sections: []string{"XY-02", "XY-01"}}, "XY-01", true}, {here, "XY-02", true},
			{account.Scope{Sections: []string{"XY-01"}}, "XY-02", false}, {here, "ZZ-01", false}, {account.Scope{}, "XY-01", false},
			{account.Scope{Streets: []string{""}}, "XY-01", false}, {account.Everywhere(), "XY-99", false}, {account.Everywhere(), "", false},
		} {
			errs := waiting(s, 4, func(i int) error { // among others, and in any place of them
				if i != 2 {
					return b.plainly("XY-01")
				}
				request := store.Request{User: b.user.ID, Key: fmt.Sprint(tt), Content: "x"}
				_, err := s.Submit(t.Context(), tt.within, b.list(tt.section, "B1"), request, created)
				return err
			})
			if err := errs[2]; (err == nil) != tt.want || err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s within %+v: %v", tt.section, tt.within, err)
			}
			if err := errors.Join(errs[0], errs[1], errs[3]); err != nil {
				t.Errorf("beside %s within %+v: %v", tt.section, tt.within, err)
			}
		}
	})
}

// TestPhotosAreNamedOnceAmongMany: of lists that wait together and name the same photo, one has it; a second version of the same
// section and day may show it again.
func TestPhotosAreNamedOnceAmongMany(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		b.user = someone(t, s, "two", account.Manager, "XY-01", "XY-02")
		other := someone(t, s, "other", account.Manager, "XY-01")
		shared, foreign := b.photo(b.user.ID, 1), b.photo(other.ID, 2)
		sections := []string{"XY-01", "XY-02", "XY-01", "XY-01"}
		errs := waiting(s, len(sections), func(i int) error {
			sub := b.list(sections[i], "B1")
			sub.Answers[0].Photos = []string{shared}
			if i == 3 {
				sub.Answers[0].Photos = []string{foreign}
			}
			_, err := s.Submit(t.Context(), b.user.Scope, sub, store.Request{User: b.user.ID, Key: fmt.Sprint("photo", i), Content: "x"}, created)
			return err
		})
		if e, ok := errors.AsType[*fault.Error](errs[3]); !ok || e.Kind != fault.Invalid || e.Fields["B1"] == "" {
			t.Errorf("somebody else's photo: %v", errs[3])
		}
		if errs[0] != nil && errs[1] != nil || (errs[0] == nil) == (errs[1] == nil) || (errs[0] == nil) != (errs[2] == nil) {
			t.Errorf("one section has the photo, in both its versions: %v", errs[:3])
		}
		shown := 0
		for i, section := range []string{"XY-01", "XY-02"} {
			all := b.versions(section)
			for _, f := range all {
				shown += len(f.Answers[0].Photos)
			}
			if errs[i] != nil && len(all) > 0 {
				t.Errorf("%s was refused and has %d versions", section, len(all))
			}
		}
		if want := map[bool]int{true: 2, false: 1}[errs[0] == nil]; shown != want {
			t.Errorf("the photo is shown %d times, want %d", shown, want)
		}
	})
}

// TestSameKeyAmongMany: the same request twice among those that wait has one effect and one answer; another request under its key is
// refused.
func TestSameKeyAmongMany(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		contents := []string{"a", "a", "b", "a"}
		answers := make([]store.Answer, len(contents))
		errs := waiting(s, len(contents), func(i int) (err error) {
			request := store.Request{User: b.user.ID, Key: "same", Content: contents[i]}
			answers[i], err = s.Submit(t.Context(), b.user.Scope, b.list("XY-01", "B1"), request, created)
			return err
		})
		first := slices.IndexFunc(answers, func(a store.Answer) bool { return a.Status != 0 && !a.Replayed })
		if first < 0 {
			t.Fatalf("nobody was first: %+v, %v", answers, errs)
		}
		for i, err := range errs {
			if same := contents[i] == contents[first]; same && (err != nil || string(answers[i].Body) != string(answers[first].Body)) {
				t.Errorf("%d: %+v, %v", i, answers[i], err)
			} else if !same && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%d: another request under the key: %v", i, err)
			}
		}
		if n := len(b.versions("XY-01")); n != 1 {
			t.Errorf("%d versions", n)
		}
	})
}

// created answers with the number of the submission.
func created(f store.Filed) (store.Answer, error) {
	return store.Answer{Status: http.StatusCreated, Body: fmt.Append(nil, f.ID)}, nil
}

// waiting does some writes that have all waited for their turn.
func waiting(s *store.Store, many int, write func(i int) error) []error {
	errs := make([]error, many)
	release := store.TakeTurns(s)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { errs[i] = write(i) })
	}
	store.AwaitLine(s, many)
	release()
	all.Wait()
	return errs
}

// photo brings a photo of a user.
func (b *submitting) photo(user account.UserID, n int) string {
	b.Helper()
	uuid := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	_, err := b.store.AddPhoto(b.Context(), store.Photo{UUID: uuid, User: user, Width: 4, Height: 3, Size: 12, File: fmt.Sprint("f", n), Key: []byte("k")}, by("x"), b.now)
	if err != nil {
		b.Fatal(err)
	}
	return uuid
}
