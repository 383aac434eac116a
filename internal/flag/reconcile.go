package flag

import (
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/policy"
)

// whole is the key of a flag about the section itself, and of one whose finding names nobody.
const whole = "section"

// Key names a subject within its section and criterion, so that it is found again at the next run. What the registers
// number is keyed by that number: a corrected name is still the same worker.
func Key(s criteria.Subject) string { return key(s.Kind, s.ID, s.Name) }

func key(kind criteria.Kind, id int64, name string) string {
	switch {
	case kind == criteria.Section || kind == "":
		return whole
	case id != 0:
		return string(kind) + ":" + strconv.FormatInt(id, 10)
	}
	return string(kind) + ":" + name
}

// episode is what makes two flags of one section the same.
type episode struct {
	code    criteria.Code
	subject string
}

func (f Flag) episode() episode { return episode{f.Code, f.Subject} }

// reconcile takes what the report finds wanting, marks what of it is open already, and ends the rest.
func reconcile(open []Flag, r criteria.Report) Changes {
	standing := make(map[episode]Flag, len(open))
	for _, f := range open {
		if f.ClearedAt.IsZero() {
			standing[f.episode()] = f
		}
	}
	var c Changes
	found := make(map[episode]bool)
	for _, f := range failures(r) {
		if found[f.episode()] {
			continue
		}
		found[f.episode()] = true
		if old, ok := standing[f.episode()]; ok {
			c.Keep = append(c.Keep, keep(old, f))
		} else {
			c.Raise = append(c.Raise, raise(f))
		}
	}
	mended := mends(r)
	for _, f := range open {
		if f.ClearedAt.IsZero() && !found[f.episode()] {
			c.Clear = append(c.Clear, end(f, r.At, mended[f.episode()]))
		}
	}
	return c
}

// raise opens an episode: where the facts do not tell since when, it is since now.
func raise(f Flag) Flag {
	f.RaisedAt = f.LastSeenAt
	if f.Since.IsZero() {
		f.Since = f.RaisedAt
	}
	return f
}

// keep brings an open flag up to date with what is found now.
func keep(old, now Flag) Flag {
	now.ID, now.RaisedAt = old.ID, old.RaisedAt
	if now.Since.IsZero() {
		now.Since = old.Since
	}
	now.LastSeenAt = max(old.LastSeenAt, now.LastSeenAt)
	return now
}

// end closes an episode. The facts may tell that it ended before the run that noticed; an end outside of the episode is
// that of another one and says nothing.
func end(f Flag, at, mended calendar.Instant) Flag {
	f.ClearedAt = max(at, f.RaisedAt)
	f.EndedAt = f.ClearedAt
	if f.Since <= mended && mended < f.ClearedAt {
		f.EndedAt = mended
	}
	return f
}

// failures lists what of a report has to be flagged, a flag for each subject.
func failures(r criteria.Report) []Flag {
	var all []Flag
	for _, f := range r.Findings {
		if !flagged(f) {
			continue
		}
		flag := Flag{
			SectionID: r.SectionID, Code: f.Code, Subject: whole, Severity: f.Severity, Status: f.Status,
			Reason: f.Reason.String(), LastSeenAt: r.At,
		}
		if len(f.Subjects) == 0 {
			all = append(all, flag)
		}
		for _, s := range f.Subjects {
			flag.Subject, flag.Name, flag.Since, flag.Reason = Key(s), s.Name, s.Since, reason(f, s)
			all = append(all, flag)
		}
	}
	return all
}

// flagged reports whether a finding stands open: it is not in order, and it is not only shown.
func flagged(f criteria.Finding) bool {
	wanting := f.Status == criteria.Fail || f.Status == criteria.Warned || f.Status == criteria.Unknown
	return wanting && (f.Severity == policy.Block || f.Severity == policy.Warn)
}

// reason says of one subject what was measured and what is wanted.
func reason(f criteria.Finding, s criteria.Subject) string {
	switch {
	case s.Observed.IsZero():
		return f.Reason.String()
	case s.Limit.IsZero():
		return s.Observed.String()
	}
	return s.Observed.String() + "；标准：" + s.Limit.String()
}

func mends(r criteria.Report) map[episode]calendar.Instant {
	all := make(map[episode]calendar.Instant)
	for _, f := range r.Findings {
		for _, m := range f.Mended {
			all[episode{f.Code, key(m.Kind, m.ID, m.Name)}] = m.At
		}
	}
	return all
}
