package flag

import (
	"fmt"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// clock is an instant on the morning of 6 May 2022 in Nantong.
func clock(h, m int) calendar.Instant {
	return calendar.Day(2022, time.May, 6).At(time.Duration(h)*time.Hour+time.Duration(m)*time.Minute, time.FixedZone("CST", 8*3600))
}

func area(since calendar.Instant) criteria.Subject {
	return criteria.Subject{
		Kind: criteria.Area, ID: 3, Name: "隔离区", Since: since,
		Observed: locale.Say("间隔%s", "6小时10分"), Limit: locale.Say("6小时"),
	}
}

func report(at calendar.Instant, findings ...criteria.Finding) criteria.Report {
	return criteria.Report{SectionID: 7, At: at, Findings: findings}
}

func gap(status criteria.Status, subjects ...criteria.Subject) criteria.Finding {
	return criteria.Finding{Code: "dis.max_gap", Status: status, Severity: policy.Block, Reason: locale.Say("间隔超时"), Subjects: subjects}
}

func openGap() Flag {
	return Flag{
		ID: 1, SectionID: 7, Code: "dis.max_gap", Subject: "area:3", Name: "隔离区", Severity: policy.Block, Status: criteria.Fail,
		Reason: "间隔6小时10分；标准：6小时", Since: clock(2, 0), RaisedAt: clock(2, 10), LastSeenAt: clock(2, 10),
	}
}

func TestReconcileRaises(t *testing.T) {
	want := openGap()
	want.ID = 0
	got := Reconcile(nil, report(clock(2, 10), gap(criteria.Fail, area(clock(2, 0)))))
	if d := cmp.Diff(Changes{Raise: []Flag{want}}, got); d != "" {
		t.Errorf("a gap known since 02:00, found at 02:10 (-want +got):\n%s", d)
	}
	got = Reconcile(nil, report(clock(2, 10), gap(criteria.Fail, area(0))))
	if since := got.Raise[0].Since; since != clock(2, 10) {
		t.Errorf("since of a gap whose facts do not tell = %v, want the instant of the run", since)
	}
}

func TestReconcileKeepsWhoIsStillFound(t *testing.T) {
	worse := gap(criteria.Warned, area(0))
	got := Reconcile([]Flag{openGap()}, report(clock(2, 15), worse))
	want := openGap()
	want.Status, want.LastSeenAt = criteria.Warned, clock(2, 15)
	if d := cmp.Diff(Changes{Keep: []Flag{want}}, got); d != "" {
		t.Errorf("keep (-want +got):\n%s", d)
	}
}

// TestReconcileClears holds the worked scenario of the isolation area: overdue from 02:00 to 02:40, noticed at 02:45.
func TestReconcileClears(t *testing.T) {
	mend := func(at calendar.Instant) criteria.Finding {
		f := gap(criteria.Pass)
		f.Mended = []criteria.Mend{{Kind: criteria.Area, ID: 3, Name: "隔离区", At: at}}
		return f
	}
	for _, tt := range []struct {
		name    string
		finding criteria.Finding
		ended   calendar.Instant
	}{
		{"mended by an entry before the run", mend(clock(2, 40)), clock(2, 40)},
		{"the facts do not tell when", gap(criteria.Pass), clock(2, 45)},
		{"the area is not judged any more", gap(criteria.NotApplicable), clock(2, 45)},
		{"mended before it began is another episode", mend(clock(1, 59)), clock(2, 45)},
		{"mended after the run is not known yet", mend(clock(3, 0)), clock(2, 45)},
		{"only shown is not flagged", criteria.Finding{Code: "dis.max_gap", Status: criteria.Fail, Severity: policy.Info, Subjects: []criteria.Subject{area(0)}}, clock(2, 45)},
		{"the policy dropped the criterion", criteria.Finding{Code: "room.beds", Status: criteria.Pass, Severity: policy.Block}, clock(2, 45)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Reconcile([]Flag{openGap()}, report(clock(2, 45), tt.finding))
			want := openGap()
			want.ClearedAt, want.EndedAt = clock(2, 45), tt.ended
			if d := cmp.Diff(Changes{Clear: []Flag{want}}, got); d != "" {
				t.Errorf("clear (-want +got):\n%s", d)
			}
		})
	}
}

func TestReconcileOpensANewEpisodeAfterAnOldOne(t *testing.T) {
	old := openGap()
	old.ClearedAt, old.EndedAt = clock(2, 45), clock(2, 40)
	got := Reconcile([]Flag{old}, report(clock(9, 0), gap(criteria.Fail, area(clock(8, 40)))))
	if len(got.Raise) != 1 || len(got.Keep)+len(got.Clear) != 0 {
		t.Fatalf("after a cleared episode: %+v, want one raised", got)
	}
	if f := got.Raise[0]; f.ID != 0 || f.Since != clock(8, 40) || f.RaisedAt != clock(9, 0) {
		t.Errorf("the new episode is %+v", f)
	}
}

func TestReconcileKeysSubjects(t *testing.T) {
	f := criteria.Finding{Code: "x", Status: criteria.Unknown, Severity: policy.Warn, Reason: locale.Say("无记录")}
	if got := Reconcile(nil, report(clock(8, 0), f)).Raise; len(got) != 1 || got[0].Subject != "section" || got[0].Reason != "无记录" {
		t.Errorf("a finding without subjects gives %+v, want one flag of the section", got)
	}
	f.Subjects = []criteria.Subject{
		{Kind: criteria.Worker, ID: 12, Name: "丙"}, {Kind: criteria.Worker, ID: 12, Name: "丙"},
		{Kind: criteria.Item, Name: "口罩"}, {Kind: criteria.Section, ID: 7, Name: "一标段"},
	}
	var keys []string
	for _, f := range Reconcile(nil, report(clock(8, 0), f)).Raise {
		keys = append(keys, f.Subject)
	}
	if d := cmp.Diff([]string{"worker:12", "item:口罩", "section"}, keys); d != "" {
		t.Errorf("keys (-want +got):\n%s", d)
	}
}

// apply is what a ledger does with the changes.
func apply(c Changes, next *int64) []Flag {
	open := append([]Flag(nil), c.Keep...)
	for _, f := range c.Raise {
		*next++
		f.ID = *next
		open = append(open, f)
	}
	return open
}

// TestReconcileTwiceChangesNothing draws runs of random reports and asks after each for its own report again.
func TestReconcileTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var open []Flag
		var ids int64
		for run := range rapid.IntRange(1, 6).Draw(t, "runs") {
			r := drawReport(t, clock(run, 0))
			c := Reconcile(open, r)
			if len(c.Keep)+len(c.Clear) != len(open) {
				t.Fatalf("of %d open flags %d are kept and %d cleared", len(open), len(c.Keep), len(c.Clear))
			}
			for _, f := range c.Clear {
				if f.EndedAt < f.Since || f.EndedAt > f.ClearedAt || f.ClearedAt < f.RaisedAt {
					t.Fatalf("an episode ends out of order: %+v", f)
				}
			}
			open = apply(c, &ids)
			again := Reconcile(open, r)
			if len(again.Raise)+len(again.Clear) != 0 {
				t.Fatalf("the same report again changes %+v", again)
			}
			byID := cmp.Transformer("byID", func(all []Flag) map[int64]Flag {
				m := make(map[int64]Flag)
				for _, f := range all {
					m[f.ID] = f
				}
				return m
			})
			if d := cmp.Diff(open, again.Keep, byID); d != "" {
				t.Fatalf("the same report again rewrites (-want +got):\n%s", d)
			}
		}
	})
}

func drawReport(t *rapid.T, at calendar.Instant) criteria.Report {
	r := criteria.Report{SectionID: 7, At: at}
	for i := range rapid.IntRange(0, 4).Draw(t, "criteria") {
		f := criteria.Finding{
			Code:     criteria.Code(fmt.Sprintf("c%d", i)),
			Status:   criteria.Status(rapid.IntRange(0, 4).Draw(t, "status")),
			Severity: rapid.SampledFrom([]policy.Severity{policy.Block, policy.Warn, policy.Info}).Draw(t, "severity"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "subjects") {
			id := rapid.Int64Range(0, 3).Draw(t, "id")
			since := rapid.SampledFrom([]calendar.Instant{0, at, at - 5}).Draw(t, "since")
			f.Subjects = append(f.Subjects, criteria.Subject{Kind: criteria.Worker, ID: id, Name: "甲", Since: since})
			f.Mended = append(f.Mended, criteria.Mend{Kind: criteria.Worker, ID: 3 - id, Name: "甲", At: since})
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}
