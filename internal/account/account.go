// Package account knows who may do what where: users with one role each, the scope they see, their sessions and tokens. It
// holds no secrets in clear: passwords are argon2id hashes, tokens and session keys SHA-256 hashes of random bytes.
package account

import (
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

// UserID names a user inside the program.
type UserID int64

// Role is what a user is in the district.
type Role string

// The roles.
const (
	Manager   Role = "manager"   // 项目负责人: own sections
	Inspector Role = "inspector" // 检查人员: own streets
	District  Role = "district"  // 区级: the whole district, approves
	Admin     Role = "admin"     // 管理员: accounts and policies, no health data
	Leader    Role = "leader"    // 领导: aggregates, read-only
	Health    Role = "health"    // 卫健: test results and positives
)

// Roles lists every role.
func Roles() []Role { return []Role{Manager, Inspector, District, Admin, Leader, Health} }

// Scope is the part of the district a user sees. The zero Scope sees nothing.
type Scope struct {
	Everywhere bool
	Sections   []string // codes
	Streets    []string
}

// Everywhere is the scope of the whole district, which the scheduler and the command line have.
func Everywhere() Scope { return Scope{Everywhere: true} }

// Sees reports whether a section lies in the scope.
func (s Scope) Sees(section site.Section) bool {
	return s.Everywhere || slices.Contains(s.Sections, section.Code) || slices.Contains(s.Streets, section.Street)
}

// User is one account. Hash is empty until a password is set.
type User struct {
	ID         UserID
	Name       string
	Role       Role
	Scope      Scope
	Hash       string
	PasswordAt calendar.Instant
	TOTP       bool  // a second factor is enrolled
	Epoch      int64 // sessions of an older epoch are over
	DisabledAt calendar.Instant
	CreatedAt  calendar.Instant
	Lang       string // of pages: zh-CN or en; empty: as the browser asks
	Theme      string // of pages: light, dark or auto; empty: light
}

// Actor is who does something now: a user in a session or with a token, or the program itself.
type Actor struct {
	User      User
	Session   string           // hash of the session's token; empty for an API token or the program
	Token     int64            // id of the API token; 0 for a session
	Pending   bool             // the session still waits for the second factor, and may do nothing else
	ReadOnly  bool             // an API token that may only read
	FormToken string           // what a form of this session must send where the browser does not say where it comes from
	Confirmed calendar.Instant // when the password was last given in this session
	SeenAt    calendar.Instant // when the session or token was last noted as used
	Device    string           // cookie by which the browser is known to have been used before, to count failures apart
	Address   string
	RequestID string
}

// Scope is what the actor sees; a disabled user sees nothing.
func (a Actor) Scope() Scope {
	if !a.User.DisabledAt.IsZero() {
		return Scope{}
	}
	return a.User.Scope
}
