package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"fugong/internal/criteria"
	"fugong/internal/store/storetest"
)

// verdicts is the public form of a judgement, with every name it may have.
type verdicts struct {
	At       string       `json:"at"`
	KnownAt  *string      `json:"known_at"`
	Policy   *policyName  `json:"policy"`
	Sections []sectionDoc `json:"sections"`
}

type policyName struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

type sectionDoc struct {
	Section      string       `json:"section"`
	Project      string       `json:"project"`
	Verdict      string       `json:"verdict"`
	Policy       *policyName  `json:"policy"`
	Headcount    int          `json:"headcount"`
	HousedOnSite int          `json:"housed_on_site"`
	HoldsUntil   *string      `json:"holds_until"`
	Findings     []findingDoc `json:"findings"`
}

type findingDoc struct {
	Criterion  string       `json:"criterion"`
	Status     string       `json:"status"`
	Severity   string       `json:"severity"`
	Observed   string       `json:"observed"`
	Required   string       `json:"required"`
	Reason     string       `json:"reason"`
	HoldsUntil *string      `json:"holds_until"`
	Suspend    bool         `json:"suspend_recommended"`
	Subjects   []subjectDoc `json:"subjects"`
}

type subjectDoc struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	IDTail   string `json:"id_tail"`
	Observed string `json:"observed"`
	Limit    string `json:"limit"`
}

// evaluate gives the verdicts that a command line prints as JSON.
func (w *world) evaluate(args ...string) verdicts {
	w.Helper()
	var v verdicts
	w.parse(w.must(append([]string{"evaluate", "--json"}, args...)...), &v)
	return v
}

// latest is what a section's newest negatives came to.
func (v verdicts) latest(t *testing.T) (sectionDoc, findingDoc) {
	t.Helper()
	if len(v.Sections) != 1 || v.Sections[0].Section != "XY-01" {
		t.Fatalf("sections %+v, want XY-01 alone", v.Sections)
	}
	for _, f := range v.Sections[0].Findings {
		if f.Criterion == "nat.latest_negative" {
			return v.Sections[0], f
		}
	}
	t.Fatal("no finding nat.latest_negative")
	return sectionDoc{}, findingDoc{}
}

// TestS1 is the domain's first story, from the files to the verdict, on both databases: 48 hours are within the limit and 49 are
// not; a result helps whom it is about from the hour of its report.
func TestS1(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := newWorld(t)
		w.env["FUGONG_DB"] = dsn
		w.takeDistrict()
		v := w.evaluate("--section", "XY-01", "--at", morning)
		s, f := v.latest(t)
		if v.At != morning || v.KnownAt != nil || *v.Policy != (policyName{"epidemic-2022", 1}) {
			t.Errorf("at %s, known at %v, policy %+v", v.At, v.KnownAt, v.Policy)
		}
		if s.Project != "XY" || s.Verdict != "unmet" || s.Headcount != 3 || s.Policy != nil {
			t.Errorf("section %+v", s)
		}
		third := subjectDoc{"worker", "丙", "0055", "49小时0分（2022-05-04 07:00采样）", "48小时"}
		if f.Status != "fail" || f.Severity != "block" || f.Observed != "2/3" || !strings.Contains(f.Required, "48小时") || f.Reason == "" ||
			*f.HoldsUntil != morning || !slices.Equal(f.Subjects, []subjectDoc{third}) {
			t.Errorf("at 08:00 %+v", f)
		}
		w.env["FUGONG_CLOCK"] = "2022-05-06T12:15:00+08:00"
		w.must("import", "results", w.write("noon.csv", "证件号码,采样时间,检测结果,报告时间\n320699198810010055,2022-05-06 06:00,阴性,2022-05-06 12:10\n"))
		_, f = w.evaluate("--section", "XY-01", "--at", "2022-05-06T12:15:00+08:00").latest(t)
		second := subjectDoc{"worker", "乙", "0027", "52小时15分（2022-05-04 08:00采样）", "48小时"}
		if f.Status != "fail" || f.Observed != "2/3" || !slices.Equal(f.Subjects, []subjectDoc{second}) {
			t.Errorf("at 12:15 %+v", f)
		}
		_, f = w.evaluate("--section", "XY-01", "--at", "2022-05-06T12:15:00+08:00", "--known-at", "2022-05-06T12:00:00+08:00").latest(t)
		if f.Observed != "1/3" || len(f.Subjects) != 2 {
			t.Errorf("at 12:15 by what was known at noon %+v", f)
		}
		if _, f = w.evaluate("--section", "XY-01", "--at", morning).latest(t); !slices.Equal(f.Subjects, []subjectDoc{third}) {
			t.Errorf("at 08:00, judged again, %+v: a report of 12:10 cannot help then", f)
		}
	})
}

// TestEvaluateEverySection: each criterion of the policy is told once, also where it is met, and sections come by their codes.
func TestEvaluateEverySection(t *testing.T) {
	w := newDistrict(t)
	v := w.evaluate("--at", morning)
	if len(v.Sections) != 2 || v.Sections[0].Section != "XY-01" || v.Sections[1].Section != "XY-02" {
		t.Fatalf("sections %+v", v.Sections)
	}
	for _, s := range v.Sections {
		seen := map[string]int{}
		for _, f := range s.Findings {
			seen[f.Criterion]++
			if !slices.Contains([]string{"pass", "fail", "warn", "unknown", "na"}, f.Status) || !slices.Contains([]string{"block", "warn", "info"}, f.Severity) {
				t.Errorf("%s %s: %s %s", s.Section, f.Criterion, f.Status, f.Severity)
			}
			if f.Subjects == nil {
				t.Errorf("%s %s: subjects are null, want a list", s.Section, f.Criterion)
			}
		}
		for code, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s is told %d times", s.Section, code, n)
			}
		}
		if len(seen) < 60 || len(seen) > len(criteria.All()) {
			t.Errorf("%s: %d criteria are told of %d: %v", s.Section, len(seen), len(criteria.All()), slices.Sorted(maps.Keys(seen)))
		}
	}
	table := w.must("evaluate", "--at", morning)
	if !strings.Contains(table, "XY-01") || !strings.Contains(table, "unmet") || !strings.Contains(table, "nat.latest_negative fail") {
		t.Errorf("table\n%s", table)
	}
}

type flagLine struct {
	Section   string  `json:"section"`
	Criterion string  `json:"criterion"`
	Subject   string  `json:"subject"`
	Name      string  `json:"name"`
	Severity  string  `json:"severity"`
	Status    string  `json:"status"`
	Reason    string  `json:"reason"`
	Since     string  `json:"since"`
	RaisedAt  string  `json:"raised_at"`
	LastSeen  string  `json:"last_seen_at"`
	ClearedAt *string `json:"cleared_at"`
	EndedAt   *string `json:"ended_at"`
}

// flagged lists the people whom flags on their newest negative name; a section without people has a flag of its own.
func (w *world) flagged(args ...string) map[string]flagLine {
	w.Helper()
	var all []flagLine
	w.parse(w.must(append([]string{"flags", "--json"}, args...)...), &all)
	named := map[string]flagLine{}
	for _, f := range all {
		if f.Criterion == "nat.latest_negative" && f.Subject != "section" {
			named[f.Name] = f
		}
	}
	return named
}

// TestSave: a verdict is kept when now is judged, and not when a past or future instant is, unless asked for.
func TestSave(t *testing.T) {
	w := newDistrict(t)
	for _, args := range [][]string{{"--at", morning}, {"--save=false"}} {
		w.evaluate(args...)
		if open := w.flagged(); len(open) != 0 {
			t.Errorf("evaluate %q raised %+v", args, open)
		}
	}
	w.evaluate("--at", morning, "--save")
	open := w.flagged()
	f := open["丙"]
	if len(open) != 1 || f.Section != "XY-01" || !strings.HasPrefix(f.Subject, "worker:") || f.Severity != "block" || f.Status != "fail" ||
		f.Reason == "" || f.RaisedAt != morning || f.ClearedAt != nil || f.EndedAt != nil {
		t.Errorf("flags %+v", open)
	}
	if !strings.HasPrefix(f.Since, "2022-05-06T07:00:00") {
		t.Errorf("丙 lacks a valid negative since %s, want 07:00", f.Since)
	}
	w.env["FUGONG_CLOCK"] = "2022-05-06T12:15:00+08:00"
	w.must("import", "results", w.write("noon.csv", "证件号码,采样时间,检测结果,报告时间\n320699198810010055,2022-05-06 06:00,阴性,2022-05-06 12:10\n"))
	w.evaluate()
	if open = w.flagged("--section", "XY-01"); len(open) != 1 || open["乙"].Name == "" {
		t.Errorf("flags after noon %+v, want 乙 alone", open)
	}
	if all := w.flagged("--all"); len(all) != 2 || all["丙"].ClearedAt == nil || all["丙"].EndedAt == nil || !strings.HasPrefix(*all["丙"].EndedAt, "2022-05-06T12:10:00") {
		t.Errorf("all flags %+v, want that of 丙 ended with the report of 12:10", all)
	}
	if open = w.flagged("--section", "XY-02"); len(open) != 0 {
		t.Errorf("flags of the other section %+v", open)
	}
	if table := w.must("flags"); !strings.Contains(table, "XY-01") || !strings.Contains(table, "乙") {
		t.Errorf("table\n%s", table)
	}
}
