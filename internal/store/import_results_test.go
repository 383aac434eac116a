package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const head = "证件号码,采样时间,检测结果,报告时间,采样管编号,混采人数\n"

// The three people of the test district.
const (
	wang = "320699199003070013"
	li   = "320699198511120027"
	mai  = "320699198810010055"
)

// tube writes one row a person, all of one tube.
func tube(outcome, reported string, people ...string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, p := range people {
		fmt.Fprintf(&b, "%s,2022-05-05 07:30,%s,%s,NT22050501001,10\n", p, outcome, reported)
	}
	return b.String()
}

// found lists the current results of the test district as "tail outcome".
func found(t *testing.T, s *store.Store) []string {
	t.Helper()
	_, rows, err := s.Export(t.Context(), storetest.Order("results"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		all = append(all, r[0][14:]+" "+r[2])
	}
	slices.Sort(all)
	return all
}

func TestCorrectionOfOneSample(t *testing.T) {
	row := func(outcome, reported string) string {
		return head + wang + ",2022-05-05 07:30," + outcome + "," + reported + ",,"
	}
	steps := []struct {
		name, csv string
		accepted  int
		want      []string
		stands    string
	}{
		{"sampled", row("检测中", ""), 1, nil, "检测中"},
		{"reported", row("阳性", "2022-05-05 19:40"), 1, nil, "阳性"},
		{"the sample without result comes again", row("检测中", ""), 0, []string{"2 duplicate DUPLICATE"}, "阳性"},
		{"reported earlier", row("阴性", "2022-05-05 18:00"), 0, []string{"2 duplicate DUPLICATE"}, "阳性"},
		{"reported at the same time", row("阴性", "2022-05-05 19:40"), 0, []string{"2 duplicate DUPLICATE"}, "阳性"},
		{"without a time of report", row("阴性", ""), 0, []string{"2 duplicate DUPLICATE"}, "阳性"},
		{"corrected later", row("阴性", "2022-05-05 22:00"), 1, nil, "阴性"},
		{"the first report again", row("阳性", "2022-05-05 19:40"), 0, []string{"2 duplicate DUPLICATE"}, "阴性"},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		for _, step := range steps {
			expect(t, take(t, s, morning, "results", step.csv), step.accepted, step.want...)
			if got := found(t, s); !slices.Equal(got, []string{"0013 " + step.stands}) {
				t.Errorf("%s: stands %q, want %s", step.name, got, step.stands)
			}
		}
	})
}

func TestContradictionInOneFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		expect(t, take(t, s, morning, "results", head+
			wang+",2022-05-05 07:30,阴性,2022-05-05 19:00,,\n"+
			wang+",2022-05-05 07:30,阳性,2022-05-05 19:00,,\n"+
			li+",2022-05-05 07:30,阴性,2022-05-05 19:00,,\n"+
			li+",2022-05-05 07:30,阳性,2022-05-05 21:00,,\n"), 1,
			"2 quarantined TUBE_CONFLICT", "3 quarantined TUBE_CONFLICT", "4 duplicate DUPLICATE")
		if got := found(t, s); !slices.Equal(got, []string{"0027 阳性"}) {
			t.Errorf("stands %q", got)
		}
	})
}

func TestTubeHasOneResult(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		expect(t, take(t, s, morning, "results", tube("阴性", "2022-05-05 19:00", wang, li)), 2)

		mixed := tube("阴性", "2022-05-05 19:00", wang, li, mai)
		mixed = strings.Replace(mixed, mai+",2022-05-05 07:30,阴性", mai+",2022-05-05 07:30,阳性", 1)
		expect(t, take(t, s, morning, "results", mixed), 0,
			"2 quarantined TUBE_CONFLICT", "3 quarantined TUBE_CONFLICT", "4 quarantined TUBE_CONFLICT")

		expect(t, take(t, s, morning, "results", tube("阳性", "2022-05-05 21:00", wang)), 0, "2 quarantined TUBE_CONFLICT")
		expect(t, take(t, s, morning, "results", tube("阳性", "2022-05-05 21:00", mai)), 0, "2 quarantined TUBE_CONFLICT")
		expect(t, take(t, s, morning, "results", tube("阳性", "", wang, li)), 0, "2 duplicate DUPLICATE", "3 duplicate DUPLICATE")
		if got := found(t, s); !slices.Equal(got, []string{"0013 阴性", "0027 阴性"}) {
			t.Errorf("stands %q", got)
		}

		expect(t, take(t, s, morning, "results", tube("阳性", "2022-05-05 21:00", wang, li, mai)), 3)
		if got := found(t, s); !slices.Equal(got, []string{"0013 阳性", "0027 阳性", "0055 阳性"}) {
			t.Errorf("after the correction of the whole tube stands %q", got)
		}
		expect(t, take(t, s, morning, "results", tube("阴性", "2022-05-05 19:00", wang, li)), 0, "2 duplicate DUPLICATE", "3 duplicate DUPLICATE")
		if cases, err := s.Quarantined(t.Context(), account.Everywhere()); err != nil || len(cases) != 1 || cases[0].Cells[0] != mai {
			t.Errorf("open cases %v, %v: want only the early positive, the others came in later", cases, err)
		}
	})
}

func TestTubeCodeMayComeAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		expect(t, take(t, s, morning, "results", head+
			wang+",2022-05-03 07:30,阴性,,1,1\n"+
			li+",2022-05-04 07:30,阳性,,1,1\n"+
			mai+",2022-05-05 07:30,阴性,,1,1\n"), 3)
	})
}

func TestTubeTakesNoMoreThanItSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		two := func(people ...string) string {
			return strings.ReplaceAll(tube("阴性", "", people...), ",10\n", ",2\n")
		}
		expect(t, take(t, s, morning, "results", two(wang, li, mai)), 2, "4 rejected POOL_OVERSIZE")
		expect(t, take(t, s, morning, "results", two(wang, li, mai)), 0,
			"2 duplicate DUPLICATE", "3 duplicate DUPLICATE", "4 rejected POOL_OVERSIZE")
		expect(t, take(t, s, morning, "results", two(mai)), 0, "2 rejected POOL_OVERSIZE")

		other := strings.ReplaceAll(two("810000199001010019", wang, li), "NT22050501001", "NT22050501002")
		expect(t, take(t, s, morning, "results", other), 1, "2 quarantined NOT_ON_ROSTER", "4 rejected POOL_OVERSIZE")
	})
}
