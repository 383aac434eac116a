package app

import (
	"time"

	"fugong/internal/calendar"
)

// clock is the program's time: the real one, or one that was set to an instant at start and runs on from there.
type clock struct{ ahead time.Duration }

func newClock(start time.Time) clock {
	if start.IsZero() {
		return clock{}
	}
	return clock{time.Until(start)}
}

func (c clock) now() calendar.Instant { return calendar.Moment(time.Now().Add(c.ahead)) }
