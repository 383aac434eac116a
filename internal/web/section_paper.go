package web

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

// Unprinted is how many flags that stand are not on paper.
func (p sectionPage) Unprinted() int {
	standing := 0
	for _, f := range p.Flags {
		if f.Cleared == 0 {
			standing++
		}
	}
	return max(0, standing-flagsPrinted)
}
