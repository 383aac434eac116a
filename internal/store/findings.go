package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"
)

// storedFinding is a finding as a verdict keeps it, in text that no query looks into. Of workers it holds the register's own
// number and the name, never the number of a document.
type storedFinding struct {
	Code       criteria.Code    `json:"code"`
	Status     string           `json:"status"`
	Severity   policy.Severity  `json:"severity"`
	Observed   storedPhrase     `json:"observed,omitzero"`
	Required   storedPhrase     `json:"required,omitzero"`
	Reason     storedPhrase     `json:"reason,omitzero"`
	Subjects   []storedSubject  `json:"subjects,omitempty"`
	HoldsUntil calendar.Instant `json:"holds_until,omitempty"`
	Suspend    bool             `json:"suspend,omitempty"`
}

type storedSubject struct {
	Kind     criteria.Kind    `json:"kind"`
	ID       int64            `json:"id,omitempty"`
	Name     string           `json:"name"`
	Team     string           `json:"team,omitempty"`
	Room     string           `json:"room,omitempty"`
	Observed storedPhrase     `json:"observed,omitzero"`
	Limit    storedPhrase     `json:"limit,omitzero"`
	Since    calendar.Instant `json:"since,omitempty"`
}

type storedPhrase struct {
	Format string `json:"format"`
	Args   []any  `json:"args,omitempty"`
}

// IsZero leaves out what was not said.
func (p storedPhrase) IsZero() bool { return p.Format == "" }

func (p storedPhrase) phrase() (locale.Phrase, error) {
	args := p.Args
	for i, arg := range args {
		fact, err := readFact(arg)
		if err != nil {
			return locale.Phrase{}, fmt.Errorf("read phrase %q: %w", p.Format, err)
		}
		args[i] = fact
	}
	return locale.Phrase{Format: p.Format, Args: args}, nil
}

// readFact reads what goes into a phrase: a text, a number or a phrase.
func readFact(stored any) (any, error) {
	switch fact := stored.(type) {
	case json.Number:
		return fact.Int64()
	case map[string]any:
		format, _ := fact["format"].(string)
		args, _ := fact["args"].([]any)
		return storedPhrase{format, args}.phrase()
	}
	return stored, nil
}

func storePhrase(p locale.Phrase) storedPhrase {
	args := slices.Clone(p.Args)
	for i, arg := range args {
		if inner, ok := arg.(locale.Phrase); ok {
			args[i] = storePhrase(inner)
		}
	}
	return storedPhrase{p.Format, args}
}

func encodeFindings(findings []criteria.Finding) (string, error) {
	stored := make([]storedFinding, len(findings))
	for i, f := range findings {
		stored[i] = storedFinding{
			Code: f.Code, Status: f.Status.String(), Severity: f.Severity, Observed: storePhrase(f.Observed),
			Required: storePhrase(f.Required), Reason: storePhrase(f.Reason), HoldsUntil: f.HoldsUntil, Suspend: f.Suspend,
		}
		for _, s := range f.Subjects {
			stored[i].Subjects = append(stored[i].Subjects, storedSubject{
				Kind: s.Kind, ID: s.ID, Name: s.Name, Team: s.Team, Room: s.Room, Observed: storePhrase(s.Observed),
				Limit: storePhrase(s.Limit), Since: s.Since,
			})
		}
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("write findings: %w", err)
	}
	return string(text), nil
}

func decodeFindings(text string) ([]criteria.Finding, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber() // a phrase must print its integers as integers
	var stored []storedFinding
	if err := decoder.Decode(&stored); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	findings := make([]criteria.Finding, len(stored))
	for i, f := range stored {
		finding, err := f.finding()
		if err != nil {
			return nil, err
		}
		findings[i] = finding
	}
	return findings, nil
}

func (f storedFinding) finding() (criteria.Finding, error) {
	phrases, err := phrasesOf(f.Observed, f.Required, f.Reason)
	if err != nil {
		return criteria.Finding{}, err
	}
	finding := criteria.Finding{
		Code: f.Code, Status: statusOf(f.Status), Severity: f.Severity, Observed: phrases[0], Required: phrases[1],
		Reason: phrases[2], HoldsUntil: f.HoldsUntil, Suspend: f.Suspend,
	}
	for _, s := range f.Subjects {
		phrases, err := phrasesOf(s.Observed, s.Limit)
		if err != nil {
			return criteria.Finding{}, err
		}
		finding.Subjects = append(finding.Subjects, criteria.Subject{
			Kind: s.Kind, ID: s.ID, Name: s.Name, Team: s.Team, Room: s.Room, Observed: phrases[0], Limit: phrases[1], Since: s.Since,
		})
	}
	return finding, nil
}

func phrasesOf(stored ...storedPhrase) ([]locale.Phrase, error) {
	phrases := make([]locale.Phrase, len(stored))
	for i, p := range stored {
		phrase, err := p.phrase()
		if err != nil {
			return nil, err
		}
		phrases[i] = phrase
	}
	return phrases, nil
}

// statusOf reads the stored word; what it does not know is Unknown.
func statusOf(word string) criteria.Status {
	for _, s := range []criteria.Status{criteria.Pass, criteria.Fail, criteria.Warned, criteria.NotApplicable} {
		if s.String() == word {
			return s
		}
	}
	return criteria.Unknown
}
