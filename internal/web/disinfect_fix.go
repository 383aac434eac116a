package web

import (
	"slices"
	"strconv"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
)

// doneToday is what was registered of an area today. It may be corrected: the correction supersedes it, and both are kept.
type doneToday struct {
	Entry             disinfection.Entry
	Strength, Lasting string
	Fix               string // names it in an address and in a form
}

// doneToday lists what was registered of an area today, the newest first.
func (s *server) doneToday(e evaluation.Examined, area disinfection.AreaID) []doneToday {
	var all []doneToday
	for _, log := range e.Snapshot.Disinfections {
		if log.AreaID == area && calendar.On(log.At, s.Loc) == calendar.On(e.At, s.Loc) {
			all = append(all, doneToday{log, strengthOf(log), minutesOf(log), fixName(log.At)})
		}
	}
	slices.SortFunc(all, func(a, b doneToday) int { return int(min(max(b.Entry.At-a.Entry.At, -1), 1)) })
	return all
}

// toFix finds what is to be corrected; nil where nothing is named, a fault.NotFound where nothing of today has that name.
func (s *server) toFix(e evaluation.Examined, area disinfection.AreaID, name string) (*doneToday, error) {
	if name == "" {
		return nil, nil
	}
	for _, done := range s.doneToday(e, area) {
		if done.Fix == name {
			return &done, nil
		}
	}
	return nil, fault.New(fault.NotFound, "no disinfection %q today", name)
}

// fixName names the entry of an area by its time, of which there is one.
func fixName(at calendar.Instant) string { return strconv.FormatInt(int64(at), 10) }

// whole reports whether nothing is missing of an entry, as may be of one that came in a file.
func whole(e disinfection.Entry) bool {
	return e.Agent != "" && strengthOf(e) != "" && minutesOf(e) != "" && e.Operator != ""
}

// door tells entries of an area, which is 1, from those of others.
func door(e disinfection.Entry, area disinfection.Area) int {
	if e.AreaID == area.ID {
		return 1
	}
	return 0
}
