package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/site"
)

// verdictRow is what was found of a section when it was not what had been found before.
type verdictRow struct {
	bun.BaseModel `bun:"table:verdicts,alias:verdict"`
	ID            int64 `bun:",pk,autoincrement"`
	SectionID     site.SectionID
	At            calendar.Instant
	KnownAt       calendar.Instant `bun:",nullzero"`
	Policy        string
	PolicyVersion int
	Verdict       string
	Headcount     int
	HousedOnSite  int
	HoldsUntil    calendar.Instant `bun:",nullzero"`
	Findings      string
	Digest        string
	Cause         string
	RecordedAt    calendar.Instant

	report criteria.Report
}

func newVerdictRow(r criteria.Report, knownAt calendar.Instant, cause string) verdictRow {
	return verdictRow{
		SectionID: r.SectionID, At: r.At, KnownAt: knownAt, Policy: r.Policy, PolicyVersion: r.PolicyVersion,
		Verdict: r.Verdict().String(), Headcount: r.Headcount, HousedOnSite: r.HousedOnSite, HoldsUntil: r.HoldsUntil,
		Digest: digest(r), Cause: cause, RecordedAt: r.At, report: r,
	}
}

// digest names what a report says: which criteria stand how, and about whom. How many hours old a test is meanwhile does not
// make it another verdict.
func digest(r criteria.Report) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Policy, r.PolicyVersion, r.Verdict(), r.Headcount, r.HousedOnSite)
	for _, f := range r.Findings {
		b.WriteString(string(f.Code) + " " + f.Status.String() + " " + string(f.Severity))
		keys := make([]string, len(f.Subjects))
		for i, s := range f.Subjects {
			keys[i] = flag.Key(s)
		}
		slices.Sort(keys)
		for _, key := range keys {
			b.WriteString("\t" + key)
		}
		b.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// saveVerdicts keeps those that say something new.
func (d *decision) saveVerdicts(ctx context.Context) error {
	ids := make([]site.SectionID, len(d.verdicts))
	for i, v := range d.verdicts {
		ids[i] = v.SectionID
	}
	last, err := lastDigests(ctx, d.tx, ids)
	if err != nil {
		return err
	}
	var fresh []verdictRow
	for _, v := range d.verdicts {
		if last[v.SectionID] == v.Digest {
			continue
		}
		if v.Findings, err = encodeFindings(v.report.Findings); err != nil {
			return err
		}
		d.news[v.SectionID] = true
		fresh = append(fresh, v)
	}
	for part := range batches(fresh) {
		if _, err := d.tx.NewInsert().Model(&part).ExcludeColumn("id").Returning("NULL").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func lastDigests(ctx context.Context, tx bun.IDB, ids []site.SectionID) (map[site.SectionID]string, error) {
	last := make(map[site.SectionID]string, len(ids))
	if len(ids) == 0 {
		return last, nil
	}
	err := scanAll(ctx, tx, `SELECT v.section_id, v.digest FROM sections s JOIN verdicts v ON v.id = (`+lastVerdict+`)
		WHERE s.id IN (`+idList(ids)+`)`, func(c *cells) {
		last[site.SectionID(c.number())] = c.text()
	})
	return last, err
}

// lastVerdict is the one that was saved last of section s.
const lastVerdict = "SELECT x.id FROM verdicts x WHERE x.section_id = s.id ORDER BY x.id DESC LIMIT 1"

// batches cuts rows into pieces for one INSERT each.
func batches[T any](rows []T) iter.Seq[[]T] { return slices.Chunk(rows, batchSize) }

// Verdict is a judgement on record. Its report says the same as when it was made.
type Verdict struct {
	ID         int64
	Cause      string
	RecordedAt calendar.Instant
	criteria.Report
}

// Mark is a judgement on record without its findings, for the strip of the last days.
type Mark struct {
	ID            int64
	At            calendar.Instant
	KnownAt       calendar.Instant
	Verdict       criteria.Verdict
	Headcount     int
	HousedOnSite  int
	Policy        string
	PolicyVersion int
	Cause         string
}

// History lists what was judged of a section since an instant, oldest first, and the judgement before that, which still stood
// then. There is an entry for each change, not for each run; of a section outside the scope there is none.
func (s *Store) History(ctx context.Context, within account.Scope, id site.SectionID, since calendar.Instant) ([]Mark, error) {
	marks := []Mark{}
	q := s.read.NewSelect().TableExpr("verdicts AS v").
		ColumnExpr("v.id, v.at, v.known_at, v.verdict, v.headcount, v.housed_on_site, v.policy, v.policy_version, v.cause").
		Where("v.section_id = ?", id).
		Where("v.at >= COALESCE((SELECT MAX(x.at) FROM verdicts x WHERE x.section_id = ? AND x.at <= ?), ?)", id, since, since).
		OrderExpr("v.at, v.id")
	err := scanAll(ctx, s.read, s.visible(q, "v.section_id", within).String(), func(c *cells) {
		marks = append(marks, Mark{
			ID: c.number(), At: c.instant(), KnownAt: c.instant(), Verdict: verdictOf(c.word()), Headcount: c.count(),
			HousedOnSite: c.count(), Policy: c.word(), PolicyVersion: c.count(), Cause: c.word(),
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list verdicts of section %d: %w", id, translate(err))
	}
	return marks, nil
}

// Latest gives the last judgement of each section within a scope that has one.
func (s *Store) Latest(ctx context.Context, within account.Scope, ids []site.SectionID) (map[site.SectionID]Verdict, error) {
	latest := make(map[site.SectionID]Verdict, len(ids))
	err := chunks(ids, func(part []site.SectionID) error {
		var rows []verdictRow
		q := s.read.NewSelect().Model(&rows).Join("JOIN sections AS s ON s.id = verdict.section_id").
			Where("s.id IN (?)", bun.List(part)).Where("verdict.id = (" + lastVerdict + ")")
		err := s.visible(q, "s.id", within).Scan(ctx)
		if err != nil {
			return translate(err)
		}
		for i := range rows {
			v, err := rows[i].verdict()
			if err != nil {
				return err
			}
			latest[v.SectionID] = v
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load latest verdicts: %w", err)
	}
	return latest, nil
}

// Verdict gives a judgement by its id, so that its sheet can be printed again for its instant and knowledge. It returns a
// fault.NotFound when there is none within the scope.
func (s *Store) Verdict(ctx context.Context, within account.Scope, id int64) (Verdict, error) {
	var row verdictRow
	q := s.read.NewSelect().Model(&row).Where("verdict.id = ?", id)
	if err := s.visible(q, "verdict.section_id", within).Scan(ctx); err != nil {
		return Verdict{}, fmt.Errorf("load verdict %d: %w", id, translate(err))
	}
	return row.verdict()
}

func (r *verdictRow) verdict() (Verdict, error) {
	findings, err := decodeFindings(r.Findings)
	if err != nil {
		return Verdict{}, fmt.Errorf("read verdict %d: %w", r.ID, err)
	}
	return Verdict{
		ID: r.ID, Cause: r.Cause, RecordedAt: r.RecordedAt,
		Report: criteria.Report{
			SectionID: r.SectionID, At: r.At, KnownAt: r.KnownAt, Policy: r.Policy, PolicyVersion: r.PolicyVersion,
			Findings: findings, Headcount: r.Headcount, HousedOnSite: r.HousedOnSite, HoldsUntil: r.HoldsUntil,
		},
	}, nil
}

// verdictOf reads the stored word; what it does not know is Unmet.
func verdictOf(word string) criteria.Verdict {
	for _, v := range []criteria.Verdict{criteria.Met, criteria.Conditional} {
		if v.String() == word {
			return v
		}
	}
	return criteria.Unmet
}
