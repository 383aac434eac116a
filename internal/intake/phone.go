package intake

import (
	"regexp"
	"strings"
)

var (
	mobile   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landline = regexp.MustCompile(`^(0\d{2,3})?[2-9]\d{6,7}$|^[48]00\d{7}$`)
	foreign  = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
	prefixed = regexp.MustCompile(`^(?:\+86|0086|86)(1[3-9]\d{9}|0\d{9,11})$`)
)

// ParsePhone reads a mobile or landline number and gives it without spaces, dashes and the prefix of China. A fault is a
// *Flaw of NUMBER.
func ParsePhone(text string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if r == '-' || r == '(' || r == ')' || r == '.' {
			return -1
		}
		return r
	}, Fold(text))
	if m := prefixed.FindStringSubmatch(digits); m != nil {
		digits = m[1]
	}
	if mobile.MatchString(digits) || landline.MatchString(digits) || foreign.MatchString(digits) {
		return digits, nil
	}
	return "", NewFlaw(BadNumber, "%s不是电话号码，应为11位手机号码或带区号的固定电话", Quote(Tail(Fold(text))))
}
