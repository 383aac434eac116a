package locale

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Words speaks one language. The zero Words knows no messages and leaves phrases in Chinese.
type Words struct {
	catalogue *Catalogue
	Lang      Lang
}

// T gives the text of a key with its holes filled: pairs are the names of holes and what goes into them. A key that is missing
// shows as itself; a test finds it before a person does.
func (w Words) T(key string, pairs ...any) string {
	if w.catalogue == nil {
		return key
	}
	m, ok := w.catalogue.messages[key][w.Lang]
	if !ok {
		return key
	}
	text := m.Other
	holes := make([]hole, 0, 8)
	for i := 0; i+1 < len(pairs); i += 2 {
		h := hole{w.show(pairs[i]), w.show(pairs[i+1])}
		if h.name == "n" && h.value == "1" && m.One != "" {
			text = m.One
		}
		holes = append(holes, h)
	}
	return fill(text, holes)
}

// hole is what goes into a text where it says {name}.
type hole struct{ name, value string }

// fill puts values into the holes of a text, each once from left to right, so that a value which looks like a hole stays. A hole that
// nothing is given for stays, too.
func fill(text string, holes []hole) string {
	if len(holes) == 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		i := slices.IndexFunc(holes, func(h hole) bool { return closed && h.name == name })
		if i < 0 {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(holes[i].value)
		text = after
	}
}

// Has reports whether there is a message of a key.
func (w Words) Has(key string) bool {
	return w.catalogue != nil && len(w.catalogue.messages[key]) > 0
}

// Word gives the name of a value of a fixed vocabulary, such as the verdict met.
func (w Words) Word(vocabulary string, value any) string {
	return w.T(vocabulary + "." + fmt.Sprint(value))
}

// Say gives a phrase. Where a language has no words for it yet, it is said in Chinese.
func (w Words) Say(p Phrase) string {
	english, ok := w.phrase(p.Format)
	if !ok {
		return p.String()
	}
	format := english.Other
	if english.One != "" && p.one() {
		format = english.One
	}
	return Phrase{format, w.sayAll(p.Args)}.String()
}

// Text gives a fixed Chinese text in the language, or as it is where there are no words for it yet.
func (w Words) Text(chinese string) string {
	if english, ok := w.phrase(chinese); ok {
		return english.Other
	}
	return chinese
}

func (w Words) phrase(chinese string) (message, bool) {
	if w.catalogue == nil || w.Lang == Chinese {
		return message{}, false
	}
	english, ok := w.catalogue.phrases[chinese]
	return english, ok
}

// sayAll translates the facts of a phrase that are words of ours themselves; names of people and places stay.
func (w Words) sayAll(args []any) []any {
	said := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			said[i] = w.Text(a)
		case Phrase:
			said[i] = w.Say(a)
		default:
			said[i] = a
		}
	}
	return said
}

func (w Words) show(value any) string {
	switch v := value.(type) {
	case int:
		return Number(int64(v))
	case int64:
		return Number(v)
	case string:
		return v
	case Phrase:
		return w.Say(v)
	}
	return fmt.Sprint(value)
}

// Number writes a number plainly up to 9999 and with commas from 10,000 on, in every language.
func Number(n int64) string {
	text := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(text, "-")
	if len(digits) < 5 {
		return text
	}
	sign := text[:len(text)-len(digits)]
	head := len(digits) % 3
	parts := []string{}
	if head > 0 {
		parts = append(parts, digits[:head])
	}
	for i := head; i < len(digits); i += 3 {
		parts = append(parts, digits[i:i+3])
	}
	return sign + strings.Join(parts, ",")
}
