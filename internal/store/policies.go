package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/policy"
)

// policyRow is a published version, as the file that it came from.
type policyRow struct {
	bun.BaseModel `bun:"table:policies,alias:policy"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Version       int
	EffectiveFrom calendar.Instant
	Source        string
	RecordedAt    calendar.Instant
}

// Policies gives the policies that ship inside the program and those that were published up to an instant (zero: ever), in
// that order. Naive times in their files are of zone loc.
func (s *Store) Policies(ctx context.Context, knownAt calendar.Instant, loc *time.Location) (policy.Book, error) {
	return s.policies(ctx, s.read, knownAt, loc)
}

func (s *Store) policies(ctx context.Context, db bun.IDB, knownAt calendar.Instant, loc *time.Location) (policy.Book, error) {
	var rows []policyRow
	q := db.NewSelect().Model(&rows).Order("id")
	if knownAt != 0 {
		q = q.Where("recorded_at <= ?", knownAt)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("load policies: %w", translate(err))
	}
	book := slices.Clone(s.shipped)
	for _, row := range rows {
		p, err := s.texts.read(row.Source, loc)
		if err != nil {
			return nil, fmt.Errorf("read policy %s version %d: %w", row.Name, row.Version, err)
		}
		p.Version, p.RecordedAt = row.Version, row.RecordedAt
		book = append(book, p)
	}
	return book, nil
}

// policyTexts keeps what each text of a policy says. A text is read once: every judgement asks for all policies there are, and what a
// text says never changes, nor does anybody change a policy that was read.
type policyTexts struct{ parsed sync.Map }

type policyText struct {
	source string
	loc    *time.Location
}

// read gives the policy that a text says, for the caller to say which version it is.
func (t *policyTexts) read(source string, loc *time.Location) (policy.Policy, error) {
	key := policyText{source, loc}
	if p, known := t.parsed.Load(key); known {
		return p.(policy.Policy), nil
	}
	p, err := policy.Parse([]byte(source), loc)
	if err != nil {
		return policy.Policy{}, err
	}
	t.parsed.Store(key, *p)
	return *p, nil
}

// PublishPolicy makes a parsed policy known from now on and marks all sections as due. It gives the version under which it
// stands: the next of its name, or, for a file that is published already, that one. A policy that says which version it is
// and is not what that version was published as gives a fault.Conflict: a published version never changes.
func (s *Store) PublishPolicy(ctx context.Context, act audit.Act, p *policy.Policy, now calendar.Instant, loc *time.Location) (int, error) {
	version := 0
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE key_check SET id = id WHERE id = 1"); err != nil {
			return fmt.Errorf("wait for other changes: %w", err)
		}
		book, err := s.policies(ctx, tx, 0, loc)
		if err != nil {
			return err
		}
		known, next, err := edition(book, p)
		if err != nil {
			return err
		}
		if version = known; known != 0 {
			return nil
		}
		version = next
		row := policyRow{Name: p.Name, Version: version, EffectiveFrom: p.EffectiveFrom, Source: p.Source, RecordedAt: now}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, "UPDATE sections SET due_at = ?", now); err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(p.Source))
		return s.writeAudit(ctx, tx, act.Doing("policy.publish", "policy", p.Name, map[string]string{
			"version": strconv.Itoa(version), "from": p.EffectiveFrom.RFC3339(loc), "sha256": hex.EncodeToString(sum[:]),
		}), now)
	})
	if err != nil {
		return 0, fmt.Errorf("publish policy %s: %w", p.Name, err)
	}
	return version, nil
}

// edition tells under which version a policy is known already (0: it is not), and which version comes next.
func edition(book policy.Book, p *policy.Policy) (known, next int, err error) {
	next = 1
	for _, old := range book {
		if old.Name != p.Name {
			continue
		}
		next = max(next, old.Version+1)
		switch {
		case old.Source == p.Source:
			known = old.Version
		case old.Version == p.Version:
			return 0, 0, fault.New(fault.Conflict, "规则 %s 第 %d 版已发布，不能更改；请另行发布新版", p.Name, p.Version)
		}
	}
	if known != 0 && known != next-1 {
		known = 0 // an older version, published again to be in force again
	}
	return known, next, nil
}
