package app

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/store"
)

// UserQuery is a user as the command line describes one.
type UserQuery struct {
	Name     string
	Role     string
	Sections []string
	Streets  []string
}

// UserLine is a user as the command line lists one.
type UserLine struct {
	Name       string   `json:"name"`
	Role       string   `json:"role"`
	Everywhere bool     `json:"everywhere"`
	Sections   []string `json:"sections"`
	Streets    []string `json:"streets"`
	TOTP       bool     `json:"totp"`
	Password   bool     `json:"password"` // has one
	CreatedAt  string   `json:"created_at"`
	DisabledAt *string  `json:"disabled_at"`
}

// AddUser adds a user with a password.
func (a *App) AddUser(ctx context.Context, q UserQuery, password string) error {
	n, err := a.newUser(ctx, q)
	if err != nil {
		return err
	}
	if n.Hash, err = hashNew(n.Name, password, false); err != nil {
		return err
	}
	_, err = a.store.AddUser(ctx, n, operator(), a.clock.now())
	return err
}

// newUser reads a description; what makes no sense whatever the data are is misuse.
func (a *App) newUser(ctx context.Context, q UserQuery) (account.NewUser, error) {
	name, err := account.UserName(q.Name)
	if err != nil {
		return account.NewUser{}, misusing(fmt.Errorf("--name: %w", err))
	}
	role, err := account.ParseRole(q.Role)
	if err != nil {
		return account.NewUser{}, misusing(fmt.Errorf("--role: %w", err))
	}
	scope, err := account.ScopeFor(role, q.Sections, q.Streets)
	if err != nil {
		return account.NewUser{}, misusing(err)
	}
	return account.NewUser{Name: name, Role: role, Scope: scope}, a.warnOfUnknown(ctx, scope.Sections)
}

// warnOfUnknown says which sections do not exist: users may be added before the sections are, but more often it is a slip.
func (a *App) warnOfUnknown(ctx context.Context, codes []string) error {
	for _, code := range codes {
		_, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Codes: []string{code}})
		if fault.KindOf(err) == fault.NotFound {
			fmt.Fprintf(a.env.Stderr, "提醒：目前没有标段 %s\n", code)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func hashNew(name, password string, secondFactor bool) (string, error) {
	if err := account.ValidatePassword(name, password, secondFactor); err != nil {
		return "", err
	}
	return account.HashPassword(password)
}

// Users lists all users by name.
func (a *App) Users(ctx context.Context) ([]UserLine, error) {
	users, err := a.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]UserLine, len(users))
	for i, u := range users {
		lines[i] = UserLine{
			Name: u.Name, Role: string(u.Role), Everywhere: u.Scope.Everywhere, Sections: append([]string{}, u.Scope.Sections...),
			Streets: append([]string{}, u.Scope.Streets...), TOTP: u.TOTP, Password: u.Hash != "", CreatedAt: u.CreatedAt.RFC3339(a.cfg.Timezone),
		}
		if !u.DisabledAt.IsZero() {
			at := u.DisabledAt.RFC3339(a.cfg.Timezone)
			lines[i].DisabledAt = &at
		}
	}
	return lines, nil
}

// ChangeUser gives a user another role and scope; sessions and tokens end.
func (a *App) ChangeUser(ctx context.Context, q UserQuery) error {
	u, err := a.user(ctx, q.Name)
	if err != nil {
		return err
	}
	n, err := a.newUser(ctx, q)
	if err != nil {
		return err
	}
	return a.store.ChangeUser(ctx, u.ID, n.Role, n.Scope, operator(), a.clock.now())
}

// DisableUser shuts a user out at once.
func (a *App) DisableUser(ctx context.Context, name string) error {
	u, err := a.user(ctx, name)
	if err != nil {
		return err
	}
	return a.store.DisableUser(ctx, u.ID, operator(), a.clock.now())
}

// EnableUser lets a disabled user in again.
func (a *App) EnableUser(ctx context.Context, name string) error {
	u, err := a.user(ctx, name)
	if err != nil {
		return err
	}
	return a.store.EnableUser(ctx, u.ID, operator(), a.clock.now())
}

// SetPassword gives a user another password; sessions and tokens end. The waits after failed sign-ins are forgotten.
func (a *App) SetPassword(ctx context.Context, name, password string) error {
	u, err := a.user(ctx, name)
	if err != nil {
		return err
	}
	hash, err := hashNew(u.Name, password, u.TOTP)
	if err != nil {
		return err
	}
	if err := a.store.SetPassword(ctx, u.ID, hash, operator(), a.clock.now()); err != nil {
		return err
	}
	return a.store.ClearFailures(ctx, u.Name)
}

// RemoveTOTP takes the second factor of a user away who has lost it.
func (a *App) RemoveTOTP(ctx context.Context, name string) error {
	u, err := a.user(ctx, name)
	if err != nil {
		return err
	}
	return a.store.RemoveTOTP(ctx, u.ID, operator(), a.clock.now())
}

// TokenQuery describes an API token to be made.
type TokenQuery struct {
	User     string
	Name     string
	ReadOnly bool
	Days     int // it is good for; 0: until it is revoked
}

// AddToken makes an API token and gives it in clear, which happens only here.
func (a *App) AddToken(ctx context.Context, q TokenQuery) (string, error) {
	if q.Days < 0 {
		return "", Misused("--days 应为正数；0 表示撤销前一直有效")
	}
	u, err := a.user(ctx, q.User)
	if err != nil {
		return "", err
	}
	now := a.clock.now()
	t := account.Token{Name: strings.TrimSpace(q.Name), ReadOnly: q.ReadOnly}
	if q.Days > 0 {
		t.ExpiresAt = now.Add(time.Duration(q.Days) * 24 * time.Hour)
	}
	clear, err := a.store.AddToken(ctx, u, t, operator(), now)
	return clear, notDisabled(u, err)
}

// Tokens lists the API tokens of a user, a row each: number, name, made, last used, good until, revoked.
func (a *App) Tokens(ctx context.Context, name string) ([][]string, error) {
	u, err := a.user(ctx, name)
	if err != nil {
		return nil, err
	}
	tokens, err := a.store.Tokens(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, t := range tokens {
		loc := a.cfg.Timezone
		rows = append(rows, []string{fmt.Sprint(t.ID), t.Name, t.CreatedAt.Minute(loc), t.LastUsedAt.Minute(loc), t.ExpiresAt.Minute(loc), t.RevokedAt.Minute(loc)})
	}
	return rows, nil
}

// RevokeToken ends an API token at once.
func (a *App) RevokeToken(ctx context.Context, name string, id int64) error {
	u, err := a.user(ctx, name)
	if err != nil {
		return err
	}
	return a.store.RevokeToken(ctx, u.ID, id, operator(), a.clock.now())
}

// SetupLink makes the address at which the first admin chooses name and password. It returns a fault.Conflict once there is a
// user.
func (a *App) SetupLink(ctx context.Context) (string, error) {
	taken, err := a.store.AnyUser(ctx)
	if err != nil {
		return "", err
	}
	if taken {
		return "", fault.New(fault.Conflict, "已有用户，首次设置的链接不再可用；添加管理员用 fugong user add --role admin，重设口令用 fugong user link 用户名")
	}
	token, err := a.store.CreateLink(ctx, operator(), a.clock.now())
	if err != nil {
		return "", err
	}
	return a.linkAddress(token)
}

// InviteLink makes the address at which a user chooses a password.
func (a *App) InviteLink(ctx context.Context, name string) (string, error) {
	u, err := a.user(ctx, name)
	if err != nil {
		return "", err
	}
	token, err := a.store.InviteUser(ctx, u, operator(), a.clock.now())
	if err != nil {
		return "", notDisabled(u, err)
	}
	return a.linkAddress(token)
}

// notDisabled says why what only users who may come in can have was refused.
func notDisabled(u account.User, err error) error {
	if err != nil && !u.DisabledAt.IsZero() {
		return fault.New(fault.Conflict, "用户 %s 已停用，请先用 fugong user enable %s", u.Name, u.Name)
	}
	return err
}

// linkAddress is where a one-time link leads.
func (a *App) linkAddress(token string) (string, error) {
	address, err := net.ResolveTCPAddr("tcp", a.cfg.Listen)
	if err != nil {
		return "", fmt.Errorf("find own address: %w", err)
	}
	return strings.TrimSuffix(a.reachedAt(address), "/") + "/setup?" + url.Values{"token": {token}}.Encode(), nil
}

func (a *App) user(ctx context.Context, name string) (account.User, error) {
	u, err := a.store.UserByName(ctx, strings.ToLower(strings.TrimSpace(name)))
	if fault.KindOf(err) == fault.NotFound {
		return u, fault.New(fault.NotFound, "没有名为 %s 的用户；用 fugong user list 查看", name)
	}
	return u, err
}
