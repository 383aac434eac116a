package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/policy"
)

// A verdict is followed at most so many changes and so long; what was followed by then is proven, and the section is
// judged again right after it.
const (
	followSteps = 48
	followSpan  = 31 * 24 * time.Hour
)

// follow finds the last instant at which the verdict stays as it is while single findings change.
func follow(now Report, judgeAt func(calendar.Instant) (Report, error)) calendar.Instant {
	verdict, last := now.Verdict(), now.certain()
	for range followSteps {
		if last == 0 || last.Sub(now.At) > followSpan {
			return last
		}
		later, err := judgeAt(last + 1)
		if err != nil || later.Verdict() != verdict {
			return last
		}
		last = later.certain()
	}
	return last
}

// certain is the last instant up to which the findings alone show that the verdict stays. An unmet section stays so
// as long as its most lasting blocking failure; any other verdict rests on all its findings but the informative ones.
func (r Report) certain() calendar.Instant {
	if r.Verdict() == Unmet {
		return r.lastingFailure()
	}
	var next calendar.Instant
	for _, f := range r.Findings {
		if f.Severity != policy.Info {
			next = calendar.Earliest(next, f.HoldsUntil)
		}
	}
	return next
}

func (r Report) lastingFailure() calendar.Instant {
	var last calendar.Instant
	for _, f := range r.Findings {
		if f.verdict() != Unmet {
			continue
		}
		if f.HoldsUntil == 0 {
			return 0
		}
		last = max(last, f.HoldsUntil)
	}
	return last
}
