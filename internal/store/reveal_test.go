package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/roster"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// somebody is the one whom the flags of XY-01 name as 王小明.
func somebody(t *testing.T, s *store.Store) roster.WorkerID {
	t.Helper()
	for _, f := range flags(t, s, store.FlagFilter{Sections: []string{"XY-01"}}) {
		id, is := strings.CutPrefix(f.Subject, "worker:")
		if is && f.Name == "王小明" {
			var worker roster.WorkerID
			for _, digit := range id {
				worker = worker*10 + roster.WorkerID(digit-'0')
			}
			return worker
		}
	}
	t.Fatal("nobody is called 王小明")
	return 0
}

func TestNumberIsShownForAReasonThatIsWrittenDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		id, now := somebody(t, s), storetest.At("2022-05-06 09:00")
		own := account.Scope{Streets: []string{"学苑街道"}}
		who, err := s.PersonOn(t.Context(), own, "XY-01", id)
		if err != nil || who != (store.Person{ID: id, Name: "王小明", Tail: "0013"}) {
			t.Errorf("%+v, %v", who, err)
		}
		number, err := s.RevealNumber(t.Context(), store.Look{Within: own, Section: "XY-01", Reason: "核对 " + wang + " 的健康码", Act: audit.Act{Actor: "li"}, Now: now}, id)
		if err != nil || number != wang {
			t.Fatalf("%s, %v", number, err)
		}
		trail, err := s.AuditEntries(t.Context(), store.AuditFilter{Actor: "li", Limit: 10})
		if err != nil || len(trail) != 1 || trail[0].Act.Action != "number.reveal" || trail[0].Act.Detail["section"] != "XY-01" ||
			!strings.Contains(trail[0].Act.Detail["reason"], "的健康码") || strings.Contains(trail[0].Act.Detail["reason"], wang) {
			t.Errorf("trail %+v, %v", trail, err)
		}
	})
}

// looks shows everything that is covered, by what the trail calls it; each gives what it shows, in words.
func looks(t *testing.T, s *store.Store, look store.Look, id roster.WorkerID) map[string]func() (string, error) {
	t.Helper()
	return map[string]func() (string, error){
		"number": func() (string, error) { return s.RevealNumber(t.Context(), look, id) },
		"phone":  func() (string, error) { return s.RevealPhone(t.Context(), look, id) },
		"passage": func() (string, error) {
			passages, err := s.RevealPassages(t.Context(), look, id)
			var said []string
			for _, p := range passages {
				said = append(said, string(p.Direction)+p.Reason)
			}
			return strings.Join(said, " "), err
		},
		"remarks": func() (string, error) {
			filed, err := s.RevealRemarks(t.Context(), look, calendar.Day(2022, 5, 5))
			var said []string
			for _, f := range filed {
				for _, a := range f.Answers {
					said = append(said, a.Item+a.Remark)
				}
			}
			return strings.Join(said, " "), err
		},
		"people": func() (string, error) { return "", s.RevealPeople(t.Context(), look, "nat.positive", 2) },
	}
}

// coveredThings is a district in which there is something covered of each kind, all about the one who is given.
func coveredThings(t *testing.T, s *store.Store) roster.WorkerID {
	t.Helper()
	readDistrict(t, s)
	storetest.Import(t, s, "gate", gateCSV)
	storetest.Import(t, s, "checklists", answersCSV)
	return somebody(t, s)
}

func TestWhatIsCoveredIsShownForAReasonThatIsWrittenDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := coveredThings(t, s)
		look := store.Look{Within: account.Scope{Streets: []string{"学苑街道"}}, Section: "XY-01", Reason: "核对密接", Act: audit.Act{Actor: "li"}, Now: storetest.At("2022-05-06 09:00")}
		for kind, show := range looks(t, s, look, id) {
			want := map[string]string{"number": wang, "phone": "13812345678", "passage": "出发热就医", "remarks": "D4王小明独自隔离"}[kind]
			if got, err := show(); got != want || err != nil {
				t.Errorf("%s: %q, %v", kind, got, err)
			}
			trail, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: kind + ".reveal", Limit: 10})
			if err != nil || len(trail) != 1 || trail[0].Act.Actor != "li" || trail[0].Act.Detail["section"] != "XY-01" || trail[0].Act.Detail["reason"] != "核对密接" {
				t.Errorf("%s: trail %+v, %v", kind, trail, err)
			} else if said := fmt.Sprint(trail); want != "" && strings.Contains(said, want) {
				t.Errorf("%s: the trail tells what was shown: %s", kind, said)
			}
		}
		people, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "people.reveal", Limit: 10})
		if err != nil || people[0].Act.Detail["criterion"] != "nat.positive" || people[0].Act.Detail["people"] != "2" {
			t.Errorf("people: %+v, %v", people, err)
		}
		remarks, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "remarks.reveal", Limit: 10})
		if err != nil || remarks[0].Act.Detail["date"] != "2022-05-05" {
			t.Errorf("remarks: %+v, %v", remarks, err)
		}
	})
}

func TestNothingIsShownOutsideTheScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := coveredThings(t, s)
		for name, tt := range map[string]struct {
			within  account.Scope
			section string
			worker  roster.WorkerID
		}{
			"beside a scope of both kinds":    {account.Scope{Sections: []string{"XY-02"}, Streets: []string{"无街道"}}, "XY-01", id},
			"a section outside":               {account.Scope{Sections: []string{"XY-02"}}, "XY-01", id},
			"through the own section":         {account.Scope{Sections: []string{"XY-02"}}, "XY-02", id},
			"through another of the district": {account.Everywhere(), "XY-02", id},
			"a section that is not there":     {account.Everywhere(), "XY-77", id},
			"a worker that is not there":      {account.Everywhere(), "XY-01", 9999},
			"with no scope":                   {account.Scope{}, "XY-01", id},
		} {
			look := store.Look{Within: tt.within, Section: tt.section, Reason: "核对身份", Act: audit.Act{Actor: "li"}, Now: storetest.At("2022-05-06 09:00")}
			for kind, show := range looks(t, s, look, tt.worker) {
				if ofSection := kind == "remarks" || kind == "people"; ofSection && (tt.section == "XY-02" || tt.worker != id) {
					continue // they are of no one person
				}
				if got, err := show(); got != "" || fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s, %s: %q, %v", kind, name, got, err)
				}
				if trail, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: kind + ".reveal", Limit: 10}); err != nil || len(trail) != 0 {
					t.Errorf("%s, %s: trail %+v, %v", kind, name, trail, err)
				}
			}
			if who, err := s.PersonOn(t.Context(), tt.within, tt.section, tt.worker); who != (store.Person{}) || fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %+v, %v", name, who, err)
			}
		}
	})
}

// TestAllKindsCountTogether: the thirty of an hour are of everything that is covered, and what is held back is named as what it is.
func TestAllKindsCountTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := coveredThings(t, s)
		look := store.Look{Within: account.Everywhere(), Section: "XY-01", Reason: "核对身份", Act: audit.Act{Actor: "li"}, Now: storetest.At("2022-05-06 09:00")}
		all := looks(t, s, look, id)
		for i := range store.RevealsAnHour {
			kind := []string{"number", "phone", "passage", "remarks", "people"}[i%5]
			if _, err := all[kind](); err != nil {
				t.Fatalf("%d, %s: %v", i, kind, err)
			}
		}
		for kind, show := range all {
			if got, err := show(); got != "" || fault.KindOf(err) != fault.Limited || !strings.Contains(err.Error(), fmt.Sprint(store.RevealsAnHour)) {
				t.Errorf("%s: %q, %v", kind, got, err)
			}
			if held, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: kind + ".withhold", Limit: 10}); err != nil || len(held) != 1 || held[0].Act.Detail["reason"] != "核对身份" {
				t.Errorf("%s: trail %+v, %v", kind, held, err)
			}
		}
	})
}

// TestThirtyNumbersAnHour asks for fifty at once: whoever comes together is counted one after the other.
func TestThirtyNumbersAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		id, now := somebody(t, s), storetest.At("2022-05-06 09:00")
		reveal := func(actor string, after time.Duration) error {
			_, err := s.RevealNumber(t.Context(), store.Look{Within: account.Everywhere(), Section: "XY-01", Reason: "核对身份", Act: audit.Act{Actor: actor}, Now: now.Add(after)}, id)
			return err
		}
		errs := make([]error, 50)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = reveal("li", 0) })
		}
		all.Wait()
		shown := 0
		for _, err := range errs {
			switch fault.KindOf(err) {
			case fault.Limited:
			default:
				if err != nil {
					t.Fatal(err)
				}
				shown++
			}
		}
		if shown != store.RevealsAnHour {
			t.Errorf("%d were shown", shown)
		}
		refused, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "number.withhold", Actor: "li", Limit: 100})
		if err != nil || len(refused) != len(errs)-store.RevealsAnHour {
			t.Fatalf("%d refusals are written down: %v", len(refused), err)
		}
		if d := refused[0].Act; d.Object != "worker" || d.ObjectID != fmt.Sprint(id) || d.Detail["section"] != "XY-01" || d.Detail["reason"] != "核对身份" {
			t.Errorf("a refusal stands as %+v", d)
		}
		if err := reveal("wang", 0); err != nil {
			t.Errorf("another user: %v", err)
		}
		if err := reveal("li", 59*time.Minute); fault.KindOf(err) != fault.Limited {
			t.Errorf("within the hour: %v", err)
		}
		if err := reveal("li", time.Hour); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
