package app

import (
	"time"

	"fugong/internal/calendar"
)

// clock is the program's time: the real one, or one that was set to an instant at start and runs on from there. While it is
// held it stands at that instant. It must not be held or let go while others read it.
type clock struct {
	start time.Time
	ahead time.Duration
	held  bool
}

func newClock(start time.Time) *clock {
	if start.IsZero() {
		return &clock{}
	}
	return &clock{start: start, ahead: time.Until(start)}
}

// hold stops a clock that was set; what is done meanwhile happens at one and the same instant.
func (c *clock) hold() { c.held = !c.start.IsZero() }

// letGo makes it run on from where it stands.
func (c *clock) letGo() { *c = *newClock(c.start) }

func (c *clock) now() calendar.Instant {
	if c.held {
		return calendar.Moment(c.start)
	}
	return calendar.Moment(time.Now().Add(c.ahead))
}
