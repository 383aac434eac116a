package policy

import (
	"cmp"
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/site"
)

func (b Book) inForce(occasion site.Occasion, at calendar.Instant) (*Policy, error) {
	var newest *Policy
	for i := range b {
		p := &b[i]
		if p.EffectiveFrom > at || !slices.Contains(p.Occasions, occasion) {
			continue
		}
		if newest == nil || compareAge(p, newest) >= 0 {
			newest = p
		}
	}
	if newest == nil {
		return nil, fault.New(fault.NotFound, "停工类型“%s”在该时刻没有生效的规则", occasion)
	}
	return newest, nil
}

// compareAge orders policies by when they were published; those that ship inside were so first.
func compareAge(a, b *Policy) int {
	return cmp.Or(
		cmp.Compare(a.RecordedAt, b.RecordedAt),
		cmp.Compare(a.EffectiveFrom, b.EffectiveFrom),
		cmp.Compare(a.Version, b.Version),
	)
}

func (p *Policy) resolve(s site.Section, zone site.Zone, at calendar.Instant) Rules {
	rules := p.base()
	var laid []Override
	for _, o := range p.Overrides {
		if o.holds(at) && o.concerns(s) && (o.Zone == site.NoZone || o.Zone == zone.Level) {
			laid = append(laid, o)
		}
	}
	slices.SortStableFunc(laid, func(a, b Override) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.From, b.From))
	})
	for _, o := range laid {
		rules.lay(o.Parameters)
	}
	return rules
}

// base gives the rules without overrides.
func (p *Policy) base() Rules {
	var r Rules
	for _, k := range parameters {
		_ = k.set(&r, k.fallback)
	}
	r.lay(p.Parameters)
	return r
}

// lay sets what the values say. They were checked when the file was read; one that cannot be read leaves what holds beneath.
func (r *Rules) lay(values map[string]Value) {
	for _, k := range parameters {
		if v, given := values[k.key]; given {
			_ = k.set(r, v.Text)
		}
	}
}

func (p *Policy) variants() []Rules {
	all := []Rules{p.base()}
	for _, o := range p.Overrides {
		r := p.base()
		r.lay(o.Parameters)
		all = append(all, r)
	}
	return all
}

func (p *Policy) boundaries(s site.Section, zones []site.Zone, after calendar.Instant) []calendar.Instant {
	var all []calendar.Instant
	note := func(changes ...calendar.Instant) {
		for _, c := range changes {
			if c > after {
				all = append(all, c)
			}
		}
	}
	for _, z := range zones {
		if z.Concerns(s) {
			note(z.From, z.Until)
		}
	}
	for _, o := range p.Overrides {
		if o.concerns(s) {
			note(o.From, o.Until)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (o Override) holds(at calendar.Instant) bool {
	return o.From <= at && (o.Until.IsZero() || at < o.Until)
}

// concerns reports whether the override may ever be laid over the section.
func (o Override) concerns(s site.Section) bool {
	return (o.Street == "" || o.Street == s.Street) && (o.Section == "" || o.Section == s.Code)
}

// rank orders the scopes from wide to narrow: district, zone level, street, section.
func (o Override) rank() int {
	switch {
	case o.Section != "":
		return 3
	case o.Street != "":
		return 2
	case o.Zone != site.NoZone:
		return 1
	}
	return 0
}
