package web

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
)

// gridDays is how many days the grid of disinfections goes back, today among them.
const gridDays = 7

// areaGrid is how often each area was disinfected on each of the last days, beside how often it has to be.
type areaGrid struct {
	Days []calendar.Date
	Rows []areaDays
}

// areaDays is a row of the grid.
type areaDays struct {
	Code, Name string
	Days       []areaDay
}

// areaDay is an area on a day. Tone is ok, short, gap, due (today, which is not over), or none: of the area nothing is recorded
// at all, which is not the same as a day that was left out.
type areaDay struct {
	Day        calendar.Date
	Done, Need int
	Tone       string
}

// gridOf lays a log out by area and day. Known are the areas of which something is recorded, be it before these days; what is
// needed is what is asked for now.
func gridOf(rows []areaRow, log []disinfection.Entry, areas []disinfection.Area, at calendar.Instant, loc *time.Location) areaGrid {
	today := calendar.On(at, loc)
	done := map[string]map[calendar.Date]int{}
	codes := make(map[disinfection.AreaID]string, len(areas))
	for _, a := range areas {
		codes[a.ID], done[a.Code] = a.Code, map[calendar.Date]int{}
	}
	for _, entry := range log {
		if code, known := codes[entry.AreaID]; known && entry.At <= at {
			done[code][calendar.On(entry.At, loc)]++
		}
	}
	var g areaGrid
	for i := range gridDays {
		g.Days = append(g.Days, today.Add(i+1-gridDays))
	}
	for _, row := range rows {
		line := areaDays{Code: row.Code, Name: row.Name}
		for _, day := range g.Days {
			n := done[row.Code][day]
			line.Days = append(line.Days, areaDay{day, n, row.Need, dayTone(n, row.Need, day == today, row.Last.IsZero())})
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func dayTone(done, need int, today, unlogged bool) string {
	switch {
	case unlogged:
		return "none"
	case done >= need:
		return "ok"
	case today:
		return "due"
	case done == 0:
		return "gap"
	}
	return "short"
}

// Number is the day of its month, as the head of a narrow column.
func (areaGrid) Number(d calendar.Date) string {
	text := d.String()
	return text[max(0, len(text)-len("02")):]
}
