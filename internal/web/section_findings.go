package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/store"
)

// newFindingRow shows a finding from which some people were left out.
func newFindingRow(f criteria.Finding, leftOut int, title string, tails map[roster.WorkerID]string, w locale.Words) findingRow {
	row := findingRow{Code: string(f.Code), Title: w.Text(cmp.Or(title, string(f.Code))), Status: f.Status.String(), Severity: f.Severity,
		Reason: w.Say(f.Reason), Observed: w.Say(f.Observed), Required: w.Say(f.Required), HoldsUntil: f.HoldsUntil, Calc: calcOf(f, leftOut, w),
		LeftOut: leftOut, Of: len(f.Subjects) + leftOut, Kind: subjectKind(f), rank: rank(f)}
	for _, subject := range f.Subjects {
		sr := subjectRow{Name: nameOf(subject.Kind, subject.Name, w), Observed: w.Say(subject.Observed), Limit: w.Say(subject.Limit)}
		if subject.Kind == criteria.Worker {
			sr.worker = subject.ID
			sr.Tail, sr.Where = tails[roster.WorkerID(subject.ID)], joinWords(subject.Team, subject.Room)
		}
		row.Subjects = append(row.Subjects, sr)
	}
	return row
}

func newMetRow(f criteria.Finding, title string, w locale.Words) metRow {
	return metRow{w.Text(cmp.Or(title, string(f.Code))), f.Status.String(), cmp.Or(w.Say(f.Observed), w.Say(f.Reason))}
}

// nameOf is what a subject is called: rooms and areas by the names that the site gave them, things by ours.
func nameOf(kind criteria.Kind, name string, w locale.Words) string {
	if kind == criteria.Room || kind == criteria.Area {
		return name
	}
	return w.Text(name)
}

// calcOf shows how a finding that counts came about; nil for one that measures something else.
func calcOf(f criteria.Finding, leftOut int, w locale.Words) *calc {
	have, of, ok := f.Figures()
	if !ok || len(f.Subjects)+leftOut == 0 && of < 2 {
		return nil
	}
	unit := "item"
	if kind := subjectKind(f); leftOut > 0 {
		unit = string(criteria.Worker)
	} else if slices.Contains([]criteria.Kind{criteria.Worker, criteria.Room, criteria.Area}, kind) {
		unit = string(kind)
	}
	percent := chart.Percent(have, of)
	share := chart.Share{Said: chart.Said{Label: w.T("section.calc.share", "percent", percent)}, Part: have, Whole: of}
	unknown := f.Status == criteria.Unknown
	if unknown {
		share.Unknown = of - have
	}
	return &calc{All: of, Have: have, Lack: of - have, Unknown: unknown, Unit: unit, Percent: percent, Share: share}
}

// rank puts what blocks first: failed, then not recorded, then the warnings.
func rank(f criteria.Finding) int {
	order := map[criteria.Status]int{criteria.Fail: 0, criteria.Unknown: 1, criteria.Warned: 2}[f.Status]
	if f.Severity != policy.Block {
		order += 10
	}
	return order
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// flagRows brings the episodes of one criterion that began on one day, and ended on one or still stand, into one line.
func flagRows(flags []store.FlagLine, titles map[criteria.Code]string, w locale.Words, loc *time.Location) []flagRow {
	type days struct {
		title       string
		begun, over calendar.Date
	}
	var rows []flagRow
	index := map[days]int{}
	for _, f := range flags {
		day := days{title: titles[f.Code], begun: calendar.On(f.Since, loc)}
		if !f.ClearedAt.IsZero() {
			day.over = calendar.On(f.ClearedAt, loc)
		}
		i, known := index[day]
		if !known {
			i = len(rows)
			index[day] = i
			rows = append(rows, flagRow{Title: w.Text(day.title), Since: f.Since, Cleared: f.ClearedAt, Begun: day.begun, Over: day.over})
		}
		kind, _, _ := strings.Cut(f.Subject, ":")
		row, name := &rows[i], nameOf(criteria.Kind(kind), f.Name, w)
		if and := w.T("checklist.and"); row.Names == "" {
			row.Names = name
		} else if !strings.Contains(and+row.Names+and, and+name+and) {
			row.Names += and + name
		}
		row.Several = row.Several || row.Since != f.Since || row.Cleared != f.ClearedAt
	}
	return rows
}
