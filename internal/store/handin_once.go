package store

import (
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
)

// errOvertaken says that another transaction has answered the same request meanwhile. The same again finds its answer.
var errOvertaken = errors.New("the same request was answered meanwhile")

// requestKey is what a request is known by.
type requestKey struct {
	user account.UserID
	key  string
}

func (r Request) key() requestKey { return requestKey{r.User, r.Key} }

// findAnswers settles those that were answered before.
func (p *pile) findAnswers() error {
	var users []account.UserID
	var keys []string
	for _, in := range p.all {
		users, keys = append(users, in.request.User), append(keys, in.request.Key)
	}
	var rows []keptRow
	err := p.tx.NewSelect().Model(&rows).Where("user_id IN (?)", bun.List(users)).Where("idempotency_key IN (?)", bun.List(keys)).Scan(p.ctx)
	if err != nil {
		return fmt.Errorf("read kept answers: %w", err)
	}
	first := make(map[requestKey]keptRow, len(rows))
	for _, r := range rows {
		first[requestKey{r.UserID, r.IdempotencyKey}] = r
	}
	for _, in := range p.all {
		in.kept = p.keptRowOf(in.request, in.sub.Now)
		if row, answered := first[in.request.key()]; answered {
			in.given, in.err = p.sameAnswer(row, in.kept)
			in.settled = true
		}
	}
	return nil
}

// keep keeps the answers, in the transaction that has the effects: either both are there afterwards or neither.
func (p *pile) keep() error {
	rows := make([]keptRow, len(p.all))
	for i, in := range p.all {
		if err := p.sealAnswer(&in.kept, in.given); err != nil {
			return err
		}
		rows[i] = in.kept
	}
	result, err := p.tx.NewInsert().Model(&rows).ExcludeColumn("id").On("CONFLICT DO NOTHING").Returning("NULL").Exec(p.ctx)
	if err != nil {
		return fmt.Errorf("keep answers: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(len(rows)) {
		return errors.Join(errOvertaken, err)
	}
	return nil
}
