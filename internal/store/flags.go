package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// flagRow is one episode. While it is open, it was last seen when its section was last judged, so that a run that finds the
// same as before writes nothing; LastSeenAt is brought up to date with the next change.
type flagRow struct {
	bun.BaseModel `bun:"table:flags,alias:flag"`
	ID            int64 `bun:",pk,autoincrement"`
	SectionID     site.SectionID
	Code          criteria.Code
	Subject       string
	Name          string
	Severity      policy.Severity
	Status        criteria.Status
	Reason        string
	Since         calendar.Instant
	RaisedAt      calendar.Instant
	LastSeenAt    calendar.Instant
	ClearedAt     calendar.Instant `bun:",nullzero"`
	EndedAt       calendar.Instant `bun:",nullzero"`
}

func newFlagRow(f flag.Flag) flagRow {
	return flagRow{
		ID: f.ID, SectionID: f.SectionID, Code: f.Code, Subject: f.Subject, Name: f.Name, Severity: f.Severity, Status: f.Status,
		Reason: f.Reason, Since: f.Since, RaisedAt: f.RaisedAt, LastSeenAt: f.LastSeenAt, ClearedAt: f.ClearedAt, EndedAt: f.EndedAt,
	}
}

const flagColumns = `f.id, f.section_id, f.code, f.subject, f.name, f.severity, f.status, f.reason, f.since, f.raised_at,
	CASE WHEN f.cleared_at IS NULL AND s.evaluated_at > f.last_seen_at THEN s.evaluated_at ELSE f.last_seen_at END,
	f.cleared_at, f.ended_at`

func readFlag(c *cells) flag.Flag {
	return flag.Flag{
		ID: c.number(), SectionID: site.SectionID(c.number()), Code: criteria.Code(c.word()), Subject: c.text(), Name: c.text(),
		Severity: policy.Severity(c.word()), Status: criteria.Status(c.small()), Reason: c.text(), Since: c.instant(),
		RaisedAt: c.instant(), LastSeenAt: c.instant(), ClearedAt: c.instant(), EndedAt: c.instant(),
	}
}

// openFlags reads what stands open on sections.
func openFlags(ctx context.Context, tx bun.IDB, ids []site.SectionID) (map[site.SectionID][]flag.Flag, error) {
	open := make(map[site.SectionID][]flag.Flag)
	err := scanAll(ctx, tx, `SELECT `+flagColumns+` FROM flags f JOIN sections s ON s.id = f.section_id
		WHERE f.cleared_at IS NULL AND f.section_id IN (`+idList(ids)+`) ORDER BY f.section_id, f.id`, func(c *cells) {
		f := readFlag(c)
		open[f.SectionID] = append(open[f.SectionID], f)
	})
	if err != nil {
		return nil, fmt.Errorf("load open flags: %w", err)
	}
	return open, nil
}

// saveFlags writes what changed. The partial index keeps one open episode for each subject, whoever else may be writing.
func (d *decision) saveFlags(ctx context.Context) error {
	for part := range batches(d.raised) {
		_, err := d.tx.NewInsert().Model(&part).ExcludeColumn("id").
			On("CONFLICT (section_id, code, subject) WHERE cleared_at IS NULL DO NOTHING").Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
	}
	if err := d.updateFlags(ctx, d.kept, "name", "severity", "status", "reason", "since", "last_seen_at"); err != nil {
		return err
	}
	return d.updateFlags(ctx, d.cleared, "last_seen_at", "cleared_at", "ended_at")
}

func (d *decision) updateFlags(ctx context.Context, rows []flagRow, columns ...string) error {
	for part := range batches(rows) {
		q := d.tx.NewUpdate().
			With("found", d.tx.NewValues(&part).Column(append([]string{"id"}, columns...)...)).
			Model((*flagRow)(nil)).TableExpr("found").Where("flag.id = found.id")
		for _, c := range columns {
			q = q.Set("? = found.?", bun.Ident(c), bun.Ident(c))
		}
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// FlagFilter chooses flags. The zero value means all that stand open.
type FlagFilter struct {
	Sections []string         // codes; none: all sections
	Streets  []string         // none: all
	Cleared  bool             // those that ended, too
	Since    calendar.Instant // of those that ended, only what ended since
	Limit    int              // 0: no limit
}

// FlagLine is a flag with the section it stands on, as lists show it.
type FlagLine struct {
	flag.Flag
	SectionCode string
	SectionName string
	Street      string
}

// Flags lists the flags within a scope by section, open ones first, blocking ones before warnings, the longest standing first.
func (s *Store) Flags(ctx context.Context, within account.Scope, f FlagFilter) ([]FlagLine, error) {
	q := s.read.NewSelect().TableExpr("flags AS f").ColumnExpr(flagColumns + ", s.code, v.name, v.street").
		Join("JOIN sections AS s ON s.id = f.section_id").
		Join("JOIN section_versions AS v ON v.section_id = s.id AND v.superseded_at IS NULL").
		OrderExpr("s.code, CASE WHEN f.cleared_at IS NULL THEN 0 ELSE 1 END, f.severity, f.since, f.id")
	q = s.visible(q, "f.section_id", within)
	if len(f.Sections) > 0 {
		q = q.Where("s.code IN (?)", bun.List(f.Sections))
	}
	if len(f.Streets) > 0 {
		q = q.Where("v.street IN (?)", bun.List(f.Streets))
	}
	if f.Cleared {
		q = q.Where("f.cleared_at IS NULL OR f.cleared_at >= ?", f.Since)
	} else {
		q = q.Where("f.cleared_at IS NULL")
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	lines := []FlagLine{}
	err := scanAll(ctx, s.read, q.String(), func(c *cells) {
		lines = append(lines, FlagLine{readFlag(c), c.word(), c.word(), c.word()})
	})
	if err != nil {
		return nil, fmt.Errorf("list flags: %w", translate(err))
	}
	return lines, nil
}
