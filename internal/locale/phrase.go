// Package locale holds the words a person reads. Chinese is written where a thing is defined; other languages are
// catalogues keyed by that Chinese text, so that adding a rule stays one entry in one file.
package locale

import "fmt"

// Lang is a language of the pages and papers.
type Lang string

// The languages there are. Chinese is the source of every phrase.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Phrase is a sentence with its facts kept apart: Format is Chinese text with fmt verbs, Args are strings or
// integers, so that a stored phrase reads back the same.
type Phrase struct {
	Format string
	Args   []any
}

// Say makes a phrase.
func Say(format string, args ...any) Phrase { return Phrase{Format: format, Args: args} }

// IsZero reports whether there is nothing to say.
func (p Phrase) IsZero() bool { return p.Format == "" }

// String gives the phrase in Chinese.
func (p Phrase) String() string { return p.In(Chinese) }

// In gives the phrase in a language, falling back to Chinese where the catalogue has no entry yet.
func (p Phrase) In(lang Lang) string {
	if len(p.Args) == 0 {
		return p.Format
	}
	return fmt.Sprintf(p.Format, p.Args...)
}
