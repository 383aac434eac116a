package web

import (
	"fmt"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/daily"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/store"
)

// guideDay is the day of the made-up values.
func guideDay() calendar.Date { return calendar.Day(2022, 5, 6) }

// newGuideCharts draws each figure with every mark, level and gap that it knows.
func newGuideCharts(w locale.Words) guideCharts {
	strip := chart.Strip{Said: chart.Said{Label: w.T("styleguide.strip")}}
	for i := range 14 {
		strip.Days = append(strip.Days, chart.Day{Label: fmt.Sprint(i + 1), Mark: chart.Mark(i % 5)})
	}
	small := strip
	small.Small = true
	tiles := chart.Tiles{Said: chart.Said{Label: w.T("styleguide.tiles")}}
	rates := chart.Rates{Said: tiles.Said, Whole: chart.Rate{Name: "A", Part: 74, Whole: 100}}
	for i, part := range []int{0, 60, 70, 80, 100} {
		rate := chart.Rate{Name: fmt.Sprintf("A-%d", i), Part: part, Whole: min(100, part*100)}
		rates.Rows, tiles.Tiles = append(rates.Rows, rate), append(tiles.Tiles, chart.Tile{Rate: rate})
	}
	tiles.Tiles[1].Href = "#main"
	counts := chart.Counts{Said: chart.Said{Label: w.T("styleguide.counts")}, Rows: []chart.Count{{Name: "A-1", N: 19}, {Name: "A-2", N: 7}, {Name: "A-3", N: 1, Shown: "< 3"}, {Name: "A-4", N: 3, Blank: true}}}
	trend := chart.Trend{Said: chart.Said{Label: w.T("styleguide.trend")}, Goal: chart.Goal{Day: guideDay().Add(9), Label: "5/15", Percent: 90}}
	for i, part := range []int{31, 40, 0, 52, 63, 74} {
		trend.Points = append(trend.Points, chart.Point{Day: guideDay().Add(i - 5), Label: fmt.Sprintf("5/%d", i+1), Part: part, Whole: min(100, part*100)})
	}
	return guideCharts{strip.SVG(), small.SVG(), rates.SVG(), counts.SVG(), trend.SVG(), tiles.SVG(), chart.Strip{}.SVG()}
}

// guideFindings are a criterion in each of the states in which something is wrong.
func guideFindings(w locale.Words) []findingRow {
	titles, hours := titlesByCode(), w.Say(locale.Say("%d小时", 48))
	people := []subjectRow{{Name: "A-1", Tail: "00XX", Covered: wayIn{"number", "#main"}, Where: "A", Observed: w.Say(locale.Say("%d小时", 60)), Limit: hours}}
	share := func(have, unknown, all int) *calc {
		return &calc{All: all, Have: have, Lack: all - have, Unknown: unknown > 0, Unit: "worker", Percent: chart.Percent(have, all),
			Share: chart.Share{Said: chart.Said{Label: w.T("styleguide.share")}, Part: have, Unknown: unknown, Whole: all}}
	}
	sources := []store.Source{{Register: "roster", RecordedAt: guideDay().Start(time.UTC), Batch: 2, File: "A.xlsx", By: "A"}, {Register: "results"}}
	row := func(code criteria.Code, status criteria.Status, severity policy.Severity, reason locale.Phrase, c *calc) findingRow {
		return findingRow{Code: string(code), Title: w.Text(titles[code]), Status: status.String(), Severity: severity, Reason: w.Say(reason), Observed: w.Say(locale.Say("%d人", 9)),
			Required: hours, Calc: c, Sources: sources, Rows: "#main", Remedy: "#main"}
	}
	failed := row("nat.latest_negative", criteria.Fail, policy.Block, locale.Say("%d人最近阴性已超过%d小时", 15, 48), share(171, 0, 186))
	failed.Subjects, failed.Of, failed.All = people, 15, "#main"
	unknown := row("health.temp", criteria.Unknown, policy.Block, locale.Say("%d人无测温记录", 15), share(171, 15, 186))
	unknown.Subjects, unknown.Of = people, 1
	return []findingRow{failed, row("room.beds", criteria.Warned, policy.Warn, locale.Say("%d处床位偏多或通道偏窄", 2), nil), unknown}
}

// guideMet are a criterion that is met and one that asks nothing of the section.
func guideMet(w locale.Words) []metRow {
	titles, said := titlesByCode(), w.Say(locale.Say("%d人", 9))
	return []metRow{{w.Text(titles["room.area"]), criteria.Pass.String(), said}, {w.Text(titles["health.fever"]), criteria.NotApplicable.String(), said}}
}

// guideStep is a group of the daily checklist: an item not answered, one each way of answering, one that came back, one drawn for a
// photo, one of figures and one of words.
func guideStep(w locale.Words) stepView {
	v := stepView{Code: "guide", Title: w.T("styleguide.group"), Done: 4, Total: 9, Rest: 3}
	for _, a := range []askView{
		{Code: "A1", Kind: "question", State: true, Choice: "no", Yesterday: "yes", Done: true},
		{Code: "C1", Kind: "question", Yesterday: "yes"},
		{Code: "C2", Kind: "question", Choice: "yes", Names: []string{"A-1", "A-2"}, Done: true},
		{Code: "C3", Kind: "question", Choice: "na", Done: true},
		{Code: "D1", Kind: "question", Choice: "no", Photo: true, Why: daily.Abnormal, Yesterday: "no", Done: true,
			Reasons: []reasonView{{"1", w.T("styleguide.text"), true}, {"2", w.T("styleguide.about"), false}}, Wrong: map[string]string{"remark.D1": w.Word("checkwrong", "remark")}},
		{Code: "F1", Kind: "question", Drawn: true, Photo: true, Why: daily.Drawn, One: true, Wrong: map[string]string{"photo.F1": w.Word("checkwrong", "photo")},
			Areas: []areaView{{daily.AreaDay{Name: "A-1", Done: 1, Required: 2, Last: guideDay().Start(time.UTC)}, "500mg/L"}, {AreaDay: daily.AreaDay{Name: "A-2", Done: 2, Required: 2}}}},
		{Code: "A2", Kind: "figures", Choice: "yes", Done: true, Numbers: []numberView{{Code: "A2.1", Label: w.T("checklist.number"), Value: "186", Known: "171", Yesterday: "177", Typed: true},
			{Code: "A2.2", Label: w.T("checklist.number"), Value: "9", Known: "9"}, {Code: "A2.3", Label: w.T("checklist.number"), Wrong: w.Word("checkwrong", "number"), Typed: true}}},
		{Code: "A3", Kind: "figures", Folded: true, Numbers: []numberView{{Code: "A3.1", Label: w.T("checklist.number"), Value: "4", Known: "4", Yesterday: "4"}, {Code: "A3.2", Label: w.T("checklist.number"), Value: "15", Known: "15", Yesterday: "14"}}},
		{Code: "K2", Kind: "words"},
	} {
		item, _ := checklist.Find(a.Code)
		a.Text = item.Brief(english(w))
		if full := item.In(english(w)); full != a.Text {
			a.Full = full
		}
		v.Asks = append(v.Asks, a)
	}
	return v
}

// guideGrid has a day of each tone.
func guideGrid() areaGrid {
	g := areaGrid{Rows: []areaDays{{Code: "A-1", Name: "A"}}}
	done := map[string]int{"ok": 2, "short": 1}
	for i, tone := range []string{"ok", "short", "gap", "none", "ok", "ok", "due"} {
		day := guideDay().Add(i - 6)
		g.Days = append(g.Days, day)
		g.Rows[0].Days = append(g.Rows[0].Days, areaDay{day, done[tone], 2, tone})
	}
	return g
}

// guideRooms are a room with a free bed, a full one, one with more people than beds, and one where nobody sleeps.
func guideRooms() []roomCard {
	var rooms []roomCard
	for i, heads := range []int{2, 4, 5, 0} {
		r := roomCard{Room: housing.Room{ID: housing.RoomID(i + 1), Number: fmt.Sprintf("A-10%d", i+1), Beds: 4}, Heads: heads, Free: max(0, 4-heads), MayMove: true}
		for k := range max(r.Beds, heads) {
			r.Squares = append(r.Squares, squareOf(k, r.Beds, heads))
		}
		for k := range heads {
			r.Sleepers = append(r.Sleepers, sleeper{Name: fmt.Sprintf("A-%d", k+1), Team: "A", URL: "#main", Gone: k == 3, Guest: k == 4})
		}
		rooms = append(rooms, r)
	}
	rooms[1].Each = "2.50"
	over := &rooms[2]
	over.Failed, over.Each = true, "2.00"
	over.Problems = []roomProblem{{criteria.Fail.String(), titlesByCode()["room.occupancy"], locale.Say("%d人%d床", 5, 4), locale.Say("一人一床")}}
	return rooms
}

// guideChoices are a question to tap on, not answered yet and sent back without an answer.
func guideChoices(w locale.Words) []choices {
	all := []choice{{Value: "1", Label: w.T("styleguide.text"), Note: "A-1", Chosen: true}, {Value: "2", Label: w.T("styleguide.text")}}
	return []choices{{Name: "tap", Label: w.T("styleguide.choice"), Hint: w.T("styleguide.about"), All: all},
		{Name: "tapped", Label: w.T("styleguide.choice"), Wrong: "没有填写", All: all[1:]}}
}

func guideRoute() routePanel {
	p := routePanel{Shown: true, Back: "/styleguide", SheetsURL: "#main"}
	for i := range 2 {
		p.Stops = append(p.Stops, store.Standing{Code: fmt.Sprintf("A-%d", i+1), Name: "A", ProjectName: "A", Street: "A"})
	}
	return p
}

// guidePapers are a paper that holds, one that a later one took the place of, and one called back.
func guidePapers() papersCard {
	card := papersCard{Shown: true, MayIssue: true, Code: "A-1"}
	for i, status := range []string{"valid", "superseded", "revoked"} {
		card.Papers = append(card.Papers, paperRow{ID: "A", Number: fmt.Sprintf("2022-%06d", i+1), Copy: "internal", Verdict: "met", IssuedAt: "2022-05-06 08:00", By: "A",
			Status: status, Changed: "2022-05-06 09:00"})
	}
	return card
}

func guideProblems() problemList {
	return problemList{Rows: []problemLine{{Line: 3, Outcome: "rejected", Code: "ID_CHECKSUM", Column: "A", Message: "A"}, {Line: 4, Outcome: "quarantined", Code: "NOT_ON_ROSTER", Column: "B", Message: "B"}}, More: 7}
}
