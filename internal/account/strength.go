package account

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fugong/internal/fault"
)

// The shortest passwords in characters. Length is asked for and nothing else: rules about kinds of characters and changes by
// the calendar make people choose guessable ones.
const (
	minPassword       = 15
	minPasswordFactor = 8 // beside a second factor
)

// commonPasswords are the words that common passwords are made of, one a line.
//
//go:embed common.txt
var commonPasswords string

// ValidatePassword refuses a password that is too short, too long, common, made of the user's name, or one character or row
// of keys over and over. Beside a second factor a shorter one will do. It returns a fault.Invalid for the field "password".
func ValidatePassword(name, password string, secondFactor bool) error {
	password = norm.NFKC.String(password)
	shortest := minPassword
	if secondFactor {
		shortest = minPasswordFactor
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return weak("口令含有无法输入的字符")
	case n < shortest && secondFactor:
		return weak("口令有 %d 个字符，至少应有 %d 个", n, shortest)
	case n < shortest:
		return weak("口令有 %d 个字符，未启用动态验证码时至少应有 %d 个，可以用一句话", n, shortest)
	case n > maxPassword:
		return weak("口令有 %d 个字符，最多 %d 个", n, maxPassword)
	case guessable(name, password):
		return weak("口令太常见或太容易猜到（常用词、用户名、连续或重复的字符），请换一个")
	}
	return nil
}

func weak(format string, args ...any) error {
	err := fault.New(fault.Invalid, format, args...).(*fault.Error)
	err.Fields = map[string]string{"password": err.Message}
	return err
}

// guessable takes out of a password what a guesser tries first: known words, the user's name, runs such as 12345 or qwerty,
// repetitions. What is left must hold at least four different characters.
func guessable(name, password string) bool {
	rest := plain(password)
	words := append(strings.Fields(commonPasswords), plain(name))
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		if utf8.RuneCountInString(word) > 2 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	return distinct(withoutRuns(rest)) < 4
}

// plain undoes the disguises that everybody knows.
func plain(text string) string {
	return strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "l").
		Replace(strings.ToLower(strings.TrimSpace(norm.NFKC.String(text))))
}

// keyRows are the rows and columns of the keyboard and the alphabet, as plain leaves them.
const keyRows = "qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz l2eas6t89o ol2eas6t89 lqaz 2wsx eedc arfv stgb 6yhn tujm"

// withoutRuns keeps the characters that are neither the same as the one before nor its neighbour on a row.
func withoutRuns(text string) string {
	var b strings.Builder
	var before rune
	for _, r := range text {
		if r != before && !neighbours(before, r) {
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

func neighbours(a, b rune) bool {
	return a != 0 && (strings.Contains(keyRows, string([]rune{a, b})) || strings.Contains(keyRows, string([]rune{b, a})))
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// freeFailures is how many wrong passwords in a row cost nothing but the hash.
const freeFailures = 4

// maxDelay is the longest wait after a wrong password: whoever guesses is slow enough then, and whoever owns the account is not
// locked out.
const maxDelay = 60 * time.Second

// Delay is how long an account takes no sign-in after so many failed ones in a row: none for the first four, then 1 s, doubled
// each time up to 60 s.
func Delay(failures int) time.Duration {
	if failures <= freeFailures {
		return 0
	}
	return min(maxDelay, time.Second<<min(failures-freeFailures-1, 10))
}
