package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// The purposes of links.
const (
	linkSetup  = "setup"  // whoever opens it becomes an admin
	linkInvite = "invite" // its user chooses a password
)

// linkRow is a link that works once.
type linkRow struct {
	bun.BaseModel `bun:"table:one_time_links,alias:link"`
	TokenHash     string `bun:",pk"`
	Purpose       string
	UserID        account.UserID `bun:",nullzero"`
	CreatedAt     calendar.Instant
	ExpiresAt     calendar.Instant
	UsedAt        calendar.Instant `bun:",nullzero"`
}

// CreateLink makes the token of a link by which the first admin sets up the account, good once and for a day. Earlier ones end.
func (s *Store) CreateLink(ctx context.Context, act audit.Act, now calendar.Instant) (token string, err error) {
	token, hash := account.NewToken()
	row := linkRow{TokenHash: hash, Purpose: linkSetup, CreatedAt: now, ExpiresAt: now.Add(account.SetupLinkLife)}
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		return s.placeLink(ctx, tx, row, act.Doing("link.setup", "link", linkSetup, nil))
	})
	if err != nil {
		return "", fmt.Errorf("create setup link: %w", err)
	}
	return token, nil
}

// InviteUser makes the token of a link by which a user chooses a password, good once and for three days. Earlier ones end; so
// do all when the user is changed.
func (s *Store) InviteUser(ctx context.Context, u account.User, act audit.Act, now calendar.Instant) (token string, err error) {
	return s.InviteUserOnce(ctx, u, Request{}, act, now)
}

// InviteUserOnce is InviteUser for a request that may be sent again: then it gives the token that the first made.
func (s *Store) InviteUserOnce(ctx context.Context, u account.User, r Request, act audit.Act, now calendar.Instant) (token string, err error) {
	token, err = s.secretOnce(ctx, r, now, func(ctx context.Context, tx bun.Tx) (string, error) { return s.invite(ctx, tx, u, act, now) })
	if err != nil {
		return "", fmt.Errorf("invite user: %w", err)
	}
	return token, nil
}

// AddInvitedUser adds a user who has no password yet and makes the token of the link by which he chooses one, both or nothing. A request
// that is sent again gets the token that the first made. It returns a fault.Conflict with Fields when the name is taken.
func (s *Store) AddInvitedUser(ctx context.Context, n account.NewUser, r Request, act audit.Act, now calendar.Instant) (token string, err error) {
	token, err = s.secretOnce(ctx, r, now, func(ctx context.Context, tx bun.Tx) (string, error) {
		u, err := s.addUser(ctx, tx, n, act, now)
		if err != nil {
			return "", nameTaken(translate(err))
		}
		return s.invite(ctx, tx, u, act, now)
	})
	if err != nil {
		return "", fmt.Errorf("add invited user: %w", err)
	}
	return token, nil
}

// invite places the link of a user who still stands as he was read.
func (s *Store) invite(ctx context.Context, tx bun.Tx, u account.User, act audit.Act, now calendar.Instant) (string, error) {
	if err := lockUser(ctx, tx, u); err != nil {
		return "", changedMeanwhile(err)
	}
	token, hash := account.NewToken()
	row := linkRow{TokenHash: hash, Purpose: linkInvite, UserID: u.ID, CreatedAt: now, ExpiresAt: now.Add(account.InviteLinkLife)}
	return token, s.placeLink(ctx, tx, row, act.Doing("user.invite", "user", u.Name, nil))
}

// changedMeanwhile says of somebody else's account what would say of the own one that its session is over.
func changedMeanwhile(err error) error {
	if fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	return fault.New(fault.Conflict, "账号已停用或刚被修改，没有生成链接")
}

func (s *Store) placeLink(ctx context.Context, tx bun.Tx, row linkRow, act audit.Act) error {
	end := tx.NewUpdate().Model((*linkRow)(nil)).Set("used_at = ?", row.CreatedAt).Where("purpose = ? AND used_at IS NULL", row.Purpose)
	if row.UserID != 0 {
		end = end.Where("user_id = ?", row.UserID)
	}
	if _, err := end.Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	return s.writeAudit(ctx, tx, act, row.CreatedAt)
}

// LinkUser tells whom a link is for: the zero User for one that sets up the first admin. It returns a fault.NotFound when the
// link is unknown, used or run out. The link stays good.
func (s *Store) LinkUser(ctx context.Context, token string, now calendar.Instant) (account.User, error) {
	var u account.User
	err := s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		var row linkRow
		err := tx.NewSelect().Model(&row).Where("link.token_hash = ?", account.HashToken(token)).
			Where("link.used_at IS NULL AND link.expires_at > ?", now).Scan(ctx)
		if err != nil || row.UserID == 0 {
			return err
		}
		u, err = currentUser(ctx, tx, row.UserID)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.User{}, deadLink()
	}
	if err != nil {
		return account.User{}, fmt.Errorf("find link: %w", err)
	}
	return u, nil
}

func deadLink() error { return fault.New(fault.NotFound, "链接无效、已使用或已过期") }

// UseLink adds the admin that a setup link is for and uses the link up, both or nothing. It returns a fault.NotFound when the
// link is no setup link that is still good, and a fault.Conflict when the name is taken; the link is still good then.
func (s *Store) UseLink(ctx context.Context, token string, n account.NewUser, act audit.Act, now calendar.Instant) (account.User, error) {
	var u account.User
	n.Role, n.Scope = account.Admin, account.Everywhere()
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := useUp(ctx, tx, token, linkSetup, now); err != nil {
			return err
		}
		var err error
		u, err = s.addUser(ctx, tx, n, act, now)
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("use setup link: %w", nameTaken(err))
	}
	return u, nil
}

// UseInvitation sets the password that an invited user has chosen and uses the link up, both or nothing; all sessions and
// tokens end. It returns a fault.NotFound when the link is no invitation that is still good.
func (s *Store) UseInvitation(ctx context.Context, token, hash string, act audit.Act, now calendar.Instant) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		id, err := useUp(ctx, tx, token, linkInvite, now)
		if err != nil {
			return err
		}
		row, err := raiseEpoch(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := setPassword(ctx, tx, id, hash, now); err != nil {
			return err
		}
		if err := endAccess(ctx, tx, id, now); err != nil {
			return err
		}
		act.Actor, act.Role = row.Name, string(row.Role)
		return s.writeAudit(ctx, tx, act.Doing("user.password", "user", row.Name, map[string]string{"by": "invitation"}), now)
	})
	if err != nil {
		return fmt.Errorf("use invitation: %w", err)
	}
	return nil
}

// useUp makes a link used, once only: of many at once, one finds it unused.
func useUp(ctx context.Context, tx bun.Tx, token, purpose string, now calendar.Instant) (account.UserID, error) {
	var row linkRow
	err := tx.NewUpdate().Model(&row).Set("used_at = ?", now).Where("token_hash = ? AND purpose = ?", account.HashToken(token), purpose).
		Where("used_at IS NULL AND expires_at > ?", now).Returning("*").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, deadLink()
	}
	return row.UserID, err
}
