package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

type resultKey struct {
	worker  roster.WorkerID
	sampled calendar.Instant
	tube    string
	method  screening.Method
}

func keyOfResult(r *resultRow) resultKey {
	return resultKey{r.WorkerID, r.SampledAt, r.Tube, r.Method}
}

func byWorker(a, b resultRow) int {
	return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.SampledAt, b.SampledAt))
}

func importResults(ctx context.Context, l *load, records []screening.ResultRecord) error {
	people, err := l.people(ctx, numbersOf(records, func(r *screening.ResultRecord) roster.Document { return r.Document }))
	if err != nil {
		return err
	}
	tubes, err := l.tubes(ctx, records)
	if err != nil {
		return err
	}
	all := make([]candidate[resultRow], 0, len(records))
	for i := range records {
		if c, ok := l.result(&records[i], people, tubes); ok {
			all = append(all, c)
		}
	}
	all = l.contradictions(all, tubes)
	g := register[resultKey, resultRow, *resultRow]{key: keyOfResult, overrides: reportedAfter, order: byWorker}
	all = l.tubeContradictions(g.outdo(l, all), tubes)
	current, err := l.untubed(ctx, all)
	if err != nil {
		return err
	}
	changes := g.compare(l, all, g.index(append(current, tubes.rows...)))
	return g.commit(ctx, l, l.tubeCorrections(l.keepPositives(changes), tubes))
}

// untubed reads the current results of the samples that name no tube; those of the tubes are known already.
func (l *load) untubed(ctx context.Context, all []candidate[resultRow]) ([]resultRow, error) {
	var single []candidate[resultRow]
	for i := range all {
		if all[i].row.Tube == "" {
			single = append(single, all[i])
		}
	}
	none := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("tube = ''") }
	return currentWhere[resultRow](ctx, l.tx, "worker_id", keysOf(single, func(r *resultRow) roster.WorkerID { return r.WorkerID }), none,
		span("sampled_at", single, func(r *resultRow) calendar.Instant { return r.SampledAt }))
}

// result makes a row of a record that is right by itself: of a known person, not of the future, in a tube with room.
func (l *load) result(r *screening.ResultRecord, people map[string]*person, tubes *tubes) (candidate[resultRow], bool) {
	var none candidate[resultRow]
	p, t := at(&r.Row), &r.Result
	if l.future(p, dated{"采样时间", t.SampledAt}, dated{"接收时间", t.ReceivedAt}, dated{"检测时间", t.TestedAt}, dated{"报告时间", t.ReportedAt}) {
		return none, false
	}
	who := l.own(people[r.Document.Number], t.SampledAt)
	if limit, n := tubes.bind(who, r); n > limit {
		l.refuse(p, intake.PoolOversize, "采样管编号", "采样管%s是%d人混采，此行是第%d份样本", t.Tube, limit, n)
		return none, false
	}
	if who = l.recognise(p, who, r.Document, r.Name); who == nil {
		return none, false
	}
	row := resultRow{
		WorkerID: who.ID, SampledAt: t.SampledAt, Tube: t.Tube, Method: t.Method, ReceivedAt: t.ReceivedAt, TestedAt: t.TestedAt,
		ReportedAt: t.ReportedAt, Outcome: t.Outcome, PoolSize: t.PoolSize, Point: t.Point, Lab: t.Lab, DateOnly: t.DateOnly,
	}
	return candidate[resultRow]{p, row, who.sectionsFrom(l.now)}, true
}

// keepPositives leaves the changes that take nothing back which only those may take back who see the whole district: that
// somebody was positive, or may have been.
func (l *load) keepPositives(changes []change[resultRow]) []change[resultRow] {
	if l.mine == nil {
		return changes
	}
	return keep(changes, func(i int) bool {
		c := &changes[i]
		grave := c.old != nil && (c.old.Outcome == screening.Positive || c.old.Outcome == screening.Suspect)
		if grave && c.row.Outcome != c.old.Outcome {
			l.refuse(c.at, intake.TubeConflict, "检测结果", "与已登记的结果不一致；阳性或可疑的结果只能由卫健部门或区里更正")
			return false
		}
		return true
	})
}

// reportedAfter tells whether a row may take the place of another of the same sample. An older report never does, a sample
// without a result never replaces a result, and a positive gives way only to what was reported later than it.
func reportedAfter(old, next *resultRow) bool {
	switch {
	case old.Outcome != screening.Pending && next.Outcome == screening.Pending:
		return false
	case next.ReportedAt < old.ReportedAt:
		return false
	case old.Outcome == screening.Positive && next.Outcome != screening.Positive:
		return next.ReportedAt > cmp.Or(old.ReportedAt, old.RecordedAt)
	}
	return true
}

// contradictions keeps rows of the file aside that say different things of one sample, neither of them by a later report:
// which is true, no machine can tell. The tube they are of is in doubt with them.
func (l *load) contradictions(all []candidate[resultRow], tubes *tubes) []candidate[resultRow] {
	last := make(map[resultKey]*candidate[resultRow], len(all))
	doubt := doubts{}
	for i := range all {
		c := &all[i]
		if c.row.Outcome == screening.Pending {
			continue
		}
		before := last[keyOfResult(&c.row)]
		if before != nil && contradicts(&before.row, &c.row) {
			doubt.add(tubes, &c.row, before.at.line)
		}
		if before == nil || c.row.ReportedAt > before.row.ReportedAt {
			last[keyOfResult(&c.row)] = c
		}
	}
	return l.setAside(all, tubes, doubt)
}

func contradicts(a, b *resultRow) bool {
	undated := a.ReportedAt.IsZero() || b.ReportedAt.IsZero()
	return a.Outcome != b.Outcome && (undated || a.ReportedAt == b.ReportedAt)
}

// tubeContradictions keeps all rows of a tube aside that the file gives two results for.
func (l *load) tubeContradictions(all []candidate[resultRow], tubes *tubes) []candidate[resultRow] {
	first := map[tubeKey]*candidate[resultRow]{}
	doubt := doubts{}
	for i := range all {
		c := &all[i]
		if c.row.Tube == "" || c.row.Outcome == screening.Pending {
			continue
		}
		tube := tubes.key(c.row.Tube, c.row.SampledAt)
		switch before := first[tube]; {
		case before == nil:
			first[tube] = c
		case before.row.Outcome != c.row.Outcome:
			doubt[tube] = before.at.line
		}
	}
	return l.setAside(all, tubes, doubt)
}

// doubts are the samples (a resultKey or a tubeKey) with contradicting rows, and the line of the first of those.
type doubts map[any]int

func (d doubts) add(tubes *tubes, r *resultRow, line int) {
	d[keyOfResult(r)] = line
	if r.Tube != "" {
		d[tubes.key(r.Tube, r.SampledAt)] = line
	}
}

func (l *load) setAside(all []candidate[resultRow], tubes *tubes, doubt doubts) []candidate[resultRow] {
	if len(doubt) == 0 {
		return all
	}
	return keep(all, func(i int) bool {
		r := &all[i].row
		line, ok := doubt[keyOfResult(r)]
		if !ok && r.Tube != "" {
			line, ok = doubt[tubes.key(r.Tube, r.SampledAt)]
		}
		if ok {
			l.refuse(all[i].at, intake.TubeConflict, "检测结果", "同一样本的结果互相矛盾（另见第%d行），请核实后再导入", line)
		}
		return !ok
	})
}

// tubeKey is one tube. Codes come again on other days, so the first time of sampling belongs to it.
type tubeKey struct {
	code  string
	first calendar.Instant
}

// tubes is what is known of the tubes a file speaks of.
type tubes struct {
	starts  map[string][]calendar.Instant // by code: when each tube of that code was first sampled, in order
	rows    []resultRow                   // stored
	stored  map[tubeKey][]*resultRow
	members map[tubeKey]map[bound]bool // samples in it
	sizes   map[tubeKey]int
}

// tubes looks up what is stored of the tubes in a file.
func (l *load) tubes(ctx context.Context, records []screening.ResultRecord) (*tubes, error) {
	times := map[string][]calendar.Instant{}
	lo, hi := calendar.Instant(math.MaxInt64), calendar.Instant(0)
	for i := range records {
		if r := &records[i].Result; r.Tube != "" {
			times[r.Tube] = append(times[r.Tube], r.SampledAt)
			lo, hi = min(lo, r.SampledAt), max(hi, r.SampledAt)
		}
	}
	near := within{"sampled_at", lo.Add(-sameTube), hi.Add(sameTube)}
	// Spelt out so that the partial index of tubes is found.
	named := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("tube <> ''") }
	stored, err := currentWhere[resultRow](ctx, l.tx, "tube", slices.Sorted(maps.Keys(times)), named, near)
	if err != nil {
		return nil, fmt.Errorf("look tubes up: %w", err)
	}
	return newTubes(times, stored), nil
}
