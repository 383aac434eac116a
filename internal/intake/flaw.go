package intake

import "fugong/internal/locale"

// Flaw is what is wrong with the content of one cell: its code, and what was found and what is wanted.
type Flaw struct {
	Code Code
	Said locale.Phrase
}

// Error says it in Chinese.
func (f *Flaw) Error() string { return f.Said.String() }

// NewFlaw makes a flaw. What of args stands in the file goes through Quote, so that no language takes it for a word of ours.
func NewFlaw(code Code, format string, args ...any) *Flaw {
	return &Flaw{Code: code, Said: locale.Say(format, args...)}
}

// Tail masks a number that identifies a person down to its last four characters, for messages.
func Tail(s string) string {
	runes := []rune(s)
	if len(runes) <= 4 {
		return s
	}
	return "…" + string(runes[len(runes)-4:])
}

// Quote puts what was found into quotation marks, shortened to a length that a message can hold.
func Quote(s string) string {
	const longest = 40
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + "…"
	}
	return "“" + s + "”"
}
