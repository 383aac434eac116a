package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	decimalText  = regexp.MustCompile(`^([+-]?)(\d+)(?:\.(\d+))?$`)
	groupedText  = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	exponentText = regexp.MustCompile(`^\d(\.\d+)?[eE]\+?\d+$`)
)

// ParseDecimal reads a number exactly, as a count of the 10^-digits: with 3 digits 0.1 is 100. A unit of those named may
// follow. A fault is a *Flaw of NUMBER.
func ParseDecimal(text string, digits int, units ...string) (int64, error) {
	folded := Fold(text)
	for _, unit := range units {
		if rest, ok := strings.CutSuffix(folded, Fold(unit)); ok && rest != "" {
			folded = rest
			break
		}
	}
	if groupedText.MatchString(folded) {
		folded = strings.ReplaceAll(folded, ",", "")
	}
	m := decimalText.FindStringSubmatch(folded)
	if m == nil {
		return 0, NewFlaw(BadNumber, "%s不是数字，请只填数字", Quote(text))
	}
	fraction := strings.TrimRight(m[3], "0")
	if len(fraction) > digits {
		if digits == 0 {
			return 0, NewFlaw(BadNumber, "%s应为整数", Quote(text))
		}
		return 0, NewFlaw(BadNumber, "%s的小数超过%d位", Quote(text), digits)
	}
	n, err := strconv.ParseInt(m[1]+m[2]+fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	if err != nil || n == math.MinInt64 {
		return 0, NewFlaw(BadNumber, "%s太大，不像真的", Quote(text))
	}
	return n, nil
}

// FormatDecimal writes a count of the 10^-digits as ParseDecimal reads it, without needless zeros.
func FormatDecimal(n int64, digits int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := strconv.FormatInt(n, 10)
	if missing := digits + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	whole, fraction := text[:len(text)-digits], strings.TrimRight(text[len(text)-digits:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}
