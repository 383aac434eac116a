package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
)

// Anyone is the role of routes that are open to everybody, signed in or not.
const Anyone account.Role = "anyone"

// Route is one address of the program with its policy and what it does.
type Route struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Policy
	handle func(*server, echo.Context) error
}

// Policy says who may use a route, how far he sees, and how much one request may take.
type Policy struct {
	Roles []account.Role `json:"roles"`
	Scope string         `json:"scope"`

	Fresh     bool          `json:"-"` // the password must have been given within the last ten minutes
	Pending   bool          `json:"-"` // open to who still owes the second factor
	Enrolling bool          `json:"-"` // open to who still has to enrol one
	Body      int64         `json:"-"` // bytes; 0: 1 MiB
	Time      time.Duration `json:"-"` // to read the request and to work; 0: 30 s

	// TooLarge answers what is larger than Body, of which nothing was read; nil: the error page does.
	TooLarge func(*server, echo.Context) error `json:"-"`
}

// How far a route's user sees.
const (
	ScopeNone     = "none"     // no data of sections
	ScopeOwn      = "own"      // the sections in the actor's scope
	ScopeDistrict = "district" // of the whole district
	ScopeSelf     = "self"     // the actor's own account
)

// Routes lists every address. There is no other way to add one.
func Routes() []Route {
	readers := []account.Role{account.Manager, account.Inspector, account.District, account.Admin, account.Health}
	printers := []account.Role{account.Manager, account.Inspector, account.District}
	of := func(roles ...account.Role) []account.Role { return roles }
	see := Policy{Roles: readers, Scope: ScopeOwn}
	watch := Policy{Roles: of(account.Inspector, account.District, account.Admin), Scope: ScopeOwn}
	open := Policy{Roles: of(Anyone), Scope: ScopeNone}
	pages := slices.Concat(
		accountRoutes(),
		diagRoutes(),
		styleguideRoutes(),
		apiRoutes(),
		deskRoutes(),
		paperCheckRoutes(),
		entryRoutes(),
		officeRoutes(),
		checklistRoutes(),
		photoRoutes(),
		importRoutes(),
		peopleRoutes(),
		revealRoutes(),
		preferenceRoutes(),
	)
	return append(pages, []Route{
		{http.MethodGet, "/", Policy{Roles: account.Roles(), Scope: ScopeNone}, (*server).home},
		{http.MethodGet, "/sections/:code", see, (*server).section},
		{http.MethodGet, "/sections/:code/sheet.pdf", Policy{Roles: printers, Scope: ScopeOwn}, (*server).sheet},
		{http.MethodGet, "/totals", Policy{Roles: of(account.District, account.Leader), Scope: ScopeOwn}, (*server).totals},
		{http.MethodPost, "/sections/:code/sheet", Policy{Roles: issuers(), Scope: ScopeOwn}, (*server).issueSheet},
		{http.MethodGet, "/papers/:file", Policy{Roles: holders(), Scope: ScopeOwn}, (*server).paperFile},
		{http.MethodGet, "/v/:id", open, (*server).verify},
		{http.MethodGet, "/.well-known/report-keys.json", open, (*server).reportKeys},
		{http.MethodGet, "/runs", watch, (*server).runs},
		{http.MethodGet, "/runs.csv", watch, (*server).runsFile},
		{http.MethodGet, "/runs.xlsx", watch, (*server).runsFile},
		{http.MethodGet, "/static/:name", open, (*server).staticFile},
		{http.MethodGet, "/sw.js", open, (*server).serviceWorker},
		{http.MethodGet, "/healthz", open, (*server).healthz},
		{http.MethodGet, "/readyz", open, (*server).readyz},
	}...)
}

// accountRoutes are those by which people come in and look after accounts.
func accountRoutes() []Route {
	open := Policy{Roles: []account.Role{Anyone}, Scope: ScopeNone}
	own := Policy{Roles: account.Roles(), Scope: ScopeSelf}
	ownFresh := Policy{Roles: account.Roles(), Scope: ScopeSelf, Fresh: true, Enrolling: true}
	entering := Policy{Roles: account.Roles(), Scope: ScopeSelf, Pending: true, Enrolling: true}
	confirming := Policy{Roles: account.Roles(), Scope: ScopeSelf, Enrolling: true}
	admin := Policy{Roles: []account.Role{account.Admin}, Scope: ScopeNone}
	adminFresh := Policy{Roles: admin.Roles, Scope: ScopeNone, Fresh: true}
	return []Route{
		{http.MethodGet, "/login", open, (*server).loginForm},
		{http.MethodPost, "/login", open, (*server).login},
		{http.MethodGet, "/login/code", entering, (*server).codeForm},
		{http.MethodPost, "/login/code", entering, (*server).code},
		{http.MethodPost, "/logout", entering, (*server).logout},
		{http.MethodGet, "/setup", open, (*server).setupForm},
		{http.MethodPost, "/setup", open, (*server).setup},
		{http.MethodGet, "/confirm", confirming, (*server).confirmForm},
		{http.MethodPost, "/confirm", confirming, (*server).confirm},
		{http.MethodGet, "/account", own, (*server).account},
		{http.MethodPost, "/account/password", own, (*server).changePassword},
		{http.MethodPost, "/account/sessions/end", own, (*server).endSession},
		{http.MethodPost, "/account/tokens", Policy{Roles: account.Roles(), Scope: ScopeSelf, Fresh: true}, (*server).addToken},
		{http.MethodPost, "/account/tokens/:token/revoke", own, (*server).revokeToken},
		{http.MethodGet, "/account/totp", ownFresh, (*server).totpForm},
		{http.MethodPost, "/account/totp", ownFresh, (*server).enrolTOTP},
		{http.MethodPost, "/account/totp/remove", own, (*server).removeTOTP},
		{http.MethodGet, "/users", admin, (*server).users},
		{http.MethodGet, "/users.csv", admin, (*server).usersFile},
		{http.MethodGet, "/users.xlsx", admin, (*server).usersFile},
		{http.MethodPost, "/users", adminFresh, (*server).addUser},
		{http.MethodGet, "/users/:id", admin, (*server).user},
		{http.MethodPost, "/users/:id", adminFresh, (*server).changeUser},
		{http.MethodPost, "/users/:id/disable", adminFresh, (*server).disableUser},
		{http.MethodPost, "/users/:id/enable", adminFresh, (*server).enableUser},
		{http.MethodPost, "/users/:id/invite", adminFresh, (*server).inviteUser},
		{http.MethodPost, "/users/:id/totp/remove", adminFresh, (*server).removeUserTOTP},
		{http.MethodPost, "/users/:id/tokens/:token/revoke", admin, (*server).revokeUserToken},
	}
}
