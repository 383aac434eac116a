package locale

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// Catalogue holds the words of the pages in every language, and the translations of what is written in Chinese where it is
// defined. It does not change once it is loaded.
type Catalogue struct {
	messages map[string]map[Lang]message
	phrases  map[string]message // English by Chinese
}

// message is a text with holes like {n}, or with verbs like %d. One is taken where the hole n, or the first number that goes into
// a verb, is 1 and the language tells one from many.
type message struct{ One, Other string }

// UnmarshalJSON reads a plain text or {"one": …, "other": …}.
func (m *message) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &m.Other)
	}
	var both struct{ One, Other string }
	if err := json.Unmarshal(data, &both); err != nil {
		return err
	}
	m.One, m.Other = both.One, both.Other
	return nil
}

// Load reads locales/*.json, which give each key its text in each language, and phrases/*.json, which give Chinese texts and
// formats their English. So do the terms, which have their English where they are defined. A key or phrase that two files give
// differently is an error; between a file and the terms the file counts.
func Load(files fs.FS, terms map[string]string) (*Catalogue, error) {
	c := &Catalogue{map[string]map[Lang]message{}, map[string]message{}}
	err := errors.Join(loadAll(files, "locales/*.json", c.messages), loadAll(files, "phrases/*.json", c.phrases))
	for chinese, english := range terms {
		if _, given := c.phrases[chinese]; !given {
			c.phrases[chinese] = message{Other: english}
		}
	}
	return c, err
}

func loadAll[V any](files fs.FS, pattern string, into map[string]V) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("load words: %w", err)
		}
		var part map[string]V
		if err := json.Unmarshal(data, &part); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
		for key, v := range part {
			if was, twice := into[key]; twice && fmt.Sprint(was) != fmt.Sprint(v) {
				return fmt.Errorf("load %s: %q is given twice", name, key)
			}
			into[key] = v
		}
	}
	return nil
}

// In gives the words of a language.
func (c *Catalogue) In(lang Lang) Words { return Words{c, lang} }

// Keys lists the keys of the messages, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.messages)) }

// Texts gives the texts of a message in a language: one, or two where it tells one from many; none when it is missing.
func (c *Catalogue) Texts(key string, lang Lang) []string {
	if m, ok := c.messages[key][lang]; ok {
		return m.texts()
	}
	return nil
}

func (m message) texts() []string {
	if m.One != "" {
		return []string{m.One, m.Other}
	}
	return []string{m.Other}
}

// Phrases gives the English of every Chinese text and format there is: one, or two where it tells one from many.
func (c *Catalogue) Phrases() map[string][]string {
	all := make(map[string][]string, len(c.phrases))
	for chinese, m := range c.phrases {
		all[chinese] = m.texts()
	}
	return all
}
