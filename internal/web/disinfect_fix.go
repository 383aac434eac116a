package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
)

// doneToday is what was registered of an area today, whatever day it is dated, or is dated today. It may be corrected: the correction
// supersedes it, and both are kept.
type doneToday struct {
	Entry             disinfection.Entry
	Strength, Lasting string
	Fix, URL          string // names it in a form, and where it is corrected
	Astray            bool   // it is dated another day
}

// doneToday lists what may be corrected of an area, what was registered last first.
func (s *server) doneToday(c echo.Context, e evaluation.Examined, area disinfection.Area) ([]doneToday, error) {
	log, err := s.Store.LoggedSince(c.Request().Context(), within(c), area, s.todayBegan(e))
	all := make([]doneToday, len(log))
	for i, entry := range log {
		fix := fixName(entry.At)
		all[i] = doneToday{entry, strengthOf(entry), minutesOf(entry), fix, disinfectURL(e.Section.Code, area.Code) + "?fix=" + fix,
			calendar.On(entry.At, s.Loc) != calendar.On(e.At, s.Loc)}
	}
	return all, err
}

func (s *server) todayBegan(e evaluation.Examined) calendar.Instant {
	return calendar.On(e.At, s.Loc).Start(s.Loc)
}

// toFix finds what is to be corrected; nil where nothing is named, a fault.NotFound where nothing of today has that name.
func toFix(today []doneToday, name string) (*doneToday, error) {
	if name == "" {
		return nil, nil
	}
	for i := range today {
		if today[i].Fix == name {
			return &today[i], nil
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
