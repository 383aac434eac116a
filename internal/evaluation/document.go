package evaluation

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
)

// Document is the public form of a judgement: what `evaluate --json` prints and the API answers.
type Document struct {
	At       string            `json:"at"`
	KnownAt  *string           `json:"known_at"`
	Policy   *PolicyName       `json:"policy"`
	Sections []SectionDocument `json:"sections"`
}

// PolicyName names a version of a policy.
type PolicyName struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// SectionDocument is one section in a Document. Policy is given where it is not that of the document: sections stop work on
// different occasions.
type SectionDocument struct {
	Section      string            `json:"section"`
	Project      string            `json:"project"`
	Verdict      string            `json:"verdict"`
	Policy       *PolicyName       `json:"policy,omitempty"`
	Headcount    int               `json:"headcount"`
	HousedOnSite int               `json:"housed_on_site"`
	HoldsUntil   *string           `json:"holds_until"`
	Findings     []FindingDocument `json:"findings"`
}

// FindingDocument is one criterion judged. LeftOut counts the people among its subjects whom the reader may not see here.
type FindingDocument struct {
	Criterion  string            `json:"criterion"`
	Status     string            `json:"status"`
	Severity   string            `json:"severity"`
	Observed   string            `json:"observed"`
	Required   string            `json:"required"`
	Reason     string            `json:"reason"`
	HoldsUntil *string           `json:"holds_until"`
	Suspend    bool              `json:"suspend_recommended,omitempty"`
	Subjects   []SubjectDocument `json:"subjects"`
	LeftOut    int               `json:"subjects_left_out,omitempty"`
}

// SubjectDocument is one worker, room, area or thing. IDTail is given for workers only.
type SubjectDocument struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	IDTail   string `json:"id_tail,omitempty"`
	Observed string `json:"observed"`
	Limit    string `json:"limit"`
}

// Workers lists the workers that judgements name, each once, so that only their seals are opened.
func Workers[ID ~int64](judged []Judged) []ID {
	var ids []ID
	seen := make(map[int64]bool)
	for _, j := range judged {
		for _, f := range j.Findings {
			for _, s := range f.Subjects {
				if s.Kind == criteria.Worker && s.ID != 0 && !seen[s.ID] {
					seen[s.ID] = true
					ids = append(ids, ID(s.ID))
				}
			}
		}
	}
	return ids
}

// NewDocument writes judgements made at an instant, by what was known at another (zero: not told), in the public form. Tails
// are the last characters of the ID numbers of those that Workers lists; a nil map leaves them out. Times carry the offset of
// loc.
func NewDocument[ID ~int64](judged []Judged, at, knownAt calendar.Instant, tails map[ID]string, loc *time.Location) Document {
	w := writer{loc, func(id int64) string { return tails[ID(id)] }}
	d := Document{At: at.RFC3339(loc), KnownAt: w.instant(knownAt), Sections: []SectionDocument{}}
	for i, j := range judged {
		name := PolicyName{j.Policy, j.PolicyVersion}
		if i == 0 {
			d.Policy = &name
		}
		s := w.section(j)
		if name != *d.Policy {
			s.Policy = &name
		}
		d.Sections = append(d.Sections, s)
	}
	return d
}

type writer struct {
	loc  *time.Location
	tail func(worker int64) string
}

func (w writer) instant(at calendar.Instant) *string { return instantIn(at, w.loc) }

func (w writer) section(j Judged) SectionDocument {
	s := SectionDocument{
		Section: j.Section.Code, Project: j.Section.ProjectCode, Verdict: j.Verdict().String(), Headcount: j.Headcount,
		HousedOnSite: j.HousedOnSite, HoldsUntil: w.instant(j.HoldsUntil), Findings: []FindingDocument{},
	}
	for _, f := range j.Findings {
		s.Findings = append(s.Findings, w.finding(f))
	}
	return s
}

func (w writer) finding(f criteria.Finding) FindingDocument {
	d := FindingDocument{
		Criterion: string(f.Code), Status: f.Status.String(), Severity: string(f.Severity), Observed: f.Observed.String(),
		Required: f.Required.String(), Reason: f.Reason.String(), HoldsUntil: w.instant(f.HoldsUntil), Suspend: f.Suspend,
		Subjects: []SubjectDocument{},
	}
	for _, s := range f.Subjects {
		d.Subjects = append(d.Subjects, w.subject(s))
	}
	return d
}

func (w writer) subject(s criteria.Subject) SubjectDocument {
	d := SubjectDocument{Kind: string(s.Kind), Name: s.Name, Observed: s.Observed.String(), Limit: s.Limit.String()}
	if s.Kind == criteria.Worker {
		d.IDTail = w.tail(s.ID)
	}
	return d
}
