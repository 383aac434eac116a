package criteria

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/policy"
)

// To be replaced.
func evaluate(*Snapshot, policy.Book, calendar.Instant, *time.Location) (Report, error) {
	panic("later")
}
func windowFor(policy.Book, calendar.Instant, *time.Location) Window { panic("later") }

var organisationCriteria, rosterCriteria, screeningCriteria, healthCriteria, entryCriteria, gateCriteria, housingCriteria, isolationCriteria, disinfectionCriteria, canteenCriteria, supplyCriteria, taskCriteria, safetyCriteria []Criterion
