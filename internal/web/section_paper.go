package web

import "slices"

// What a section's page says on paper, which is taken along and written on: of long lists the beginning, and how much more there is
// on the screen.
const (
	subjectsPrinted = 12
	flagsPrinted    = 10
)

// Printed is how many subjects are on paper.
func (findingRow) Printed() int { return subjectsPrinted }

// Unprinted is how many are not.
func (f findingRow) Unprinted() int { return max(0, f.Of-subjectsPrinted) }

// FlagsPrinted is how many flags that stand are on paper; those that were cleared are not.
func (sectionPage) FlagsPrinted() int { return flagsPrinted }

// Standing are the flags that nothing has cleared yet.
func (p sectionPage) Standing() []flagRow { return flagsThat(p.Flags, false) }

// Cleared are the flags that something cleared.
func (p sectionPage) Cleared() []flagRow { return flagsThat(p.Flags, true) }

func flagsThat(all []flagRow, cleared bool) []flagRow {
	return slices.DeleteFunc(slices.Clone(all), func(f flagRow) bool { return (f.Cleared != 0) != cleared })
}

// Unprinted is how many flags that stand are not on paper.
func (p sectionPage) Unprinted() int { return max(0, len(p.Standing())-flagsPrinted) }
