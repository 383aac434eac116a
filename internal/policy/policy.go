// Package policy holds the dated rules of resumption (复工条件): their parameters, the overrides by zone, street and
// section, and how severe each criterion is. A policy is a YAML file; a published version never changes.
package policy

import (
	"slices"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

// Policy is one published version.
type Policy struct {
	Name          string
	Version       int
	Title         string
	Occasions     []site.Occasion
	EffectiveFrom calendar.Instant
	RecordedAt    calendar.Instant // when it was published here; zero for those that ship inside
	Parameters    map[string]Value
	Overrides     []Override
	Criteria      []Rule // in the order of the file
	Source        string // the YAML it came from
}

// Value is a parameter as written, and why it is so.
type Value struct {
	Text  string
	Basis string
}

// Override lays other values over a zone level, a street or a section, in [From, Until).
type Override struct {
	Zone       site.ZoneLevel
	Street     string
	Section    string
	From       calendar.Instant
	Until      calendar.Instant
	Parameters map[string]Value
}

// Rule says how severe a criterion is, on which occasions it applies (none: on all of the policy), and on what basis.
type Rule struct {
	Criterion string
	Severity  Severity
	Occasions []site.Occasion
	Basis     string
}

// Book is all the policies that are known, shipped and published.
type Book []Policy

// InForce gives the policy for an occasion at an instant: of those that name the occasion and have begun, the newest.
// It returns a fault.NotFound when there is none.
func (b Book) InForce(occasion site.Occasion, at calendar.Instant) (*Policy, error) {
	return b.inForce(occasion, at)
}

// Resolve lays the overrides that hold for a section at an instant over the policy's parameters. The most specific scope
// wins: district < zone level < street < section.
func (p *Policy) Resolve(s site.Section, zone site.Zone, at calendar.Instant) Rules {
	return p.resolve(s, zone, at)
}

// Boundaries lists, in order, the instants after an instant at which the rules for a section may change: where a zone or
// an override begins or ends.
func (p *Policy) Boundaries(s site.Section, zones []site.Zone, after calendar.Instant) []calendar.Instant {
	return p.boundaries(s, zones, after)
}

// Parse reads a policy file. Unknown keys, wrong units, values out of range, and, where the known criteria are given, any other
// criterion, come back together as a fault.Invalid that names their lines. Naive times in it are of zone loc.
func Parse(source []byte, loc *time.Location, known ...string) (*Policy, error) {
	return parse(source, loc, known)
}

// Shipped gives the policies inside the program: epidemic-2022 and general-safety.
func Shipped() Book { return shipped() }

// On reports whether the rule applies on an occasion.
func (r Rule) On(occasion site.Occasion) bool {
	return len(r.Occasions) == 0 || slices.Contains(r.Occasions, occasion)
}

// Variants gives the rules without overrides and those with each override alone, for whoever needs their extremes.
func (p *Policy) Variants() []Rules { return p.variants() }
