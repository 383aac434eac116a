package evaluation

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/flag"
)

// FlagDocument is the public form of a flag: what `flags --json` prints and the API answers. Times are RFC 3339; cleared_at and
// ended_at are null while it is open.
type FlagDocument struct {
	Section   string  `json:"section"`
	Criterion string  `json:"criterion"`
	Subject   string  `json:"subject"`
	Name      string  `json:"name"`
	Severity  string  `json:"severity"`
	Status    string  `json:"status"`
	Reason    string  `json:"reason"`
	Since     string  `json:"since"`
	RaisedAt  string  `json:"raised_at"`
	LastSeen  string  `json:"last_seen_at"`
	ClearedAt *string `json:"cleared_at"`
	EndedAt   *string `json:"ended_at"`
}

// NewFlagDocument writes a flag of the section with a code. Times carry the offset of loc.
func NewFlagDocument(section string, f flag.Flag, loc *time.Location) FlagDocument {
	return FlagDocument{Section: section, Criterion: string(f.Code), Subject: f.Subject, Name: f.Name,
		Severity: string(f.Severity), Status: f.Status.String(), Reason: f.Reason, Since: f.Since.RFC3339(loc),
		RaisedAt: f.RaisedAt.RFC3339(loc), LastSeen: f.LastSeenAt.RFC3339(loc),
		ClearedAt: instantIn(f.ClearedAt, loc), EndedAt: instantIn(f.EndedAt, loc)}
}

// instantIn writes an instant; null for none.
func instantIn(at calendar.Instant, loc *time.Location) *string {
	if at.IsZero() {
		return nil
	}
	return new(at.RFC3339(loc))
}
