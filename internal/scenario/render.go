package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
)

// everything turns a finding into the form of a want that names all there is to say.
func everything(f criteria.Finding) Expected {
	e := Expected{
		Code: f.Code, Status: f.Status, Suspend: f.Suspend,
		Observed: said(f.Observed.String()), Until: new(f.HoldsUntil),
		Reason: said(f.Reason.String()), Required: said(f.Required.String()),
	}
	for _, s := range f.Subjects {
		e.Subjects = append(e.Subjects, subject{
			kind: string(s.Kind), name: s.Name,
			observed: said(s.Observed.String()), limit: said(s.Limit.String()), since: since(s.Since),
		})
	}
	for _, m := range f.Mended {
		e.Mended = append(e.Mended, fmt.Sprintf("%s %s at %s", m.Kind, m.Name, show(m.At)))
	}
	return e
}

// said is a part that is compared although it may be empty.
func said(text string) *string { return &text }

func since(at calendar.Instant) *string {
	if at.IsZero() {
		return said("")
	}
	return said(show(at))
}

// of reduces a finding to what the want says, so that both can be compared as text.
func (e Expected) of(f criteria.Finding) Expected {
	got := everything(f)
	got.Observed = only(e.Observed, got.Observed)
	got.Reason = only(e.Reason, got.Reason)
	got.Required = only(e.Required, got.Required)
	if e.Until == nil {
		got.Until = nil
	}
	if e.Mended == nil {
		got.Mended = nil
	}
	want := e.sorted()
	got.Subjects = got.sorted()
	for i := range min(len(want), len(got.Subjects)) {
		s := &got.Subjects[i]
		s.observed = only(want[i].observed, s.observed)
		s.limit = only(want[i].limit, s.limit)
		s.since = only(want[i].since, s.since)
	}
	return got
}

func only(want, got *string) *string {
	if want == nil {
		return nil
	}
	return got
}

func (e Expected) sorted() []subject {
	all := slices.Clone(e.Subjects)
	slices.SortStableFunc(all, func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	return all
}

// text writes the lines of a want, ready to be pasted into one.
func (e Expected) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Code, e.Status)
	if e.Observed != nil && *e.Observed != "" {
		fmt.Fprintf(&b, " %s", *e.Observed)
	}
	if e.Until != nil {
		fmt.Fprintf(&b, " until %s", show(*e.Until))
	}
	if e.Suspend {
		b.WriteString(" suspend")
	}
	b.WriteString("\n")
	line(&b, "reason ", e.Reason)
	line(&b, "required ", e.Required)
	for _, s := range e.sorted() {
		fmt.Fprintf(&b, "    %s %s\n", s.kind, strings.Join(s.parts(), " | "))
	}
	for _, m := range slices.Sorted(slices.Values(e.Mended)) {
		line(&b, "mended ", &m)
	}
	return b.String()
}

func line(b *strings.Builder, label string, text *string) {
	if text != nil && *text != "" {
		fmt.Fprintf(b, "    %s%s\n", label, *text)
	}
}

func (s subject) parts() []string {
	parts := []string{s.name}
	for _, p := range []*string{s.observed, s.limit} {
		if p != nil {
			parts = append(parts, *p)
		}
	}
	if s.since != nil && *s.since != "" {
		parts = append(parts, "since "+*s.since)
	}
	return parts
}
