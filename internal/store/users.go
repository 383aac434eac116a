package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// userRow is an account. Its row is never deleted, so that the names in the audit trail keep their meaning.
type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`
	ID            account.UserID `bun:",pk,autoincrement"`
	Name          string
	Role          account.Role
	PasswordHash  string
	PasswordAt    calendar.Instant
	TotpSealed    bytea `bun:",nullzero"`
	TotpStep      int64
	RowKey        string
	Epoch         int64
	CreatedAt     calendar.Instant
	CreatedBy     string
	DisabledAt    calendar.Instant `bun:",nullzero"`
	Lang          string
	Theme         string
}

// scopeRow is one place of a user's scope.
type scopeRow struct {
	bun.BaseModel `bun:"table:user_scopes,alias:scope"`
	UserID        account.UserID `bun:",pk"`
	Kind          string         `bun:",pk"`
	Place         string         `bun:",pk"`
}

// The kinds of places in a scope.
const (
	scopeEverywhere = "everywhere"
	scopeSection    = "section"
	scopeStreet     = "street"
)

func (r *userRow) user(scopes []scopeRow) account.User {
	u := account.User{
		ID: r.ID, Name: r.Name, Role: r.Role, Hash: r.PasswordHash, PasswordAt: r.PasswordAt, TOTP: r.TotpSealed != "",
		Epoch: r.Epoch, DisabledAt: r.DisabledAt, CreatedAt: r.CreatedAt, Lang: r.Lang, Theme: r.Theme,
	}
	for _, s := range scopes {
		switch {
		case s.UserID != r.ID:
		case s.Kind == scopeEverywhere:
			u.Scope.Everywhere = true
		case s.Kind == scopeSection:
			u.Scope.Sections = append(u.Scope.Sections, s.Place)
		case s.Kind == scopeStreet:
			u.Scope.Streets = append(u.Scope.Streets, s.Place)
		}
	}
	return u
}

func scopeRows(id account.UserID, s account.Scope) []scopeRow {
	var rows []scopeRow
	if s.Everywhere {
		rows = append(rows, scopeRow{UserID: id, Kind: scopeEverywhere})
	}
	for _, code := range s.Sections {
		rows = append(rows, scopeRow{UserID: id, Kind: scopeSection, Place: code})
	}
	for _, street := range s.Streets {
		rows = append(rows, scopeRow{UserID: id, Kind: scopeStreet, Place: street})
	}
	return rows
}

func scopeText(s account.Scope) string {
	if s.Everywhere {
		return scopeEverywhere
	}
	return strings.Join(slices.Concat(s.Sections, s.Streets), " ")
}

// By makes the beginning of an act: who does it, and from where.
func By(a account.Actor) audit.Act {
	return audit.Act{Actor: a.User.Name, Role: string(a.User.Role), RequestID: a.RequestID, Address: a.Address}
}

// AddUser adds a user. It returns a fault.Conflict when the name is taken.
func (s *Store) AddUser(ctx context.Context, n account.NewUser, act audit.Act, now calendar.Instant) (account.User, error) {
	var u account.User
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		u, err = s.addUser(ctx, tx, n, act, now)
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("add user: %w", nameTaken(err))
	}
	return u, nil
}

// nameTaken says what a conflict means where a user is added.
func nameTaken(err error) error {
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	return &fault.Error{Kind: fault.Conflict, Message: "用户名已被使用", Fields: map[string]string{"name": "用户名已被使用"}}
}

func (s *Store) addUser(ctx context.Context, tx bun.Tx, n account.NewUser, act audit.Act, now calendar.Instant) (account.User, error) {
	row := userRow{Name: n.Name, Role: n.Role, PasswordHash: n.Hash, PasswordAt: now, RowKey: rand.Text(), Epoch: 1, CreatedAt: now, CreatedBy: act.Actor}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return account.User{}, err
	}
	scopes := scopeRows(row.ID, n.Scope)
	if len(scopes) > 0 {
		if _, err := tx.NewInsert().Model(&scopes).Exec(ctx); err != nil {
			return account.User{}, err
		}
	}
	if act.Actor == "" { // the first admin adds itself
		act.Actor, act.Role = n.Name, string(n.Role)
	}
	detail := map[string]string{"role": string(n.Role), "scope": scopeText(n.Scope)}
	return row.user(scopes), s.writeAudit(ctx, tx, act.Doing("user.add", "user", n.Name, detail), now)
}

// Users lists all users by name, the disabled ones too.
func (s *Store) Users(ctx context.Context) ([]account.User, error) {
	users, err := s.users(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

// UserByName finds a user. It returns a fault.NotFound when there is none.
func (s *Store) UserByName(ctx context.Context, name string) (account.User, error) {
	return s.oneUser(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("u.name = ?", name) })
}

// UserByID finds a user. It returns a fault.NotFound when there is none.
func (s *Store) UserByID(ctx context.Context, id account.UserID) (account.User, error) {
	return s.oneUser(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("u.id = ?", id) })
}

func (s *Store) oneUser(ctx context.Context, where func(*bun.SelectQuery) *bun.SelectQuery) (account.User, error) {
	users, err := s.users(ctx, where)
	if err != nil {
		return account.User{}, fmt.Errorf("find user: %w", err)
	}
	if len(users) == 0 {
		return account.User{}, fault.New(fault.NotFound, "没有这个用户")
	}
	return users[0], nil
}

func (s *Store) users(ctx context.Context, where func(*bun.SelectQuery) *bun.SelectQuery) (users []account.User, err error) {
	err = s.reading(ctx, func(ctx context.Context, tx bun.Tx) error {
		users, err = usersIn(ctx, tx, where)
		return err
	})
	return users, err
}

// usersIn reads users as a transaction sees them; nil where means all.
func usersIn(ctx context.Context, tx bun.Tx, where func(*bun.SelectQuery) *bun.SelectQuery) ([]account.User, error) {
	var rows []userRow
	var scopes []scopeRow
	q := tx.NewSelect().Model(&rows).Order("u.name")
	of := tx.NewSelect().Model(&scopes).OrderExpr("scope.kind, scope.place")
	if where != nil {
		q = where(q)
		of = of.Where("scope.user_id IN (?)", where(tx.NewSelect().TableExpr("users AS u").Column("u.id")))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	if err := of.Scan(ctx); err != nil {
		return nil, err
	}
	users := make([]account.User, len(rows))
	for i := range rows {
		users[i] = rows[i].user(scopes)
	}
	return users, nil
}

// AnyUser reports whether there is a user at all; if not, the program waits for its first admin.
func (s *Store) AnyUser(ctx context.Context) (bool, error) {
	any, err := s.read.NewSelect().Table("users").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for users: %w", err)
	}
	return any, nil
}

// SetPassword gives a user another password and ends all sessions and tokens.
func (s *Store) SetPassword(ctx context.Context, id account.UserID, hash string, act audit.Act, now calendar.Instant) error {
	return s.changeUser(ctx, id, "user.password", act, now, func(ctx context.Context, tx bun.Tx, _ *userRow) (map[string]string, error) {
		return nil, setPassword(ctx, tx, id, hash, now)
	})
}

func setPassword(ctx context.Context, tx bun.Tx, id account.UserID, hash string, now calendar.Instant) error {
	_, err := tx.NewUpdate().Table("users").Set("password_hash = ?", hash).Set("password_at = ?", now).Where("id = ?", id).Exec(ctx)
	return err
}

// DisableUser shuts a user out at once: sessions and tokens end. It returns a fault.Conflict for the last admin.
func (s *Store) DisableUser(ctx context.Context, id account.UserID, act audit.Act, now calendar.Instant) error {
	return s.changeUser(ctx, id, "user.disable", act, now, func(ctx context.Context, tx bun.Tx, was *userRow) (map[string]string, error) {
		if err := keepAnAdmin(ctx, tx, was); err != nil {
			return nil, err
		}
		_, err := tx.NewUpdate().Table("users").Set("disabled_at = ?", now).Where("id = ? AND disabled_at IS NULL", id).Exec(ctx)
		return nil, err
	})
}

// EnableUser lets a disabled user in again; tokens of before stay revoked.
func (s *Store) EnableUser(ctx context.Context, id account.UserID, act audit.Act, now calendar.Instant) error {
	return s.changeUser(ctx, id, "user.enable", act, now, func(ctx context.Context, tx bun.Tx, _ *userRow) (map[string]string, error) {
		_, err := tx.NewUpdate().Table("users").Set("disabled_at = NULL").Where("id = ?", id).Exec(ctx)
		return nil, err
	})
}

// ChangeUser gives a user another role and scope and ends all sessions and tokens. It returns a fault.Conflict when the last
// admin would be none any more.
func (s *Store) ChangeUser(ctx context.Context, id account.UserID, role account.Role, scope account.Scope, act audit.Act, now calendar.Instant) error {
	return s.changeUser(ctx, id, "user.change", act, now, func(ctx context.Context, tx bun.Tx, was *userRow) (map[string]string, error) {
		if role != account.Admin {
			if err := keepAnAdmin(ctx, tx, was); err != nil {
				return nil, err
			}
		}
		if _, err := tx.NewUpdate().Table("users").Set("role = ?", role).Where("id = ?", id).Exec(ctx); err != nil {
			return nil, err
		}
		if _, err := tx.NewDelete().Model((*scopeRow)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
			return nil, err
		}
		if rows := scopeRows(id, scope); len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return nil, err
			}
		}
		return map[string]string{"role": string(role), "scope": scopeText(scope), "was": string(was.Role)}, nil
	})
}

// changeUser changes a user and, in the same transaction, ends everything that rests on what the user was before. Raising the
// epoch first takes the lock of the row, on which whoever begins a session or makes a token waits.
func (s *Store) changeUser(ctx context.Context, id account.UserID, action string, act audit.Act, now calendar.Instant,
	change func(context.Context, bun.Tx, *userRow) (map[string]string, error),
) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := raiseEpoch(ctx, tx, id)
		if err != nil {
			return err
		}
		detail, err := change(ctx, tx, row)
		if err != nil {
			return err
		}
		if err := endAccess(ctx, tx, id, now); err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, act.Doing(action, "user", row.Name, detail), now)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

func raiseEpoch(ctx context.Context, tx bun.Tx, id account.UserID) (*userRow, error) {
	row := new(userRow)
	err := tx.NewUpdate().Model(row).Set("epoch = epoch + 1").Where("id = ?", id).Returning("*").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "没有这个用户")
	}
	return row, err
}

// endAccess ends all that lets a user in but the password.
func endAccess(ctx context.Context, tx bun.Tx, id account.UserID, now calendar.Instant) error {
	if _, err := tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Table("api_tokens").Set("revoked_at = ?", now).Where("user_id = ? AND revoked_at IS NULL", id).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Table("one_time_links").Set("used_at = ?", now).Where("user_id = ? AND used_at IS NULL", id).Exec(ctx)
	return err
}

// keepAnAdmin refuses to take away the last admin who can sign in. All admins' rows are locked on the way, so that two of them
// cannot disable each other at the same time.
func keepAnAdmin(ctx context.Context, tx bun.Tx, leaving *userRow) error {
	if leaving.Role != account.Admin || !leaving.DisabledAt.IsZero() {
		return nil
	}
	result, err := tx.NewUpdate().Table("users").Set("epoch = epoch").
		Where("role = ? AND disabled_at IS NULL AND id <> ?", account.Admin, leaving.ID).Exec(ctx)
	if err != nil {
		return err
	}
	others, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if others == 0 {
		return fault.New(fault.Conflict, "%s 是最后一名可用的管理员，请先添加另一名管理员", leaving.Name)
	}
	return nil
}
