// Package locale holds the words a person reads. Those of the pages stand in a catalogue: a key with its text in each language.
// What the rules say is written in Chinese where it is defined, as a Phrase; the catalogue gives its English by that Chinese
// text, so that adding a rule stays one entry in one file.
package locale

import (
	"fmt"
	"strings"
)

// Lang is a language of the pages and papers.
type Lang string

// The languages there are. Chinese is the source of every phrase.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Phrase is a sentence with its facts kept apart: Format is Chinese text with fmt verbs, Args are strings, integers or phrases
// again, so that a stored phrase reads back the same.
type Phrase struct {
	Format string
	Args   []any
}

// Say makes a phrase.
func Say(format string, args ...any) Phrase { return Phrase{Format: format, Args: args} }

// List says things one after the other.
func List(things ...string) Phrase {
	if len(things) == 0 {
		return Phrase{}
	}
	list := Say("%s", things[0])
	for _, thing := range things[1:] {
		list = Say("%s、%s", list, thing)
	}
	return list
}

// IsZero reports whether there is nothing to say.
func (p Phrase) IsZero() bool { return p.Format == "" }

// String gives the phrase in Chinese.
func (p Phrase) String() string {
	if len(p.Args) == 0 {
		return p.Format
	}
	return fmt.Sprintf(p.Format, p.Args...)
}

// one reports whether the first number among the facts is 1. What is read back from a store may be of any width.
func (p Phrase) one() bool {
	for _, a := range p.Args {
		switch n := a.(type) {
		case int:
			return n == 1
		case int64:
			return n == 1
		}
	}
	return false
}

// Languages lists the languages there are.
func Languages() []Lang { return []Lang{Chinese, English} }

// ParseLang finds the language that a tag such as en-GB asks for.
func ParseLang(tag string) (Lang, bool) {
	switch base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-"); base {
	case "zh":
		return Chinese, true
	case "en":
		return English, true
	}
	return "", false
}

// Tag is how a page names its language, so that Chinese characters are drawn as Chinese ones.
func (l Lang) Tag() string {
	if l == Chinese {
		return "zh-Hans-CN"
	}
	return string(l)
}
