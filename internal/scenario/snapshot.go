package scenario

import (
	"cmp"
	"fmt"
	"slices"

	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// of puts a section's share of the facts together, sorted as criteria.Snapshot promises.
func (f *facts) of(code string) (*criteria.Snapshot, error) {
	i := slices.IndexFunc(f.sections.rows, func(s site.Section) bool { return s.Code == code })
	if i < 0 {
		return nil, fmt.Errorf("find section %s: not in sections.csv", code)
	}
	s := &criteria.Snapshot{Section: f.sections.rows[i], SectionCodes: map[site.SectionID]string{}}
	id := s.Section.ID
	s.Zones = where(f.zones.rows, func(z site.Zone) bool { return z.Concerns(s.Section) })
	s.People = where(f.people.rows, func(e roster.Enrolment) bool { return e.SectionID == id })
	slices.SortStableFunc(s.People, byEntry)

	own := map[roster.WorkerID]bool{}
	for _, e := range s.People {
		own[e.WorkerID] = true
	}
	s.Results = where(f.results.rows, func(r screening.Result) bool { return own[r.WorkerID] })
	s.Temperatures = where(f.temperatures.rows, func(t screening.Temperature) bool { return own[t.WorkerID] })
	s.Rooms = where(f.rooms.rows, func(r housing.Room) bool { return r.SectionID == id })
	s.Stays = where(f.stays.rows, func(st housing.Stay) bool { return st.SectionID == id || own[st.WorkerID] })
	s.Areas = where(f.areas.rows, func(a disinfection.Area) bool { return a.SectionID == id })
	s.Disinfections = where(f.logs.rows, func(e disinfection.Entry) bool { return e.SectionID == id })
	s.Answers = where(f.answers.rows, func(a checklist.Answer) bool { return a.SectionID == id })
	s.Stocks = where(f.stocks.rows, func(st supply.Stock) bool { return st.SectionID == id })
	s.Passages = where(f.passages.rows, func(p gate.Passage) bool { return p.SectionID == id })
	for i := range s.Passages {
		s.Passages[i].Name = f.names[s.Passages[i].WorkerID]
	}
	s.Documents = where(f.documents.rows, func(d document.Document) bool { return d.SectionID == id })
	s.Guests = f.guests(s, own)
	f.codes(s)
	order(s)
	return s, nil
}

// guests are the people of other sections who sleep in the section's rooms.
func (f *facts) guests(s *criteria.Snapshot, own map[roster.WorkerID]bool) []roster.Enrolment {
	lodgers := map[roster.WorkerID]bool{}
	for _, st := range s.Stays {
		if st.SectionID == s.Section.ID {
			lodgers[st.WorkerID] = true
		}
	}
	guests := where(f.people.rows, func(e roster.Enrolment) bool {
		return lodgers[e.WorkerID] && e.SectionID != s.Section.ID
	})
	slices.SortStableFunc(guests, byEntry)
	return guests
}

func (f *facts) codes(s *criteria.Snapshot) {
	needed := map[site.SectionID]bool{s.Section.ID: true}
	for _, g := range s.Guests {
		needed[g.SectionID] = true
	}
	for code, id := range f.sectionIDs {
		if needed[site.SectionID(id)] {
			s.SectionCodes[site.SectionID(id)] = code
		}
	}
}

func where[T any](rows []T, holds func(T) bool) []T {
	var kept []T
	for _, r := range rows {
		if holds(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

func byEntry(a, b roster.Enrolment) int {
	return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.EnteredAt, b.EnteredAt))
}

func order(s *criteria.Snapshot) {
	slices.SortStableFunc(s.Results, func(a, b screening.Result) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.SampledAt, b.SampledAt))
	})
	slices.SortStableFunc(s.Temperatures, func(a, b screening.Temperature) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At))
	})
	slices.SortStableFunc(s.Rooms, func(a, b housing.Room) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortStableFunc(s.Stays, func(a, b housing.Stay) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.From, b.From))
	})
	slices.SortStableFunc(s.Areas, func(a, b disinfection.Area) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortStableFunc(s.Disinfections, func(a, b disinfection.Entry) int {
		return cmp.Or(cmp.Compare(a.AreaID, b.AreaID), cmp.Compare(a.At, b.At))
	})
	slices.SortStableFunc(s.Answers, func(a, b checklist.Answer) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Item, b.Item), cmp.Compare(a.SubmittedAt, b.SubmittedAt))
	})
	slices.SortStableFunc(s.Stocks, func(a, b supply.Stock) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), a.Date.Compare(b.Date))
	})
	slices.SortStableFunc(s.Passages, func(a, b gate.Passage) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At))
	})
	slices.SortStableFunc(s.Documents, func(a, b document.Document) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), a.IssuedOn.Compare(b.IssuedOn))
	})
}
