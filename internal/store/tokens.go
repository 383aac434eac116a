package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// tokenRow is an API token. It has the role and scope of its user, as they are when it is used.
type tokenRow struct {
	bun.BaseModel `bun:"table:api_tokens,alias:token"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        account.UserID
	Name          string
	TokenHash     string
	ReadOnly      bool
	CreatedAt     calendar.Instant
	ExpiresAt     calendar.Instant `bun:",nullzero"`
	LastUsedAt    calendar.Instant `bun:",nullzero"`
	RevokedAt     calendar.Instant `bun:",nullzero"`
}

// AddToken makes an API token of a user and gives it in clear, this once. Of the token, Name, ReadOnly and ExpiresAt are used.
func (s *Store) AddToken(ctx context.Context, u account.User, t account.Token, act audit.Act, now calendar.Instant) (clear string, err error) {
	return s.AddTokenOnce(ctx, u, t, Request{}, act, now)
}

// AddTokenOnce is AddToken for a request that may be sent again: then it gives the token that the first made.
func (s *Store) AddTokenOnce(
	ctx context.Context, u account.User, t account.Token, r Request, act audit.Act, now calendar.Instant,
) (clear string, err error) {
	clear, err = s.secretOnce(ctx, r, now, func(ctx context.Context, tx bun.Tx) (string, error) {
		clear, hash := account.NewToken()
		row := tokenRow{UserID: u.ID, Name: t.Name, TokenHash: hash, ReadOnly: t.ReadOnly, CreatedAt: now, ExpiresAt: t.ExpiresAt}
		if err := lockUser(ctx, tx, u); err != nil {
			return "", err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return "", err
		}
		detail := map[string]string{"user": u.Name, "name": t.Name, "read_only": fmt.Sprint(t.ReadOnly)}
		return clear, s.writeAudit(ctx, tx, act.Doing("token.add", "token", fmt.Sprint(row.ID), detail), now)
	})
	if err != nil {
		return "", fmt.Errorf("add token: %w", err)
	}
	return clear, nil
}

// Tokens lists the tokens of a user, the newest first, with the revoked ones.
func (s *Store) Tokens(ctx context.Context, id account.UserID) ([]account.Token, error) {
	var rows []tokenRow
	if err := s.read.NewSelect().Model(&rows).Where("token.user_id = ?", id).Order("token.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	tokens := make([]account.Token, len(rows))
	for i, r := range rows {
		tokens[i] = account.Token{ID: r.ID, Name: r.Name, ReadOnly: r.ReadOnly, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
			LastUsedAt: r.LastUsedAt, RevokedAt: r.RevokedAt}
	}
	return tokens, nil
}

// RevokeToken ends a token of a user at once. It returns a fault.NotFound when the user has no such token.
func (s *Store) RevokeToken(ctx context.Context, owner account.UserID, id int64, act audit.Act, now calendar.Instant) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewUpdate().Table("api_tokens").Set("revoked_at = ?", now).
			Where("id = ? AND user_id = ? AND revoked_at IS NULL", id, owner).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "没有这个令牌，或已撤销")
		}
		return s.writeAudit(ctx, tx, act.Doing("token.revoke", "token", fmt.Sprint(id), nil), now)
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// TokenActor finds who an API token belongs to, with role and scope as they are now. It returns a fault.Unauthenticated when
// the token is unknown, revoked or run out, or the user disabled.
func (s *Store) TokenActor(ctx context.Context, tokenHash string, now calendar.Instant) (account.Actor, error) {
	var a account.Actor
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		var row tokenRow
		err := tx.NewSelect().Model(&row).Where("token.token_hash = ?", tokenHash).Where("token.revoked_at IS NULL").
			Where("token.expires_at IS NULL OR token.expires_at > ?", now).Scan(ctx)
		if err != nil {
			return err
		}
		u, err := currentUser(ctx, tx, row.UserID)
		a = account.Actor{User: u, Token: row.ID, ReadOnly: row.ReadOnly, SeenAt: row.LastUsedAt}
		return err
	})
	if err != nil {
		return account.Actor{}, unlessOver(err, "find token")
	}
	return a, nil
}
