package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// Member is somebody on the roster of a section: who he is by the last four of the ID number. The telephone number is open;
// whoever asks has to mask it for those who may not read it.
type Member struct {
	roster.Enrolment
	Tail  string
	Phone string
}

// memberRow is an enrolment with what is needed to open its seals.
type memberRow struct {
	bun.BaseModel `bun:"table:enrolments,alias:enrolment"`
	enrolmentRow
	Name         string
	RowKey       string
	DocType      string
	NumberSealed bytea
}

// Members lists the roster of a section within a scope in the order of the file it came from, those who have left too, by
// opening only their seals. A section outside the scope has nobody on it.
func (s *Store) Members(ctx context.Context, within account.Scope, id site.SectionID) ([]Member, error) {
	var rows []memberRow
	q := s.read.NewSelect().Model(&rows).ColumnExpr("enrolment.*, w.name, w.row_key, w.doc_type, w.number_sealed").
		Join("JOIN workers AS w ON w.id = enrolment.worker_id").
		Where("enrolment.section_id = ?", id).Where("enrolment.superseded_at IS NULL").Order("enrolment.worker_id", "enrolment.id")
	if err := s.visible(q, "enrolment.section_id", within).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list people of section %d: %w", id, translate(err))
	}
	members := make([]Member, 0, len(rows))
	for i := range rows {
		m, err := s.member(&rows[i])
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

func (s *Store) member(r *memberRow) (Member, error) {
	m := Member{Enrolment: r.enrolment(r.Name, r.DocType)}
	number, err := s.vault.Unseal(numberField, r.RowKey, []byte(r.NumberSealed))
	if err == nil && r.PhoneSealed != "" {
		m.Phone, err = s.vault.Unseal(phoneField, r.RowKey, []byte(r.PhoneSealed))
	}
	if err != nil {
		return m, fmt.Errorf("open seals of worker %d: %w", r.WorkerID, err)
	}
	m.Tail = tail(number)
	return m, nil
}
