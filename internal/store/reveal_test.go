package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
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
		number, err := s.RevealNumber(t.Context(), own, "XY-01", id, "核对 "+wang+" 的健康码", audit.Act{Actor: "li"}, now)
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

func TestNumberIsNotShownOutsideTheScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		id, now := somebody(t, s), storetest.At("2022-05-06 09:00")
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
			number, err := s.RevealNumber(t.Context(), tt.within, tt.section, tt.worker, "核对身份", audit.Act{Actor: "li"}, now)
			if number != "" || fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %q, %v", name, number, err)
			}
			if who, err := s.PersonOn(t.Context(), tt.within, tt.section, tt.worker); who != (store.Person{}) || fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %+v, %v", name, who, err)
			}
		}
		if trail, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "number.reveal", Limit: 10}); err != nil || len(trail) != 0 {
			t.Errorf("trail %+v, %v", trail, err)
		}
	})
}

// TestThirtyNumbersAnHour asks for fifty at once: whoever comes together is counted one after the other.
func TestThirtyNumbersAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		id, now := somebody(t, s), storetest.At("2022-05-06 09:00")
		reveal := func(actor string, after time.Duration) error {
			_, err := s.RevealNumber(t.Context(), account.Everywhere(), "XY-01", id, "核对身份", audit.Act{Actor: actor}, now.Add(after))
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
