package criteria

// Level says how soon a section should be looked at. It is a priority for checking, not a verdict of guilt: what is only not
// recorded is told apart from what was found wanting.
type Level int8

// The levels, from what can wait to what cannot.
const (
	InOrder Level = iota // nothing is wanting
	Warning              // something is, but nothing that blocks
	NoData               // what blocks is only not recorded, or nobody has judged yet
	Serious              // something that blocks was found wanting
)

// Levels lists the levels, the most urgent first.
func Levels() []Level { return []Level{Serious, Warning, NoData, InOrder} }

// String gives the word that addresses and pages use.
func (l Level) String() string { return [...]string{"ok", "warning", "nodata", "serious"}[l] }

// ParseLevel reads what String gives.
func ParseLevel(word string) (Level, bool) {
	for _, l := range Levels() {
		if l.String() == word {
			return l, true
		}
	}
	return InOrder, false
}

// Level sums the findings up as Verdict does, and tells an unmet section without a failure apart.
func (r Report) Level() Level {
	switch r.Verdict() {
	case Met:
		return InOrder
	case Conditional:
		return Warning
	}
	for _, f := range r.Findings {
		if f.verdict() == Unmet && f.Status == Fail {
			return Serious
		}
	}
	return NoData
}

// Wanting reports whether the finding keeps its section from being met.
func (f Finding) Wanting() bool { return f.verdict() != Met }

// Figures gives how many of all that were looked at are in order, where the finding counts; ok is false where it measures
// something else.
func (f Finding) Figures() (have, of int, ok bool) {
	if f.Observed.Format != counted || len(f.Observed.Args) != 2 {
		return 0, 0, false
	}
	have, first := whole(f.Observed.Args[0])
	of, second := whole(f.Observed.Args[1])
	return have, of, first && second && of > 0
}

// counted is how a finding says how many of all are in order.
const counted = "%d/%d"

// whole reads a number of a phrase, new or stored.
func whole(arg any) (int, bool) {
	switch n := arg.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	}
	return 0, false
}
