package chart

import (
	"html/template"
	"math"

	"fugong/internal/calendar"
)

// Point is a rate on a day; a whole of 0 is that nothing is recorded of the day. Label stands under it where there is room.
type Point struct {
	Day         calendar.Date
	Label       string
	Part, Whole int
}

// Goal is the rate that is to be reached on a day, in whole percent. The zero goal is none.
type Goal struct {
	Day     calendar.Date
	Label   string
	Percent int
}

// Trend is a rate by days, oldest first, and the way from the last one to the goal. Days without a record leave a gap.
type Trend struct {
	Said
	Points []Point
	Goal   Goal
}

// The measures of a trend: where its axes lie.
const (
	trendHeight = 186.0
	trendLeft   = 30.0
	trendRight  = 376.0
	trendTop    = 12.0
	trendBottom = 162.0
)

// scale brings days and percents into the drawing.
type scale struct {
	first calendar.Date
	days  float64
	low   float64 // percent at the bottom
}

func (t Trend) scale() scale {
	s := scale{first: t.Points[0].Day, low: 80}
	last := t.Points[len(t.Points)-1].Day
	if t.hasGoal() {
		last = t.Goal.Day
		s.low = min(s.low, float64(t.Goal.Percent))
	}
	for _, p := range t.Points {
		if p.Whole > 0 {
			s.low = min(s.low, p.percent())
		}
	}
	s.low = math.Floor(s.low/20) * 20
	s.days = float64(max(1, s.first.Until(last)))
	return s
}

// hasGoal reports whether there is a goal that still lies ahead.
func (t Trend) hasGoal() bool {
	return !t.Goal.Day.IsZero() && t.Goal.Day.After(t.Points[len(t.Points)-1].Day)
}

func (p Point) percent() float64 { return float64(Tenths(p.Part, p.Whole)) / 10 }

func (s scale) x(day calendar.Date) float64 {
	return trendLeft + (trendRight-trendLeft)*float64(s.first.Until(day))/s.days
}

func (s scale) y(percent float64) float64 {
	return trendBottom - (trendBottom-trendTop)*(percent-s.low)/(100-s.low)
}

// SVG draws the trend.
func (t Trend) SVG() template.HTML {
	recorded := 0
	for _, p := range t.Points {
		if p.Whole > 0 {
			recorded++
		}
	}
	if recorded == 0 {
		return t.nothing()
	}
	d, s := begin("chart", "img", t.Label, cardWidth, trendHeight), t.scale()
	for tick := s.low; tick <= 100; tick += 20 {
		d.line("ax", trendLeft, s.y(tick), trendRight, s.y(tick))
		d.text("lbl", "end", trendLeft-6, s.y(tick)+4, number(tick))
	}
	for _, run := range t.runs() {
		d.run(run, s)
	}
	t.finish(d, s)
	t.labels(d, s)
	return d.end()
}

// runs are the stretches of days that follow each other with a record.
func (t Trend) runs() [][]Point {
	var runs [][]Point
	open := false
	for _, p := range t.Points {
		switch {
		case p.Whole <= 0:
			open = false
		case open:
			runs[len(runs)-1] = append(runs[len(runs)-1], p)
		default:
			runs, open = append(runs, []Point{p}), true
		}
	}
	return runs
}

func (d *drawing) run(points []Point, s scale) {
	if len(points) == 1 {
		d.dot("f-brand", s.x(points[0].Day), s.y(points[0].percent()), 2)
		return
	}
	var line []float64
	for _, p := range points {
		line = append(line, s.x(p.Day), s.y(p.percent()))
	}
	last, first := line[len(line)-2], line[0]
	d.path("a-brand", track(0, 0, append(line[:len(line):len(line)], last, trendBottom, first, trendBottom)...)+"Z")
	d.path("s-brand", track(0, 0, line...))
}

// finish draws where the rate stands now, and the goal.
func (t Trend) finish(d *drawing, s scale) {
	last := t.Points[len(t.Points)-1]
	if last.Whole <= 0 {
		return
	}
	x, y := s.x(last.Day), s.y(last.percent())
	if t.hasGoal() {
		gx, gy := s.x(t.Goal.Day), s.y(float64(t.Goal.Percent))
		d.path("s-target", track(0, 0, x, y, gx, gy))
		d.text("v", "start", gx+5, gy+4, number(float64(t.Goal.Percent))+"%")
	}
	d.dot("f-brand", x, y, 4.5)
	switch below := min(y+18, trendBottom-4); {
	case trendRight-x > 56 || !t.hasGoal():
		d.text("v", "start", x+8, below, Percent(last.Part, last.Whole))
	default:
		d.text("v", "end", x-4, below, Percent(last.Part, last.Whole))
	}
}

// labels writes the days: the last, the goal, the first, and of the others as many as there is room for.
func (t Trend) labels(d *drawing, s scale) {
	var taken []float64
	put := func(day calendar.Date, label string) {
		x := s.x(day)
		for _, other := range taken {
			if math.Abs(x-other) < 46 {
				return
			}
		}
		taken = append(taken, x)
		d.text("lbl", "middle", x, trendBottom+18, label)
	}
	put(t.Points[len(t.Points)-1].Day, t.Points[len(t.Points)-1].Label)
	if t.hasGoal() {
		put(t.Goal.Day, t.Goal.Label)
	}
	for _, p := range t.Points {
		put(p.Day, p.Label)
	}
}
