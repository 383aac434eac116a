package store_test

import (
	"fmt"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestScopesHoldInEveryRead reads a district of two sections by every method that pages use, with each kind of scope. What one
// sees must be just what lies in the scope, and a section outside it must be as one that is not there.
func TestScopesHoldInEveryRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		for _, tt := range []struct {
			name   string
			within account.Scope
			one    bool // sees XY-01 in 学苑街道
			two    bool // sees XY-02 in 南安桥街道
		}{
			{"the district", account.Everywhere(), true, true},
			{"one section", account.Scope{Sections: []string{"XY-01"}}, true, false},
			{"two sections", account.Scope{Sections: []string{"XY-01", "XY-02"}}, true, true},
			{"a street", account.Scope{Streets: []string{"南安桥街道"}}, false, true},
			{"a street and a section elsewhere", account.Scope{Sections: []string{"XY-01"}, Streets: []string{"南安桥街道"}}, true, true},
			{"a section and a street that are not there", account.Scope{Sections: []string{"XY-99"}, Streets: []string{"无街道"}}, false, false},
			{"words of SQL for names", account.Scope{Sections: []string{"' OR 1=1 --"}, Streets: []string{"?", "%"}}, false, false},
			{"nothing", account.Scope{}, false, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				for method, got := range everyRead(t, s, tt.within) {
					want := ""
					if tt.one {
						want = "XY-01"
					}
					if tt.two {
						want = strings.TrimSpace(want + " XY-02")
					}
					if method == "Quarantined" && tt.within.Everywhere {
						want = "nowhere " + want
					}
					if got != want {
						t.Errorf("%s sees %q, want %q", method, got, want)
					}
				}
			})
		}
	})
}

// readDistrict has, of each of two sections, a person, a manager's phone, a verdict, flags, and a row kept aside; and one row
// kept aside that belongs to no section.
func readDistrict(t *testing.T, s *store.Store) {
	t.Helper()
	storetest.Import(t, s, "sections", strings.Replace(sectionsCSV, "北濠社区,", "北濠社区,13800005678", 1))
	storetest.Import(t, s, "roster", rosterCSV+"\nXY-02,陈生,810000199001010019,2022-04-01 08:00,,木工班,劳务")
	storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,101,30,6\nXY-02,101,30,6")
	decide(t, s, "2022-05-06 08:05", overfull(0))
	take(t, s, morning, "results", "证件号码,姓名,采样时间,检测结果\n"+wang+",王晓明,2022-05-05,阴性")
	take(t, s, morning, "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,甲,3206991990****0013,2022-05-01\nXY-02,乙,3206991985****0027,2022-05-01")
}

// everyRead gives, by method, the codes of the sections that it lets see.
func everyRead(t *testing.T, s *store.Store, within account.Scope) map[string]string {
	t.Helper()
	r := reader{t: t, s: s, within: within, seen: map[string]string{}}
	r.sections()
	r.verdicts()
	r.people()
	cases, err := s.Quarantined(t.Context(), within)
	r.check(err)
	for _, c := range cases {
		r.see("Quarantined", map[bool]string{true: "nowhere", false: c.Cells[0]}[c.Kind == "results"])
	}
	return r.seen
}

type reader struct {
	t      *testing.T
	s      *store.Store
	within account.Scope
	seen   map[string]string
}

func (r reader) check(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// see notes that a method showed something of a section, which it does once or more; "" notes that there is such a method.
func (r reader) see(method, code string) {
	if known := r.seen[method]; code == "" || !strings.Contains(known, code) {
		r.seen[method] = strings.TrimSpace(known + " " + code)
	}
}

func (r reader) sections() {
	ctx, codes := r.t.Context(), codesByID(r.t, r.s)
	for _, method := range []string{"SectionIDs", "SectionIDs by code", "SectionIDs by street", "SectionIDs flagged", "SectionList",
		"SectionList by verdict", "SectionList by name", "Flags", "Flags, past ones too", "Flags by section", "Latest", "Verdict",
		"History", "Numbers", "Tails", "Members", "ManagerPhones", "Quarantined"} {
		r.see(method, "")
	}
	for method, f := range map[string]store.SectionFilter{
		"SectionIDs": {}, "SectionIDs by street": {Streets: []string{"学苑街道", "南安桥街道"}}, "SectionIDs flagged": {Flagged: true},
	} {
		ids, err := r.s.SectionIDs(ctx, r.within, f)
		r.check(err)
		for _, id := range ids {
			r.see(method, codes[id])
		}
	}
	for _, code := range []string{"XY-01", "XY-02"} {
		ids, err := r.s.SectionIDs(ctx, r.within, store.SectionFilter{Codes: []string{code}})
		if err == nil {
			r.see("SectionIDs by code", codes[ids[0]])
		} else if _, absent := r.s.SectionIDs(ctx, r.within, store.SectionFilter{Codes: []string{"XY-77"}}); err.Error() != strings.Replace(absent.Error(), "XY-77", code, 1) {
			r.t.Errorf("a foreign section answers %v, an absent one %v", err, absent)
		}
	}
	for method, f := range map[string]store.ListFilter{
		"SectionList": {}, "SectionList by verdict": {Verdict: "unmet"}, "SectionList by name": {Query: "标段"},
	} {
		lines, err := r.s.SectionList(ctx, r.within, f)
		r.check(err)
		for _, line := range lines {
			r.see(method, line.Code)
		}
	}
	for method, f := range map[string]store.FlagFilter{
		"Flags": {}, "Flags, past ones too": {Cleared: true, Since: 1}, "Flags by section": {Sections: []string{"XY-01", "XY-02"}},
	} {
		lines, err := r.s.Flags(ctx, r.within, f)
		r.check(err)
		for _, line := range lines {
			r.see(method, line.SectionCode)
		}
	}
}

func (r reader) verdicts() {
	ctx, codes := r.t.Context(), codesByID(r.t, r.s)
	all, err := r.s.Latest(ctx, account.Everywhere(), ids(codes))
	r.check(err)
	latest, err := r.s.Latest(ctx, r.within, ids(codes))
	r.check(err)
	for _, id := range ids(codes) {
		if _, ok := latest[id]; ok {
			r.see("Latest", codes[id])
		}
		v, err := r.s.Verdict(ctx, r.within, all[id].ID)
		if err == nil {
			r.see("Verdict", codes[v.SectionID])
		} else if fault.KindOf(err) != fault.NotFound {
			r.t.Errorf("a foreign verdict answers %v", err)
		}
		marks, err := r.s.History(ctx, r.within, id, 1)
		r.check(err)
		if len(marks) > 0 {
			r.see("History", codes[id])
		}
	}
}

func (r reader) people() {
	ctx, codes := r.t.Context(), codesByID(r.t, r.s)
	flags, err := r.s.Flags(ctx, account.Everywhere(), store.FlagFilter{})
	r.check(err)
	for _, f := range flags {
		var id roster.WorkerID
		if _, err := fmt.Sscanf(f.Subject, "worker:%d", &id); err != nil {
			r.t.Fatalf("a flag on %q", f.Subject)
		}
		numbers, err := r.s.Numbers(ctx, r.within, []roster.WorkerID{id})
		r.check(err)
		tails, err := r.s.Tails(ctx, r.within, []roster.WorkerID{id})
		r.check(err)
		if numbers[id] != "" {
			r.see("Numbers", f.SectionCode)
		}
		if tails[id] != "" {
			r.see("Tails", f.SectionCode)
		}
	}
	for _, id := range ids(codes) {
		members, err := r.s.Members(ctx, r.within, id)
		r.check(err)
		if len(members) > 0 {
			r.see("Members", codes[id])
		}
	}
	phones, err := r.s.ManagerPhones(ctx, r.within, ids(codes), 0)
	r.check(err)
	for _, id := range ids(codes) {
		if phones[id] != "" {
			r.see("ManagerPhones", codes[id])
		}
	}
}

func codesByID(t *testing.T, s *store.Store) map[site.SectionID]string {
	t.Helper()
	lines, err := s.SectionList(t.Context(), account.Everywhere(), store.ListFilter{})
	if err != nil {
		t.Fatal(err)
	}
	codes := map[site.SectionID]string{}
	for _, line := range lines {
		codes[line.ID] = line.Code
	}
	return codes
}

func ids(codes map[site.SectionID]string) []site.SectionID {
	all := []site.SectionID{}
	for _, code := range []string{"XY-01", "XY-02"} {
		for id, c := range codes {
			if c == code {
				all = append(all, id)
			}
		}
	}
	return all
}

// TestPeopleAreSeenWhereTheySleepAndPass: the guest of a room and the stranger at the gate are seen by whose room and gate it is.
func TestPeopleAreSeenWhereTheySleepAndPass(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		flags, err := s.Flags(t.Context(), account.Everywhere(), store.FlagFilter{Sections: []string{"XY-02"}})
		if err != nil || len(flags) != 2 {
			t.Fatal(flags, err)
		}
		var guest roster.WorkerID
		for _, f := range flags {
			if f.Name == "陈生" {
				fmt.Sscanf(f.Subject, "worker:%d", &guest)
			}
		}
		one := account.Scope{Sections: []string{"XY-01"}}
		sees := func() bool {
			t.Helper()
			numbers, err := s.Numbers(t.Context(), one, []roster.WorkerID{guest})
			if err != nil {
				t.Fatal(err)
			}
			return len(numbers) == 1
		}
		if sees() {
			t.Error("a stranger is seen")
		}
		storetest.Import(t, s, "gate", "标段编号,证件号码,时间,方向\nXY-01,810000199001010019,2022-05-06 07:00,进")
		if !sees() {
			t.Error("who passed the gate is not seen")
		}
		if numbers, err := s.Numbers(t.Context(), account.Scope{}, []roster.WorkerID{guest}); err != nil || len(numbers) != 0 {
			t.Errorf("the empty scope sees %d, %v", len(numbers), err)
		}
	})
}

// TestCasesAreDecidedWithinScope: whose section a row kept aside is not may not decide on it either.
func TestCasesAreDecidedWithinScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		readDistrict(t, s)
		cases, err := s.Quarantined(t.Context(), account.Everywhere())
		if err != nil || len(cases) != 3 {
			t.Fatalf("%d cases, %v", len(cases), err)
		}
		now := storetest.At("2022-05-06 09:00")
		one := account.Scope{Sections: []string{"XY-01"}}
		for _, c := range cases {
			mine := c.Kind == "roster" && c.Cells[0] == "XY-01"
			for _, within := range []account.Scope{{}, one} {
				err := s.DecideCase(t.Context(), within, audit.Act{Action: "quarantine.decide"}, c.ID, "dismissed", now)
				if want := mine && len(within.Sections) > 0; (err == nil) != want || !want && fault.KindOf(err) != fault.NotFound {
					t.Errorf("case of %s %s by %v: %v", c.Kind, c.Cells[0], within, err)
				}
			}
		}
		if left, err := s.Quarantined(t.Context(), account.Everywhere()); err != nil || len(left) != 2 {
			t.Errorf("%d cases left, %v", len(left), err)
		}
	})
}
