package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/flag"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// overfull judges that a section may have one person at most, so that a test can raise and clear flags with a roster.
func overfull(holds calendar.Instant) func(*criteria.Snapshot, calendar.Instant) criteria.Report {
	return func(s *criteria.Snapshot, at calendar.Instant) criteria.Report {
		f := criteria.Finding{
			Code: "room.occupancy", Status: criteria.Pass, Severity: policy.Block, Required: locale.Say("%d人", 1), HoldsUntil: holds,
		}
		for _, p := range s.People {
			if p.Present(at) {
				f.Subjects = append(f.Subjects, criteria.Subject{Kind: criteria.Worker, ID: int64(p.WorkerID), Name: p.Name, Since: p.EnteredAt})
			}
		}
		n := len(f.Subjects)
		if n > 1 {
			f.Status, f.Reason = criteria.Fail, locale.Say("%d人，超过%s", n, "1人")
		} else {
			f.Subjects = nil
		}
		return criteria.Report{SectionID: s.Section.ID, At: at, Policy: "test", PolicyVersion: 1, Headcount: n, Findings: []criteria.Finding{f}}
	}
}

// decide judges sections with a rule and saves what changed.
func decide(t *testing.T, s *store.Store, at string, rule func(*criteria.Snapshot, calendar.Instant) criteria.Report, codes ...string) int {
	t.Helper()
	ids, err := s.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: codes})
	if err != nil {
		t.Fatal(err)
	}
	now := storetest.At(at)
	changed, failed, err := s.Decide(t.Context(), ids, week(), now, now, "scheduled",
		func(snapshot *criteria.Snapshot, open []flag.Flag) (criteria.Report, flag.Changes, error) {
			report := rule(snapshot, now)
			return report, flag.Reconcile(open, report), nil
		})
	if err != nil || failed != 0 {
		t.Fatalf("decide at %s: %d failed: %v", at, failed, err)
	}
	return changed
}

func due(t *testing.T, s *store.Store, at string) string {
	t.Helper()
	ids, err := s.Due(t.Context(), storetest.At(at))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(ids)
}

func flags(t *testing.T, s *store.Store, f store.FlagFilter) []store.FlagLine {
	t.Helper()
	all, err := s.Flags(t.Context(), account.Everywhere(), f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFlagsOpenStayAndClearOverRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		rule := overfull(0)
		if n := decide(t, s, "2022-05-06 08:05", rule); n != 2 {
			t.Errorf("the first run changed %d sections, want both", n)
		}
		open := flags(t, s, store.FlagFilter{})
		if len(open) != 2 || (open[0].Name != "王小明" && open[0].Name != "李红") || open[0].SectionCode != "XY-01" || open[0].Since != storetest.At("2022-04-01 08:00") ||
			open[0].RaisedAt != storetest.At("2022-05-06 08:05") || open[0].Reason != "2人，超过1人" {
			t.Fatalf("open flags: %+v", open)
		}
		if n := decide(t, s, "2022-05-06 08:10", rule); n != 0 {
			t.Errorf("a run that finds the same changed %d sections", n)
		}
		kept := flags(t, s, store.FlagFilter{})
		kept[0].LastSeenAt, kept[1].LastSeenAt = open[0].LastSeenAt, open[1].LastSeenAt
		if d := cmp.Diff(open, kept); d != "" {
			t.Errorf("a run that finds the same (-before +after):\n%s", d)
		}
		if seen := flags(t, s, store.FlagFilter{})[0].LastSeenAt; seen != storetest.At("2022-05-06 08:10") {
			t.Errorf("last seen at %s", seen.Minute(storetest.Shanghai()))
		}

		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:12"), "roster",
			"标段编号,姓名,证件号码,进场时间,退场时间,班组\nXY-01,李红,320699198511120027,2022-04-01 08:00,2022-05-06 08:11,木工班")
		if n := decide(t, s, "2022-05-06 08:15", rule); n != 1 {
			t.Errorf("after a departure %d sections changed, want one", n)
		}
		if left := flags(t, s, store.FlagFilter{}); len(left) != 0 {
			t.Errorf("still open: %+v", left)
		}
		all := flags(t, s, store.FlagFilter{Cleared: true, Sections: []string{"XY-01"}})
		if len(all) != 2 || all[0].ClearedAt != storetest.At("2022-05-06 08:15") || all[0].LastSeenAt != storetest.At("2022-05-06 08:10") {
			t.Errorf("the history: %+v", all)
		}
		if none := flags(t, s, store.FlagFilter{Cleared: true, Since: storetest.At("2022-05-06 08:16"), Streets: []string{"学苑街道"}}); len(none) != 0 {
			t.Errorf("cleared since later: %+v", none)
		}

		storetest.ImportAt(t, s, storetest.At("2022-05-06 09:00"), "roster",
			"标段编号,姓名,证件号码,进场时间,班组\nXY-01,赵强,320699199602290042,2022-05-06 08:50,木工班")
		decide(t, s, "2022-05-06 09:05", rule)
		if again := flags(t, s, store.FlagFilter{}); len(again) != 2 || again[0].ID <= all[1].ID {
			t.Errorf("a new episode: %+v", again)
		}
	})
}

func TestVerdictsAreKeptWhenTheySaySomethingNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		rule := overfull(storetest.At("2022-05-06 12:00"))
		decide(t, s, "2022-05-06 08:05", rule)
		decide(t, s, "2022-05-06 08:10", rule)
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:12"), "roster",
			"标段编号,姓名,证件号码,进场时间,退场时间,班组\nXY-01,李红,320699198511120027,2022-04-01 08:00,2022-05-06 08:11,木工班")
		decide(t, s, "2022-05-06 08:15", rule)
		ids, _ := s.EverySection(t.Context())
		history, err := s.History(t.Context(), account.Everywhere(), ids[0], storetest.At("2022-04-22 00:00"))
		if err != nil || len(history) != 2 || history[0].Verdict != criteria.Unmet || history[1].Verdict != criteria.Met || history[1].Headcount != 1 {
			t.Fatalf("history %+v, %v", history, err)
		}
		if later, err := s.History(t.Context(), account.Everywhere(), ids[0], storetest.At("2022-05-06 08:12")); err != nil || len(later) != 2 {
			t.Errorf("history since between the two: %+v, %v, want the standing one first", later, err)
		}
		old, err := s.Verdict(t.Context(), account.Everywhere(), history[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		f := old.Findings[0]
		if old.At != storetest.At("2022-05-06 08:05") || old.KnownAt != old.At || old.Cause != "scheduled" || f.Reason.String() != "2人，超过1人" ||
			f.Required.String() != "1人" || f.Status != criteria.Fail || len(f.Subjects) != 2 || f.Subjects[0].Name == "" ||
			f.HoldsUntil != storetest.At("2022-05-06 12:00") {
			t.Errorf("the first verdict reads back as %+v", old)
		}
		latest, err := s.Latest(t.Context(), account.Everywhere(), ids)
		if err != nil || latest[ids[0]].ID != history[1].ID || latest[ids[1]].Report.Verdict() != criteria.Met {
			t.Errorf("latest %+v, %v", latest, err)
		}
		if _, err := s.Verdict(t.Context(), account.Everywhere(), 9999); err == nil {
			t.Error("a verdict that is not there was read")
		}
	})
}

func TestOnlyWhatChangedIsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		if got := due(t, s, "2022-05-06 08:05"); got != "[1 2]" {
			t.Errorf("due before the first judgement: %s", got)
		}
		rule := overfull(storetest.At("2022-05-06 12:00"))
		decide(t, s, "2022-05-06 08:05", rule)
		if got := due(t, s, "2022-05-06 12:00"); got != "[]" {
			t.Errorf("due while everything holds: %s", got)
		}
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:30"), "temperatures", "证件号码,测量时间,体温\n320699198810010055,2022-05-06 08:20,36.5")
		if got := due(t, s, "2022-05-06 08:30"); got != "[2]" {
			t.Errorf("due after a fact of XY-02: %s", got)
		}
		decide(t, s, "2022-05-06 08:31", rule, "XY-02")
		if got := due(t, s, "2022-05-06 12:00"); got != "[]" {
			t.Errorf("due after judging it: %s", got)
		}
		ids, err := s.Due(t.Context(), storetest.At("2022-05-06 12:00")+1)
		if err != nil || len(ids) != 2 {
			t.Errorf("due right after holds_until: %v, %v", ids, err)
		}
	})
}

// TestFactsOfLaterKeepASectionDue judges with a clock that is behind that of whoever recorded.
func TestFactsOfLaterKeepASectionDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s) // recorded at 08:00
		decide(t, s, "2022-05-06 07:59", overfull(0))
		if got := due(t, s, "2022-05-06 07:59"); got != "[]" {
			t.Errorf("due at 07:59: %s, want nothing to do yet", got)
		}
		if got := due(t, s, "2022-05-06 08:00"); got != "[1 2]" {
			t.Errorf("due at 08:00: %s, want both", got)
		}
	})
}

func TestOneFailingSectionStopsNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		ids, _ := s.EverySection(t.Context())
		now := storetest.At("2022-05-06 08:05")
		rule := overfull(0)
		for name, fail := range map[string]func(*criteria.Report) error{
			"an error":                  func(*criteria.Report) error { return errors.New("XY-01 has no policy") },
			"a panic":                   func(*criteria.Report) error { panic("XY-01 breaks a rule of arithmetic") },
			"what cannot be saved":      func(r *criteria.Report) error { r.Policy = "XY-01 \x00"; return nil },
			"a finding no JSON can say": func(r *criteria.Report) error { r.Findings[0].Reason.Args = []any{func() {}, "XY-01"}; return nil },
		} {
			changed, failed, err := s.Decide(t.Context(), ids, week(), now, now, "scheduled",
				func(snapshot *criteria.Snapshot, open []flag.Flag) (criteria.Report, flag.Changes, error) {
					report := rule(snapshot, now)
					if snapshot.Section.Code == "XY-01" {
						if err := fail(&report); err != nil {
							return criteria.Report{}, flag.Changes{}, err
						}
					}
					return report, flag.Reconcile(open, report), nil
				})
			if err == nil || failed != 1 || changed > 1 {
				t.Errorf("%s: %d changed, %d failed, %v", name, changed, failed, err)
			}
		}
		if got := due(t, s, "2022-05-06 08:05"); got != "[1]" {
			t.Errorf("due afterwards: %s, want only the one that failed", got)
		}
		latest, err := s.Latest(t.Context(), account.Everywhere(), ids)
		if err != nil || len(latest) != 1 {
			t.Errorf("verdicts afterwards: %+v, %v", latest, err)
		}
	})
}

func TestRacingRunsKeepOneOpenFlag(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				ids, _ := s.EverySection(t.Context())
				if i%2 == 0 {
					slices.Reverse(ids)
				}
				at := storetest.At("2022-05-06 08:05").Add(time.Duration(i) * time.Second)
				_, _, err := s.Decide(t.Context(), ids, week(), at, 0, "requested",
					func(snapshot *criteria.Snapshot, open []flag.Flag) (criteria.Report, flag.Changes, error) {
						report := overfull(0)(snapshot, at)
						return report, flag.Reconcile(open, report), nil
					})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if open := flags(t, s, store.FlagFilter{Cleared: true}); len(open) != 2 {
			t.Errorf("%d flags after eight runs at once, want two: %+v", len(open), open)
		}
		ids, _ := s.EverySection(t.Context())
		if history, err := s.History(t.Context(), account.Everywhere(), ids[0], 1); err != nil || len(history) != 1 {
			t.Errorf("%d verdicts after eight runs at once, want one, %v", len(history), err)
		}
	})
}

// evaluator judges for real, at an instant.
func evaluator(s *store.Store, now string) *evaluation.Evaluator {
	return &evaluation.Evaluator{
		Ledger: s, Loc: storetest.Shanghai(), Log: slog.New(slog.DiscardHandler),
		Now: func() calendar.Instant { return storetest.At(now) },
	}
}

// standing writes the open flags without what depends on when they were noticed.
func standing(t *testing.T, s *store.Store) []string {
	t.Helper()
	var all []string
	for _, f := range flags(t, s, store.FlagFilter{}) {
		all = append(all, fmt.Sprint(f.SectionCode, " ", f.Code, " ", f.Name, " ", f.Status, " ", f.Reason))
	}
	slices.Sort(all)
	return all
}

// TestFullRunAndDueRunAgree lets one district be judged only when something is due and another, in a file, all the time, while
// the clock goes on and facts come in.
func TestFullRunAndDueRunAgree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, lazy *store.Store) {
		eager := storetest.Open(t, filepath.Join(t.TempDir(), "eager.db"), storetest.Keys(t))
		for _, s := range []*store.Store{lazy, eager} {
			fill(t, s)
		}
		facts := map[string][2]string{
			"2022-05-06 14:00": {"disinfection", "标段编号,区域编号,消毒时间,药剂,浓度\nXY-01,Q1,2022-05-06 13:55,84消毒液,500"},
			"2022-05-07 10:00": {"results", "证件号码,采样时间,检测结果,采样管编号,报告时间\n320699198511120027,2022-05-06 21:00,阴性,T20,2022-05-07 08:00"},
			"2022-05-07 12:00": {"stays", "证件号码,标段编号,房间号,入住时间,离开时间\n320699198810010055,XY-01,A-201,2022-04-03 20:00,2022-05-07 09:30"},
			"2022-05-08 10:00": {"roster", "标段编号,姓名,证件号码,进场时间,退场时间,班组\nXY-02,买买提·艾力,320699198810010055,2022-04-01 08:00,2022-05-08 09:00,木工班"},
		}
		skipped := 0
		for at := storetest.At("2022-05-06 08:00"); at < storetest.At("2022-05-08 12:00"); at = at.Add(2 * time.Hour) {
			now := at.Minute(storetest.Shanghai())
			for _, s := range []*store.Store{lazy, eager} {
				if fact, ok := facts[now]; ok {
					storetest.ImportAt(t, s, at, fact[0], fact[1])
				}
			}
			outcome, err := evaluator(lazy, now).Due(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			skipped += 2 - outcome.Judged
			if _, err := evaluator(eager, now).All(t.Context(), evaluation.Scheduled); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(keys(standing(t, eager)), keys(standing(t, lazy))); d != "" {
				t.Fatalf("at %s (-full +due):\n%s", now, d)
			}
		}
		if skipped == 0 {
			t.Error("the due runs never left a section out")
		}
	})
}

// keys cuts what a flag says down to whom it is about: how many hours old a test is, only the run that judges tells.
func keys(open []string) []string {
	for i, line := range open {
		open[i] = strings.Join(strings.SplitN(line, " ", 5)[:4], " ")
	}
	return open
}

// TestOldVerdictsCanBeJudgedAgain stores verdicts for days while facts are added, corrected and end, then judges each again
// by its instant and knowledge.
func TestOldVerdictsCanBeJudgedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		at := storetest.At("2022-05-06 08:00")
		corrections := []struct{ kind, csv string }{
			{"results", "证件号码,采样时间,检测结果,采样管编号,报告时间\n320699199003070013,2022-05-05 08:00,阳性,T5,2022-05-05 21:00"},
			{"rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-201,4,2"},
			{"roster", "标段编号,姓名,证件号码,进场时间,退场时间,班组\nXY-01,王小明,320699199003070013,2022-04-01 08:00,2022-05-05 12:00,钢筋班"},
			{"areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q1,隔离区,隔离"},
			{"stock", "标段编号,日期,物资,结存,日人均用量\nXY-01,2022-05-05,消毒液,900,0.1\nXY-01,2022-05-06,口罩,900,1"},
			{"documents", "标段编号,类型,签发日期,到期日期\nXY-01,承诺书,2022-04-01,2022-05-01"},
			{"zones", "范围类型,范围,级别,开始时间,结束时间\n街道,学苑街道,封控区,2022-05-05 00:00,"},
			{"sections", "项目编号,项目名称,标段编号,标段名称,街道,停工类型\nXY,学苑示范项目,XY-01,一标段,学苑街道,台风"},
			{"checklists", "标段编号,日期,提交时间,项目编号,答案\nXY-01,2022-05-06,2022-05-06 07:00,B1,是"},
			{"gate", "标段编号,证件号码,时间,方向\nXY-01,320699198511120027,2022-05-06 07:00,出"},
			{"temperatures", "证件号码,测量时间,体温\n320699198511120027,2022-05-06 06:00,38.1"},
			{"stays", "证件号码,标段编号,房间号,入住时间,离开时间\n320699198810010055,XY-01,A-201,2022-04-03 20:00,2022-05-06 06:00"},
		}
		for i, c := range corrections {
			now := at.Add(time.Duration(i) * 7 * time.Hour)
			if _, err := evaluator(s, now.Minute(storetest.Shanghai())).All(t.Context(), evaluation.Scheduled); err != nil {
				t.Fatal(err)
			}
			storetest.ImportAt(t, s, now.Add(time.Hour), c.kind, c.csv)
		}
		ids, _ := s.EverySection(t.Context())
		judged := 0
		for _, id := range ids {
			marks, err := s.History(t.Context(), account.Everywhere(), id, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range marks {
				judged++
				again(t, s, id, m)
			}
		}
		if judged < 8 {
			t.Errorf("only %d verdicts were stored", judged)
		}
	})
}

func again(t *testing.T, s *store.Store, id site.SectionID, m store.Mark) {
	t.Helper()
	stored, err := s.Verdict(t.Context(), account.Everywhere(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := evaluator(s, "2022-06-01 00:00").Judge(t.Context(), []site.SectionID{id}, m.At, m.KnownAt)
	if err != nil || len(got) != 1 {
		t.Fatalf("judge section %d again at %s: %v", id, m.At.Minute(storetest.Shanghai()), err)
	}
	say := func(r criteria.Report) []string {
		lines := []string{fmt.Sprint(r.Verdict(), r.Headcount, r.HousedOnSite, r.HoldsUntil)}
		for _, f := range r.Findings {
			lines = append(lines, fmt.Sprint(f.Code, f.Status, f.Observed, f.Required, f.Reason, f.HoldsUntil, f.Subjects))
		}
		return lines
	}
	if d := cmp.Diff(say(stored.Report), say(got[0].Report)); d != "" {
		t.Errorf("section %d at %s (-stored +again):\n%s", id, m.At.Minute(storetest.Shanghai()), d)
	}
}

// TestJudgingTwiceChangesNothing does so with the criteria as they are, at one instant.
func TestJudgingTwiceChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		first, err := evaluator(s, "2022-05-06 08:00").All(t.Context(), evaluation.Scheduled)
		if err != nil || first.Judged != 2 || first.Changed != 2 {
			t.Fatalf("the first run: %+v, %v", first, err)
		}
		before := flags(t, s, store.FlagFilter{Cleared: true})
		second, err := evaluator(s, "2022-05-06 08:00").All(t.Context(), evaluation.Scheduled)
		if err != nil || second.Judged != 2 || second.Changed != 0 {
			t.Errorf("the second run: %+v, %v, want nothing changed", second, err)
		}
		if d := cmp.Diff(before, flags(t, s, store.FlagFilter{Cleared: true})); d != "" || len(before) == 0 {
			t.Errorf("flags (-before +after):\n%s", d)
		}
		ids, _ := s.EverySection(t.Context())
		if history, err := s.History(t.Context(), account.Everywhere(), ids[0], 1); err != nil || len(history) != 1 {
			t.Errorf("%d verdicts, %v, want one", len(history), err)
		}
	})
}
