package account

import (
	"time"

	"fugong/internal/calendar"
)

// How long sessions live, and how many a user may have.
const (
	SessionIdle    = 30 * time.Minute // without a request
	SessionLife    = 12 * time.Hour   // whatever happens
	PendingLife    = 10 * time.Minute // waiting for the second factor
	MaxSessions    = 5                // the oldest gives way
	TouchEvery     = time.Minute      // a use is noted at most so often
	ConfirmedFor   = 10 * time.Minute // a password given again opens what is asked for it
	SetupLinkLife  = 24 * time.Hour
	InviteLinkLife = 72 * time.Hour
	maxAgent       = 200 // characters kept of a browser's name for itself
)

// SessionInfo is what is noted of a session when it begins.
type SessionInfo struct {
	Address string
	Agent   string
	Device  string // cookie of the device, for those whose failures are counted apart
	Pending bool   // the password was right, the second factor is still to come
}

// Session is a session as its owner sees it in the list of them.
type Session struct {
	Hash       string // of the token: names the session to end it, and opens nothing
	Address    string
	Agent      string
	Pending    bool
	CreatedAt  calendar.Instant
	LastSeenAt calendar.Instant
	ExpiresAt  calendar.Instant
}

// Short cuts a browser's description to what is kept of it.
func (i SessionInfo) Short() SessionInfo {
	if r := []rune(i.Agent); len(r) > maxAgent {
		i.Agent = string(r[:maxAgent])
	}
	return i
}

// RecentlyConfirmed reports whether the password was given in this session within the last ten minutes. A token never was.
func (a Actor) RecentlyConfirmed(now calendar.Instant) bool {
	return a.Session != "" && now.Sub(a.Confirmed) <= ConfirmedFor && now >= a.Confirmed
}
