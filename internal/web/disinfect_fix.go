package web

import (
	"cmp"
	"net/url"
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
	Past              bool   // neither dated nor registered today: it stays as it is
}

// doneToday lists what may be corrected of an area, what was registered last first.
func (s *server) doneToday(c echo.Context, e evaluation.Examined, area disinfection.Area) ([]doneToday, error) {
	log, err := s.Store.LoggedSince(c.Request().Context(), within(c), area, s.todayBegan(e))
	all := make([]doneToday, len(log))
	for i, entry := range log {
		all[i] = s.doneEntry(e, area, entry)
	}
	return all, err
}

func (s *server) doneEntry(e evaluation.Examined, area disinfection.Area, entry disinfection.Entry) doneToday {
	began, fix := s.todayBegan(e), fixName(entry.At)
	return doneToday{Entry: entry, Strength: strengthOf(entry), Lasting: minutesOf(entry), Fix: fix, URL: disinfectURL(e.Section.Code, area.Code) + "?fix=" + fix,
		Astray: calendar.On(entry.At, s.Loc) != calendar.On(e.At, s.Loc), Past: max(entry.At, entry.RecordedAt) < began}
}

func (s *server) todayBegan(e evaluation.Examined) calendar.Instant {
	return calendar.On(e.At, s.Loc).Start(s.Loc)
}

// toFix finds what is to be corrected; nil where nothing is named, a fault.NotFound where nothing has that name. What is not of today
// any more is found as well, so that who began to correct it before midnight is told what became of that.
func (s *server) toFix(c echo.Context, d doorway, name string) (*doneToday, error) {
	if name == "" {
		return nil, nil
	}
	at, err := fixed(name)
	if err != nil {
		return nil, err
	}
	log, err := s.Store.LoggedSince(c.Request().Context(), within(c), d.area, min(at, s.todayBegan(d.Examined)))
	for _, entry := range log {
		if entry.At == at {
			done := s.doneEntry(d.Examined, d.area, entry)
			return &done, nil
		}
	}
	return nil, cmp.Or(err, fault.New(fault.NotFound, "no disinfection %q", name))
}

// over reports whether what is to be corrected is not of today any more.
func (d *doneToday) over() bool { return d != nil && d.Past }

// dayOver is why it stays as it is.
func dayOver() error {
	return fault.New(fault.Conflict, "这次登记已不是今天的，没有改动。登记只能在当天更正或撤回；现在要更正，请导入写有正确内容的消毒记录表，区域和时间相同的即为更正")
}

// says reports whether an entry says already what was typed, as when it was corrected in time and the answer lost.
func (d *doneToday) says(sent url.Values) bool {
	return answered(sent, "agent") == d.Entry.Agent && answered(sent, "strength") == d.Strength &&
		answered(sent, "minutes") == d.Lasting && answered(sent, "operator") == d.Entry.Operator
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
