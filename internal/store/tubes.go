package store

import (
	"cmp"
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/screening"
)

// sameTube is how far apart two samples of one tube may be taken; the same code later is another tube.
const sameTube = 12 * time.Hour

func newTubes(times map[string][]calendar.Instant, stored []resultRow) *tubes {
	for i := range stored {
		times[stored[i].Tube] = append(times[stored[i].Tube], stored[i].SampledAt)
	}
	t := &tubes{
		starts: make(map[string][]calendar.Instant, len(times)), rows: stored, stored: map[tubeKey][]*resultRow{},
		members: map[tubeKey]map[bound]bool{}, sizes: map[tubeKey]int{},
	}
	for code, all := range times {
		slices.Sort(all)
		for i, at := range all {
			if i == 0 || at.Sub(all[i-1]) > sameTube {
				t.starts[code] = append(t.starts[code], at)
			}
		}
	}
	for i := range stored {
		r := &stored[i]
		key := t.key(r.Tube, r.SampledAt)
		t.stored[key] = append(t.stored[key], r)
		t.join(key, bound{r.WorkerID, r.SampledAt})
		t.sizes[key] = max(t.sizes[key], r.PoolSize)
	}
	return t
}

func (t *tubes) key(code string, at calendar.Instant) tubeKey {
	starts := t.starts[code]
	i, found := slices.BinarySearch(starts, at)
	if !found {
		i--
	}
	return tubeKey{code, starts[i]}
}

// bound is one sample in a tube: of a worker, or of an ID number that nobody knows.
type bound struct {
	who     any
	sampled calendar.Instant
}

func (t *tubes) join(key tubeKey, b bound) {
	if t.members[key] == nil {
		t.members[key] = map[bound]bool{}
	}
	t.members[key][b] = true
}

// bind puts the sample of a row into its tube, whether its person is known or not, and tells the most the tube may hold and
// how many it would hold with this one. One too many is not bound. A tube whose size nobody stated holds any number.
func (t *tubes) bind(who *person, r *screening.ResultRecord) (limit, n int) {
	if r.Result.Tube == "" {
		return 0, 0
	}
	key := t.key(r.Result.Tube, r.Result.SampledAt)
	sample := bound{r.Document.Number, r.Result.SampledAt}
	if who != nil {
		sample.who = who.ID
	}
	limit = cmp.Or(r.Result.PoolSize, t.sizes[key])
	t.sizes[key] = max(t.sizes[key], r.Result.PoolSize)
	n = len(t.members[key])
	if t.members[key][sample] {
		return limit, min(n, limit)
	}
	if limit > 0 && n >= limit {
		return limit, n + 1
	}
	t.join(key, sample)
	return limit, min(n+1, limit)
}

// tubeCorrections leaves the changes that agree with what is stored of their tubes. A tube has one result, so a file may
// change it only for all its members at once and by a later report; what disagrees otherwise is kept aside.
func (l *load) tubeCorrections(changes []change[resultRow], tubes *tubes) []change[resultRow] {
	corrected := map[int64]bool{} // rows whose result a later report of the file replaces
	for i := range changes {
		if c := &changes[i]; c.old != nil && c.row.ReportedAt > c.old.ReportedAt {
			corrected[c.old.ID] = true
		}
	}
	return keep(changes, func(i int) bool {
		r := &changes[i].row
		if r.Tube == "" || r.Outcome == screening.Pending {
			return true
		}
		for _, stored := range tubes.stored[tubes.key(r.Tube, r.SampledAt)] {
			if stored.Outcome != screening.Pending && stored.Outcome != r.Outcome && !corrected[stored.ID] {
				l.refuse(changes[i].at, intake.TubeConflict, "检测结果", "与已登记的采样管%s的结果不一致；更正须包含该管全部人员并注明更晚的报告时间", r.Tube)
				return false
			}
		}
		return true
	})
}
