package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/policy"
)

// quotaDays is the week over which the sampling quota is counted.
const quotaDays = 7

// movementDays is how far back departures through the gate are checked for an approval and a timely return.
const movementDays = 7

// logDays is how many days before today the log of disinfection is read at least.
const logDays = 2

// windowFor takes the longest look-back of any rule of any policy: which override holds where is not known before loading.
func windowFor(book policy.Book, at calendar.Instant, loc *time.Location) Window {
	days := lookBack{results: quotaDays, gate: movementDays, log: logDays, answers: 2}
	for i := range book {
		for _, r := range book[i].Variants() {
			days.widen(r)
		}
	}
	today := calendar.On(at, loc)
	return Window{
		Results:       at.Add(-time.Duration(days.results) * 24 * time.Hour),
		Temperatures:  today.Add(-1).Start(loc),
		Disinfections: today.Add(-days.log).Start(loc),
		Passages:      today.Add(-days.gate).Start(loc),
		Answers:       today.Add(-days.answers),
	}
}

// lookBack counts days.
type lookBack struct{ results, gate, log, answers int }

func (l *lookBack) widen(r policy.Rules) {
	l.results = max(l.results, wholeDays(cadenceSpan(r)), r.ChainDays,
		wholeDays(r.PreWindow), wholeDays(r.NatValid),
		r.SilentDays+wholeDays(max(r.NewcomerValid, r.NewcomerValidOutside)))
	l.gate = max(l.gate, r.SilentDays+1, 1+wholeDays(r.AbsenceLimit))
	l.log = max(l.log, 1+wholeDays(r.BackdateLimit), 1+wholeDays(r.DisIsolationGap))
	l.answers = max(l.answers, r.ReportMisses+1, r.SupervisionDays, r.TrainingDays)
}

// wholeDays rounds up.
func wholeDays(d time.Duration) int { return int((d + 24*time.Hour - 1) / (24 * time.Hour)) }
