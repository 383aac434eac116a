package e2e

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/district"
	"fugong/internal/evaluation"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// part is what a section of the demonstration's district must come to: its verdict and, in the order of the sheet, what is
// not in order. A trailing star takes any number of further findings.
type part struct {
	verdict criteria.Verdict
	amiss   string
}

// parts are those of the district's profiles, in their order.
func parts() []part {
	met, conditional, unmet := criteria.Met, criteria.Conditional, criteria.Unmet
	return []part{
		{met, ""},
		{unmet, "nat.latest_negative=unknown nat.pre_resumption=unknown"},
		{unmet, "nat.latest_negative=fail nat.cadence=fail"},
		{met, ""},
		{conditional, "room.beds=warn"},
		{unmet, "nat.latest_negative=fail nat.pool_recheck=fail"},
		{unmet, "room.occupancy=fail room.area=fail room.beds=warn"},
		{met, ""},
		{conditional, "org.drill=warn"},
		{unmet, "saf.crane=fail saf.drainage=fail saf.order=unknown"},
		{unmet, "dis.frequency=fail dis.area_coverage=fail"},
		{unmet, "org.group=unknown*"},
		{met, ""},
		{conditional, "room.no_mixing=warn"},
		{unmet, "dis.max_gap=fail"},
		{unmet, "org.plan=unknown org.commitment=unknown"},
		{met, ""},
		{unmet, "nat.latest_negative=fail nat.positive=fail"},
		{conditional, "dis.concentration=warn"},
		{unmet, "saf.scaffold=fail saf.selfcheck=fail saf.order=unknown saf.accident=unknown"},
		{unmet, "health.fever=fail"},
		{met, ""},
		{unmet, "roster.matches_gate=fail"},
		{unmet, "ppe.stock=fail"},
		{conditional, "health.temp=warn"},
		{unmet, "entry.restricted=fail"},
		{unmet, "entry.newcomer=fail room.no_mixing=fail"},
		{unmet, "report.daily=fail*"},
	}
}

// TestDemoDistrict takes the made-up district of the demonstration in, evening by evening: every row is taken, every section
// plays its part, and what was judged on an evening is judged the same after all that came later.
func TestDemoDistrict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		codes, evenings := w.takeDistrict(district.Demo(w.now, w.loc), 2)
		judged := w.judged()
		for i, want := range parts() {
			j := judged[codes[i]]
			got := strings.Join(amiss(j), " ")
			most, more := strings.CutSuffix(want.amiss, "*")
			if j.Verdict() != want.verdict || got != most && !(more && strings.HasPrefix(got, most)) {
				t.Errorf("%s (%s, %s): %s %s, want %s %s", codes[i], j.Section.State, j.Section.Occasion, j.Verdict(), got, want.verdict, want.amiss)
			}
		}
		for at, then := range evenings {
			if diff := cmp.Diff(then, w.replay(at), cmpopts.EquateComparable(calendar.Date{})); diff != "" {
				t.Errorf("%s, judged again (-then +now):\n%s", at.RFC3339(w.loc), diff)
			}
		}
	})
}

// takeDistrict imports a made-up district as it is delivered. It gives the section codes in their order and what was judged on
// the evenings.
func (w *world) takeDistrict(spec district.Spec, evenings int) ([]string, map[calendar.Instant][]evaluation.Judged) {
	w.Helper()
	judged := map[calendar.Instant][]evaluation.Judged{}
	var codes []string
	morning := w.now
	for table := range district.Deliveries(spec, evenings) {
		if table.At != w.now && w.now != morning {
			judged[w.now] = w.replay(w.now)
		}
		w.now = table.At
		if table.Kind == "sections" && codes == nil { // later ones tell of a few
			codes = column(table, "标段编号")
		}
		var b bytes.Buffer
		if err := intake.WriteCSV(&b, table.Header, table.Rows); err != nil {
			w.Fatal(err)
		}
		report := w.take(table.Kind, table.Kind+".csv", b.Bytes())
		if len(report.Rows) > 0 || len(report.Unknown) > 0 {
			w.Errorf("%s: %d rows not accepted, first %+v; unknown columns %v", table.Kind, len(report.Rows), report.Rows[:min(3, len(report.Rows))], report.Unknown)
		}
	}
	return codes, judged
}

func column(table district.Table, heading string) []string {
	at := slices.Index(table.Header, heading)
	var all []string
	for row := range table.Rows {
		all = append(all, row[at])
	}
	return all
}

// replay judges every section at an instant by what was known then.
func (w *world) replay(at calendar.Instant) []evaluation.Judged {
	w.Helper()
	ids, err := w.store.EverySection(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	all, err := w.judge.Judge(w.Context(), ids, at, at)
	if err != nil {
		w.Fatal(err)
	}
	return all
}
