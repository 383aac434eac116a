package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/chart"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

// Goal is the share of sections that are to work again by a day, in whole percent. The zero goal is none.
type Goal struct {
	Day     calendar.Date
	Percent int
}

// reasonsShown is how many reasons are drawn; the rest are one bar.
const reasonsShown = 7

func percentWord(part, whole int) string { return chart.Percent(part, whole) }

// rates are the streets by their rate, the lowest first.
func (p *totalsPage) rates() []chart.Rate {
	var rates []chart.Rate
	for _, row := range p.Rows {
		rates = append(rates, chart.Rate{Name: shortStreet(row.Street), Part: row.Resumed, Whole: row.Sections, Title: row.Street + " " + row.Rate})
	}
	slices.SortStableFunc(rates, func(a, b chart.Rate) int {
		return cmp.Compare(order(a), order(b))
	})
	return rates
}

// order puts streets without sections last.
func order(r chart.Rate) int {
	if r.Whole == 0 {
		return 1001
	}
	return chart.Tenths(r.Part, r.Whole)
}

// shortStreet leaves out what every street's name ends in.
func shortStreet(name string) string {
	short := strings.TrimSuffix(name, "街道")
	if len([]rune(short)) < 2 {
		return name
	}
	return short
}

// told joins the names of rates with their figures.
func told(w locale.Words, rates []chart.Rate) string {
	var all []string
	for _, r := range rates {
		all = append(all, r.Name+" "+chart.Percent(r.Part, r.Whole))
	}
	return strings.Join(all, w.T("totals.comma"))
}

func (p *totalsPage) drawRates(w locale.Words) {
	rates := p.rates()
	label := w.T("totals.rates_label", "rates", told(w, rates), "whole", p.Rate)
	p.Rates = chart.Rates{Said: chart.Said{Label: label, Empty: w.T("totals.no_sections")}, Rows: rates,
		Whole: chart.Rate{Part: p.Resumed, Whole: p.Sections}}.SVG()
}

// drawTiles draws the grid of streets, where the district has said they lie; links lead to the lists of their sections.
func (p *totalsPage) drawTiles(w locale.Words, places map[string][2]int) {
	var tiles []chart.Tile
	for _, row := range p.Rows {
		t := chart.Tile{Rate: chart.Rate{Name: shortStreet(row.Street), Part: row.Resumed, Whole: row.Sections, Title: row.Street + " " + row.Rate}}
		t.Column, t.Row = places[row.Street][0], places[row.Street][1]
		if p.Named {
			t.Href = row.URL
		}
		tiles = append(tiles, t)
	}
	p.Tiles = chart.Tiles{Said: chart.Said{Label: w.T("totals.tiles_label"), Empty: w.T("totals.no_sections")}, Tiles: tiles}.SVG()
}

// points are the days of the trend, from the first of which anything is known.
func (s *server) points(f totalsFacts) []chart.Point {
	byInstant := map[calendar.Instant]*chart.Point{}
	var points []chart.Point
	for _, at := range f.evenings {
		day := calendar.On(at, s.Loc)
		points = append(points, chart.Point{Day: day, Label: dayOfMonth(day)})
	}
	for i, at := range f.evenings {
		byInstant[at] = &points[i]
	}
	for _, c := range f.progress {
		p := byInstant[c.At]
		if p == nil || c.State == site.Finished {
			continue
		}
		p.Whole += c.Sections
		if c.State == site.Operating {
			p.Part += c.Sections
		}
	}
	for len(points) > 1 && points[0].Whole == 0 {
		points = points[1:]
	}
	return points
}

// dayOfMonth writes a day as 5/9, in every language.
func dayOfMonth(d calendar.Date) string {
	_, rest, _ := strings.Cut(d.String(), "-")
	month, day, _ := strings.Cut(rest, "-")
	return strings.TrimPrefix(month, "0") + "/" + strings.TrimPrefix(day, "0")
}

// rise says by how many points of percent the rate is above that of a week ago; empty where that is not known.
func rise(points []chart.Point) string {
	last := points[len(points)-1]
	for _, p := range points {
		if p.Day.Until(last.Day) == 7 && p.Whole > 0 && last.Whole > 0 {
			change := chart.Tenths(last.Part, last.Whole) - chart.Tenths(p.Part, p.Whole)
			return fmt.Sprintf("%+.1f", float64(change)/10)
		}
	}
	return ""
}

func (p *totalsPage) drawTrend(w locale.Words, points []chart.Point) {
	first, last := points[0], points[len(points)-1]
	label := w.T("totals.trend_label", "from", first.Label, "then", chart.Percent(first.Part, first.Whole), "to", last.Label,
		"now", chart.Percent(last.Part, last.Whole))
	t := chart.Trend{Said: chart.Said{Label: label, Empty: w.T("totals.no_sections")}, Points: points}
	if !p.Goal.Day.IsZero() {
		t.Goal = chart.Goal{Day: p.Goal.Day, Label: dayOfMonth(p.Goal.Day), Percent: p.Goal.Percent}
	}
	p.Trend = t.SVG()
}

// drawReasons counts why sections stand still. A section may give several reasons; each counts.
func (p *totalsPage) drawReasons(w locale.Words, tallies []store.Tally) {
	counts := map[string]int{}
	for _, t := range tallies {
		if t.State == site.Operating || t.State == site.Finished {
			continue
		}
		for _, reason := range reasonsOf(t.Reason) {
			counts[reason] += t.Sections
		}
	}
	rows := reasonRows(w, counts)
	var told []string
	for _, row := range rows {
		told = append(told, fmt.Sprintf("%s %d", row.Name, row.N))
	}
	p.Reasons = chart.Counts{Said: chart.Said{Label: w.T("totals.reasons_label", "reasons", strings.Join(told, w.T("totals.comma"))),
		Empty: w.T("totals.no_resting")}, Rows: rows}.SVG()
}

// reasonsOf splits what was given as the reason into single ones.
func reasonsOf(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("；;、，,", r) })
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	if all = slices.DeleteFunc(all, func(s string) bool { return s == "" }); len(all) == 0 {
		return []string{""}
	}
	return all
}

// reasonWords says a section's reasons in the reader's language; what the district wrote in words of its own stays.
func reasonWords(w locale.Words, text string) string {
	if w.Lang == locale.Chinese {
		return text
	}
	all := reasonsOf(text)
	for i := range all {
		all[i] = w.Text(all[i])
	}
	return strings.Join(all, "; ")
}

// reasonRows orders reasons by how many sections give them; the rare ones and those not given come last.
func reasonRows(w locale.Words, counts map[string]int) []chart.Count {
	var rows []chart.Count
	for reason, n := range counts {
		if reason != "" {
			rows = append(rows, chart.Count{Name: w.Text(reason), N: n, Title: fmt.Sprintf("%s %d", w.Text(reason), n)})
		}
	}
	slices.SortFunc(rows, func(a, b chart.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	if len(rows) > reasonsShown {
		rest := chart.Count{Name: w.T("totals.other_reasons")}
		for _, row := range rows[reasonsShown:] {
			rest.N += row.N
		}
		rows = append(rows[:reasonsShown:reasonsShown], rest)
	}
	if n := counts[""]; n > 0 {
		rows = append(rows, chart.Count{Name: w.T("totals.reason_missing"), N: n, Blank: true})
	}
	return rows
}
