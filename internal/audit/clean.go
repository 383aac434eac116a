package audit

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// How many characters of a text an entry keeps: names and addresses come from strangers, too. LongestDetail is that of a value of the detail.
const (
	longest       = 256
	LongestDetail = 4096
)

// number matches what may be somebody's ID number (of 18 or 15 places, with a date of birth), phone number, passport or pass.
var number = regexp.MustCompile(`^(?:[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]` +
	`|[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}|1[3-9]\d{9}|[EGHMeghm]\d{8,10})$`)

// What is looked at for numbers: runs of letters and digits, which leaves digests alone, and runs of digits.
var (
	words  = regexp.MustCompile(`[0-9A-Za-z]+`)
	digits = regexp.MustCompile(`[0-9]{17}[Xx]|[0-9]+`)
)

// Clean gives an act as an entry keeps it.
func (a Act) Clean() Act {
	for _, text := range []*string{&a.Actor, &a.Role, &a.Action, &a.Object, &a.ObjectID, &a.RequestID, &a.Address} {
		*text = storable(*text, longest)
	}
	if len(a.Detail) == 0 {
		a.Detail = nil
		return a
	}
	detail := make(map[string]string, len(a.Detail))
	for name, value := range a.Detail {
		detail[masked(storable(name, longest))] = masked(storable(value, LongestDetail))
	}
	a.Detail = detail
	return a
}

// valid reports whether all of the act is text that a clean one consists of; JSON writes broken text like whole text.
func (a Act) valid() bool {
	for _, text := range []string{a.Actor, a.Role, a.Action, a.Object, a.ObjectID, a.RequestID, a.Address} {
		if !utf8.ValidString(text) {
			return false
		}
	}
	return true // a detail that was read from its text is
}

// storable makes a text one that both databases give back as it was.
func storable(text string, longest int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= longest {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(len(runes), longest)])
}

// masked leaves of every number that stands alone its last four characters.
func masked(text string) string { return words.ReplaceAllStringFunc(text, tailOnly) }

// MaskedName leaves of every number in the name of a file its last four characters, letters beside it or not: people name files
// after people.
func MaskedName(name string) string { return digits.ReplaceAllStringFunc(masked(name), tailOnly) }

func tailOnly(text string) string {
	if !number.MatchString(text) {
		return text
	}
	return "****" + text[len(text)-4:]
}
