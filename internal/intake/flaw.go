package intake

import "fmt"

// Flaw is what is wrong with the content of one cell: its code, and in Message what was found and what is wanted.
type Flaw struct {
	Code    Code
	Message string
}

// Error gives the message.
func (f *Flaw) Error() string { return f.Message }

// NewFlaw makes a flaw.
func NewFlaw(code Code, format string, args ...any) *Flaw {
	return &Flaw{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Tail masks a number that identifies a person down to its last four characters, for messages.
func Tail(s string) string {
	runes := []rune(s)
	if len(runes) <= 4 {
		return s
	}
	return "…" + string(runes[len(runes)-4:])
}

// quote shortens what was found to a length that a message can hold.
func quote(s string) string {
	const longest = 40
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + "…"
	}
	return "“" + s + "”"
}
