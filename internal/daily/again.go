package daily

import "fugong/internal/checklist"

// Again takes up what was handed in, so that it can be corrected.
func (s *Sheet) Again(answers []checklist.Answer) Draft {
	given := map[string]checklist.Answer{}
	for _, a := range answers {
		given[a.Item] = a
	}
	d := Draft{}
	for _, a := range s.Asks {
		d.takeUp(a, given)
	}
	return d
}

func (d Draft) takeUp(a Ask, given map[string]checklist.Answer) {
	counted, photos := false, []string{}
	for _, n := range a.Numbers {
		if g, ok := given[n.Code]; ok {
			d[n.Code], counted = Entry{Number: g.Number}, true
			photos = append(photos, g.Photos...)
		}
	}
	g, answered := given[a.Code]
	e := Entry{Choice: g.Choice, Number: g.Number, How: checklist.Restored, Photos: append(photos, g.Photos...)}
	e.Reasons, e.Remark = a.SplitReasons(g.Remark)
	switch {
	case !answered && !counted:
		return
	case len(a.Numbers) > 0 && g.Choice != checklist.No:
		e.Choice, e.Number = checklist.Yes, ""
	case g.Choice == checklist.Number:
		e.Choice = checklist.Blank
	}
	d[a.Code] = e
}

// Provenance says how each item of a draft came to be answered.
func (s *Sheet) Provenance(d Draft) checklist.Provenance {
	p := checklist.Provenance{Drawn: s.Evidence(), Ways: map[string]checklist.Way{}}
	for _, a := range s.Asks {
		e := d[a.Code]
		if !d.Wanted(a) || e.blank() && len(a.Numbers) == 0 {
			continue
		}
		way := checklist.Way{How: e.How, At: e.At}
		if way.How == "" {
			way.How = checklist.Single
		}
		p.Ways[a.Code] = way
		for _, n := range a.Numbers {
			if n.Known != "" {
				p.Ways[n.Code] = checklist.Way{Known: n.Known}
			}
		}
	}
	return p
}
