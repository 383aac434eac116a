package intake

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean gives the text of a cell as a person reads it: without invisible characters, surrounding space and the apostrophe
// by which a spreadsheet marks text; full-width digits and letters plain. Punctuation stays as it was typed.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	s = strings.TrimSpace(strings.Map(visible, s))
	if rest, marked := strings.CutPrefix(s, "'"); marked {
		return strings.TrimSpace(rest)
	}
	return s
}

// isClean finds, without copying, the texts that clean would not change: printable ASCII and common Chinese characters.
// Most cells are of this kind, and a file has hundreds of thousands of them.
func isClean(s string) bool {
	if s == "" {
		return true
	}
	if s[0] <= ' ' || s[0] == '\'' || s[len(s)-1] == ' ' {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b >= ' ' && b < 0x7f:
		case b >= 0xe4 && b <= 0xe9: // U+4000 to U+9FFF
			i += 2
		default:
			return false
		}
	}
	return true
}

// visible maps a character to what clean keeps of it; a negative result drops it.
func visible(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
		return r - 0xfee0
	case unicode.Is(unicode.Cf, r): // zero-width and direction marks, byte order marks, soft hyphens
		return -1
	case unicode.IsControl(r), unicode.Is(unicode.Z, r):
		return ' '
	}
	return r
}

// Fold gives the form in which codes, numbers and words are compared: NFKC, every kind of dash plain, no space at all.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		if unicode.Is(unicode.Pd, r) || r == '−' {
			return '-'
		}
		return r
	}, norm.NFKC.String(s))
}

func isFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b > ' ' && b < 0x7f:
		case b >= 0xe4 && b <= 0xe9:
			i += 2
		default:
			return false
		}
	}
	return true
}

// PersonName gives a name in one form: no space between Chinese characters (two-character names are often spread out),
// one kind of dot in names such as 买买提·艾力, single spaces in foreign names.
func PersonName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '•', '‧', '・', '･', '∙', '⋅', '．', '˙':
			return '·'
		}
		return r
	}, s)
	words := strings.Fields(s)
	var b strings.Builder
	for i, word := range words {
		if i > 0 && !(endsHan(words[i-1]) && startsHan(word)) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func startsHan(s string) bool {
	for _, r := range s {
		return unicode.Is(unicode.Han, r) || r == '·'
	}
	return false
}

func endsHan(s string) bool {
	last := ' '
	for _, r := range s {
		last = r
	}
	return unicode.Is(unicode.Han, last) || last == '·'
}
