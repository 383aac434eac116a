package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/site"
)

// Judge judges one section from its snapshot and the flags that stand open on it.
type Judge = func(*criteria.Snapshot, []flag.Flag) (criteria.Report, flag.Changes, error)

// decideChunk is how many sections are judged and saved in one transaction: in the file database nobody else writes meanwhile.
const decideChunk = 50

// Decide lets decide judge sections by what was known at an instant (zero: everything recorded so far), with their rows
// locked, and saves what changed: a verdict where it says something new, and the flags. It tells how many sections changed and
// how many failed. A section that cannot be judged or saved is left as it was, due as before, and does not stop the others;
// their errors come back joined.
//
// Sections are read before they are locked, because reading takes the longest; those whose facts changed in between are
// read again under the lock.
func (s *Store) Decide(
	ctx context.Context, ids []site.SectionID, w criteria.Window, at, knownAt calendar.Instant, cause string, decide Judge,
) (changed, failed int, err error) {
	ids = slices.Clone(ids)
	slices.Sort(ids) // everyone locks in the same order
	run := session{store: s, window: w, at: at, knownAt: knownAt, cause: cause, judge: decide}
	var failures []error
	reading, stop := context.WithCancel(ctx)
	defer stop()
	for next := range run.readAhead(reading, slices.Compact(ids)) {
		n, errs := run.chunk(ctx, <-next)
		changed += n
		failures = append(failures, errs...)
		if err := context.Cause(ctx); err != nil {
			return changed, len(failures), errors.Join(append(failures, err)...)
		}
	}
	return changed, len(failures), errors.Join(failures...)
}

// session is one call of Decide.
type session struct {
	store   *Store
	window  criteria.Window
	at      calendar.Instant
	knownAt calendar.Instant
	cause   string
	judge   Judge
}

// loaded is what reading some sections together came to.
type loaded struct {
	ids   []site.SectionID
	views []view
	err   error
}

// readAhead reads the sections in chunks, in order, two at a time, while those before are judged and saved.
func (r session) readAhead(ctx context.Context, ids []site.SectionID) <-chan (<-chan loaded) {
	chunks := make(chan (<-chan loaded), 1)
	go func() {
		defer close(chunks)
		for chunk := range slices.Chunk(ids, snapshotChunk) {
			one := make(chan loaded, 1)
			select {
			case chunks <- one:
			case <-ctx.Done():
				return
			}
			go func() { one <- r.read(ctx, chunk) }()
		}
	}()
	return chunks
}

func (r session) read(ctx context.Context, ids []site.SectionID) loaded {
	l := loaded{ids: ids}
	l.err = r.store.reading(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		l.views, err = loadSnapshots(ctx, tx, newScope(ids, r.window, r.knownAt), ids)
		return err
	})
	return l
}

// chunk decides part by part on sections that were read together.
func (r session) chunk(ctx context.Context, l loaded) (changed int, failures []error) {
	if l.err != nil {
		return r.alone(ctx, l.ids, l.err, func(i int) (int, []error) { return r.chunk(ctx, r.read(ctx, l.ids[i:i+1])) })
	}
	views := l.views
	for part := range slices.Chunk(views, decideChunk) {
		n, errs := r.part(ctx, part)
		changed += n
		failures = append(failures, errs...)
	}
	return changed, failures
}

// part decides on some sections in one transaction, or, when that cannot be saved, on each of them alone.
func (r session) part(ctx context.Context, views []view) (changed int, failures []error) {
	ids := make([]site.SectionID, len(views))
	for i, v := range views {
		ids[i] = v.Section.ID
	}
	d, err := r.transact(ctx, ids, views)
	if err != nil {
		return r.alone(ctx, ids, err, func(i int) (int, []error) { return r.part(ctx, views[i:i+1]) })
	}
	return d.changed(), d.failures
}

// alone does one by one what could not be done together; of one section the error is its own.
func (r session) alone(ctx context.Context, ids []site.SectionID, err error, do func(i int) (int, []error)) (changed int, failures []error) {
	if len(ids) == 1 || ctx.Err() != nil {
		return 0, []error{fmt.Errorf("decide on section with id %d: %w", ids[0], err)}
	}
	r.store.log.Warn("sections could not be decided on together", "sections", len(ids), "err", err)
	for i := range ids {
		n, errs := do(i)
		changed += n
		failures = append(failures, errs...)
	}
	return changed, failures
}

func (r session) transact(ctx context.Context, ids []site.SectionID, views []view) (d *decision, err error) {
	err = r.store.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		d = &decision{session: r, tx: tx, news: make(map[site.SectionID]bool)} // anew: the transaction may be tried again
		if err := d.lock(ctx, ids); err != nil {
			return err
		}
		current, err := d.current(ctx, views)
		if err != nil {
			return err
		}
		open, err := openFlags(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, v := range current {
			d.decide(v.Snapshot, open[v.Section.ID])
		}
		return d.save(ctx)
	})
	return d, err
}

// decision is what one transaction found, before it is saved.
type decision struct {
	session
	tx       bun.Tx
	states   map[site.SectionID]state
	sections []sectionRow
	verdicts []verdictRow
	raised   []flagRow
	kept     []flagRow // those of which something else is said now
	cleared  []flagRow
	news     map[site.SectionID]bool
	failures []error
}

func (d *decision) changed() int { return len(d.news) }

// lock takes the sections' rows, so that neither another run nor an import comes between reading and saving.
func (d *decision) lock(ctx context.Context, ids []site.SectionID) error {
	list := idList(ids)
	if _, err := d.tx.ExecContext(ctx, "UPDATE sections SET evaluated_at = evaluated_at WHERE id IN ("+list+")"); err != nil {
		return fmt.Errorf("lock sections: %w", err)
	}
	d.states = make(map[site.SectionID]state, len(ids))
	err := scanAll(ctx, d.tx, "SELECT id, facts_at, due_at FROM sections WHERE id IN ("+list+")", func(c *cells) {
		d.states[site.SectionID(c.number())] = state{c.instant(), c.instant()}
	})
	if err != nil {
		return fmt.Errorf("read state of sections: %w", err)
	}
	return nil
}

// state is when facts of a section were last recorded and when it is due. Whatever changes what is known of a section changes
// one of them.
type state struct{ factsAt, dueAt calendar.Instant }

// current replaces the views that do not hold any more.
func (d *decision) current(ctx context.Context, views []view) ([]view, error) {
	views = slices.Clone(views)
	var stale []site.SectionID
	for _, v := range views {
		if v.state != d.states[v.Section.ID] {
			stale = append(stale, v.Section.ID)
		}
	}
	if len(stale) == 0 {
		return views, nil
	}
	fresh, err := loadSnapshots(ctx, d.tx, newScope(stale, d.window, d.knownAt), stale)
	if err != nil {
		return nil, err
	}
	for i := range views {
		for _, f := range fresh {
			if f.Section.ID == views[i].Section.ID {
				views[i] = f
			}
		}
	}
	return views, nil
}

// decide judges one section and notes what is to be saved of it.
func (d *decision) decide(s *criteria.Snapshot, open []flag.Flag) {
	report, changes, err := d.guarded(s, open)
	if err != nil {
		d.failures = append(d.failures, err)
		return
	}
	id := s.Section.ID
	facts := d.states[id].factsAt
	known := d.knownAt
	if known == 0 {
		known = max(d.at, facts)
	}
	d.sections = append(d.sections, sectionRow{ID: id, EvaluatedAt: d.at, DueAt: dueAfter(report, facts, known)})
	d.verdicts = append(d.verdicts, newVerdictRow(report, known, d.cause))
	d.note(open, changes)
	if len(changes.Raise)+len(changes.Clear) > 0 {
		d.news[id] = true
	}
}

// guarded turns a panic of the judge into the section's error: the transaction belongs to the others, too.
func (d *decision) guarded(s *criteria.Snapshot, open []flag.Flag) (report criteria.Report, c flag.Changes, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("judge section %s: panic: %v", s.Section.Code, p)
		}
	}()
	return d.judge(s, open)
}

// dueAfter is when a section has to be judged again: right after its findings may change, and as soon as the clock reaches
// facts that were recorded too late to be used now.
func dueAfter(r criteria.Report, facts, known calendar.Instant) calendar.Instant {
	var due calendar.Instant
	if next := r.Next(); next != 0 {
		due = next + 1
	}
	if facts > known {
		due = calendar.Earliest(due, facts)
	}
	return due
}

func (d *decision) note(open []flag.Flag, c flag.Changes) {
	before := make(map[int64]flag.Flag, len(open))
	for _, f := range open {
		before[f.ID] = f
	}
	for _, f := range c.Raise {
		d.raised = append(d.raised, newFlagRow(f))
	}
	for _, f := range c.Keep {
		seen := f
		seen.LastSeenAt = before[f.ID].LastSeenAt
		if seen != before[f.ID] {
			d.kept = append(d.kept, newFlagRow(f))
		}
	}
	for _, f := range c.Clear {
		d.cleared = append(d.cleared, newFlagRow(f))
	}
}

func (d *decision) save(ctx context.Context) error {
	if err := d.saveVerdicts(ctx); err != nil {
		return fmt.Errorf("save verdicts: %w", err)
	}
	if err := d.saveFlags(ctx); err != nil {
		return fmt.Errorf("save flags: %w", err)
	}
	if err := d.saveStandings(ctx); err != nil {
		return fmt.Errorf("save standings: %w", err)
	}
	if len(d.sections) == 0 {
		return nil
	}
	_, err := d.tx.NewUpdate().
		With("judged", d.tx.NewValues(&d.sections).Column("id", "due_at", "evaluated_at")).
		Model((*sectionRow)(nil)).TableExpr("judged").
		Set("due_at = judged.due_at").Set("evaluated_at = judged.evaluated_at").
		Where("section.id = judged.id").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save when sections are due: %w", err)
	}
	return nil
}

// Due lists, in the order of codes, the sections that have something to be judged for at an instant: facts recorded since they
// were, findings that may have changed by the clock, or no judgement at all yet.
func (s *Store) Due(ctx context.Context, at calendar.Instant) ([]site.SectionID, error) {
	var ids []site.SectionID
	err := s.read.NewSelect().Table("sections").Column("id").Order("code").
		Where("due_at <= ? OR evaluated_at IS NULL OR (facts_at > evaluated_at AND facts_at <= ?)", at, at).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("find due sections: %w", translate(err))
	}
	return ids, nil
}
