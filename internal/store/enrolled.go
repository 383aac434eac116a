package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// Enrolled gives somebody's latest enrolment on a section as a row of the roster holds it, so that what changes can be laid over
// it and imported again. ID and phone number are opened: whoever asks shows neither. It returns a fault.NotFound when there is no
// such section within the scope, or the person was never on its roster.
func (s *Store) Enrolled(ctx context.Context, within account.Scope, section string, id roster.WorkerID) (roster.Record, error) {
	var record roster.Record
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		who, number, err := s.personOn(ctx, tx, within, section, id)
		if err != nil {
			return err
		}
		here, err := s.sectionWithin(ctx, tx, within, section)
		if err != nil {
			return err
		}
		var row enrolmentRow
		err = tx.NewSelect().Model(&row).Where("section_id = ? AND worker_id = ? AND superseded_at IS NULL", here, id).
			Order("entered_at DESC").Limit(1).Scan(ctx)
		if err != nil {
			return err
		}
		record = roster.Record{SectionCode: section, Document: roster.Document{Type: who.DocType, Number: number},
			Enrolment: row.enrolment(who.Name, who.DocType)}
		if row.PhoneSealed == "" {
			return nil
		}
		record.Phone, err = s.vault.Unseal(phoneField, who.RowKey, []byte(row.PhoneSealed))
		return err
	})
	if err != nil {
		return roster.Record{}, fmt.Errorf("read enrolment of worker %d on %s: %w", id, section, err)
	}
	return record, nil
}

// TubeOf gives the samples of the newest tube of a code as rows of results hold them, of people who are visible from a section
// within a scope; ID numbers are opened, as of Enrolled. A tube without such samples gives none.
func (s *Store) TubeOf(ctx context.Context, within account.Scope, section, code string) ([]screening.ResultRecord, error) {
	var records []screening.ResultRecord
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := s.sectionWithin(ctx, tx, within, section); err != nil {
			return err
		}
		var rows []resultRow
		q := tx.NewSelect().Model(&rows).Where("tube = ? AND tube <> '' AND superseded_at IS NULL", code).Order("sampled_at DESC", "worker_id")
		if err := s.visibleWorkers(q, "worker_id", account.Scope{Sections: []string{section}}).Scan(ctx); err != nil {
			return err
		}
		var err error
		records, err = s.resultRecords(ctx, tx, newestTube(rows))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tube %s of %s: %w", code, section, err)
	}
	return records, nil
}

// newestTube leaves, of samples under one code from the newest on, those of the newest tube: the code may have been used before.
func newestTube(rows []resultRow) []resultRow {
	for i := 1; i < len(rows); i++ {
		if rows[0].SampledAt.Sub(rows[i].SampledAt) > sameTube {
			return rows[:i]
		}
	}
	return rows
}

func (s *Store) resultRecords(ctx context.Context, tx bun.Tx, rows []resultRow) ([]screening.ResultRecord, error) {
	ids := make([]roster.WorkerID, len(rows))
	for i := range rows {
		ids[i] = rows[i].WorkerID
	}
	people, err := s.someIdentities(ctx, tx, ids)
	records := make([]screening.ResultRecord, len(rows))
	for i := range rows {
		who := people[rows[i].WorkerID]
		records[i] = screening.ResultRecord{Document: who.Document, Name: who.name, Result: rows[i].result()}
	}
	slices.SortStableFunc(records, func(a, b screening.ResultRecord) int { return cmp.Compare(a.Result.WorkerID, b.Result.WorkerID) })
	return records, err
}

// someIdentities opens the numbers of a few people.
func (s *Store) someIdentities(ctx context.Context, tx bun.Tx, ids []roster.WorkerID) (map[roster.WorkerID]identity, error) {
	open := make(map[roster.WorkerID]identity, len(ids))
	err := chunks(ids, func(ids []roster.WorkerID) error {
		var rows []workerRow
		if err := tx.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			number, err := s.vault.Unseal(numberField, r.RowKey, []byte(r.NumberSealed))
			if err != nil {
				return fmt.Errorf("open the number of worker %d: %w", r.ID, err)
			}
			open[r.ID] = identity{roster.Document{Type: r.DocType, Number: number}, r.Name, r.RowKey}
		}
		return nil
	})
	return open, err
}
