package calendar

import (
	"fmt"
	"time"
)

// Instant is a moment in microseconds since 1970 UTC, which is also how both databases keep it: equal moments are equal
// numbers, and earlier is less. The zero Instant means "not given".
type Instant int64

// Moment cuts a time to the precision that is kept.
func Moment(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// IsZero reports whether no instant was given.
func (i Instant) IsZero() bool { return i == 0 }

// In shows the instant on a wall clock there.
func (i Instant) In(loc *time.Location) time.Time { return time.UnixMicro(int64(i)).In(loc) }

// Add returns the instant a while later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Microsecond) }

// Sub returns how long after j the instant is.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Microsecond }

// RFC3339 writes the instant with the offset of a zone; the empty string for no instant.
func (i Instant) RFC3339(loc *time.Location) string {
	if i == 0 {
		return ""
	}
	return i.In(loc).Format(time.RFC3339Nano)
}

// Minute writes the instant as people read it in tables: 2006-01-02 15:04.
func (i Instant) Minute(loc *time.Location) string {
	if i == 0 {
		return ""
	}
	return i.In(loc).Format("2006-01-02 15:04")
}

// Earliest returns the earliest of the given instants, ignoring those that are not given.
func Earliest(all ...Instant) Instant {
	var first Instant
	for _, i := range all {
		if i != 0 && (first == 0 || i < first) {
			first = i
		}
	}
	return first
}

// HoursMinutes writes a span as 49小时0分, the way a finding quotes an age; a negative span keeps its sign.
func HoursMinutes(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	return fmt.Sprintf("%s%d小时%d分", sign, d/time.Hour, d%time.Hour/time.Minute)
}
