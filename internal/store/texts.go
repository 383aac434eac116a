package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
)

// Free text about people's health is sealed: the reason for which somebody left through the gate, and remarks on tests and
// health. The other remarks are about cranes and fences and stand on sheets that are posted. Judging needs to know only
// whether there is such a text, so it opens none.
const (
	reasonField = "passages.reason"
	remarkField = "answers.remark"
)

// healthItems are the parts of the checklist that are about people's tests and health, as the beginnings of their items' codes.
const healthItems = "CD"

// OnHealth reports whether the remark on an item of the checklist is about tests or health, and therefore sealed.
func OnHealth(item string) bool { return item != "" && strings.Contains(healthItems, item[:1]) }

// remarkKey is the row key of a sealed remark.
func remarkKey(section string, day calendar.Date, item string) string {
	return section + "|" + day.String() + "|" + item
}

// sealText moves a text under seal; an empty one needs none.
func (s *Store) sealText(field, rowKey string, text *string, sealed *bytea) error {
	if *text == "" {
		return nil
	}
	under, err := s.vault.Seal(field, rowKey, *text)
	*text, *sealed = "", bytea(under)
	return err
}

// openText gives a text that may be under seal; it is not in the row afterwards.
func (s *Store) openText(field, rowKey string, text *string, sealed *bytea) error {
	if *sealed == "" {
		return nil
	}
	plain, err := s.vault.Unseal(field, rowKey, []byte(*sealed))
	*text, *sealed = plain, ""
	return err
}

// sealRemark seals what an answer says about health.
func (s *Store) sealRemark(section string, r *answerRow) error {
	if !OnHealth(r.Item) {
		return nil
	}
	return s.sealText(remarkField, remarkKey(section, r.Date, r.Item), &r.Remark, &r.RemarkSealed)
}

// openRemark opens what sealRemark sealed.
func (s *Store) openRemark(section string, r *answerRow) error {
	return s.openText(remarkField, remarkKey(section, r.Date, r.Item), &r.Remark, &r.RemarkSealed)
}

// clearText is a column that was clear in earlier releases, and the sealed one that took its place.
type clearText struct {
	sealedColumn
	clear string
	which string // rows that have something to seal
}

func clearTexts() []clearText {
	var all []clearText
	for _, c := range sealedColumns() {
		switch c.field {
		case reasonField:
			all = append(all, clearText{c, "reason", "reason <> ''"})
		case remarkField:
			all = append(all, clearText{c, "remark", "remark <> '' AND (item LIKE 'C%' OR item LIKE 'D%')"})
		}
	}
	return all
}

// sealClear seals the texts that an earlier release kept clear, some at a time; where it is stopped, the next start goes on.
func (s *Store) sealClear(ctx context.Context) error {
	for _, c := range clearTexts() {
		for n := resealSize; n == resealSize; {
			var err error
			if n, err = s.sealSome(ctx, c); err != nil {
				return fmt.Errorf("seal clear %s.%s: %w", c.table, c.clear, err)
			}
		}
	}
	return nil
}

func (s *Store) sealSome(ctx context.Context, c clearText) (n int, err error) {
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		var rows []struct {
			ID           int64
			RowKey, Text string
		}
		err := tx.NewSelect().TableExpr("? AS t", bun.Ident(c.table)).ColumnExpr("t.id, "+c.rowKey+" AS row_key, t.? AS text", bun.Ident(c.clear)).
			Where(c.which).OrderExpr("t.id").Limit(resealSize).Scan(ctx, &rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			sealed, err := s.vault.Seal(c.field, r.RowKey, r.Text)
			if err != nil {
				return err
			}
			_, err = tx.NewUpdate().TableExpr("?", bun.Ident(c.table)).Set("? = ?", bun.Ident(c.column), sealed).Set("? = ''", bun.Ident(c.clear)).
				Where("id = ?", r.ID).Exec(ctx)
			if err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	return n, err
}
