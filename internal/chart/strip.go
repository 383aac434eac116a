package chart

import "html/template"

// Mark is how a day went.
type Mark int

// The marks. The zero mark is that nothing is recorded, which is neither good nor bad.
const (
	NoRecord Mark = iota
	Good
	Warned
	Bad
	NotDue // nothing was to be recorded that day
)

// Day is one day of a strip. Label stands under it (the day of the month), Title is told by the pointer.
type Day struct {
	Label, Title string
	Mark         Mark
}

// Strip is the last days side by side, the newest last. Small ones stand in the rows of a table: lower, without labels.
type Strip struct {
	Said
	Days  []Day
	Small bool
}

// the measures of a strip in CSS pixels: how far apart days stand, how wide and how high they are.
type pace struct{ step, width, height, labels float64 }

func (s Strip) pace() pace {
	if s.Small {
		return pace{step: 12, width: 10, height: 17}
	}
	return pace{step: 23, width: 20, height: 26, labels: 16}
}

// SVG draws the strip.
func (s Strip) SVG() template.HTML {
	if len(s.Days) == 0 {
		return s.nothing()
	}
	p, class := s.pace(), "chart strip"
	if s.Small {
		class = "chart strip strip--s"
	}
	d := begin(class, "img", s.Label, float64(len(s.Days))*p.step-(p.step-p.width), p.height+p.labels)
	for i, day := range s.Days {
		d.titled(day.Title)
		d.mark(day.Mark, float64(i)*p.step, p, s.Small)
		if p.labels > 0 && day.Label != "" {
			d.text("lbl", "middle", float64(i)*p.step+p.width/2, p.height+13, day.Label)
		}
		d.close("g")
	}
	return d.end()
}

// mark draws a day: a shape of its own for each mark, so that it is told apart without colour. In a small strip the shape is
// the box itself.
func (d *drawing) mark(m Mark, x float64, p pace, small bool) {
	box := func(class string, inset float64) {
		d.rect(class, x+inset, inset, p.width-2*inset, p.height-2*inset, 3)
	}
	shape := func(class, data string) { d.path(class, data) }
	at := func(points ...float64) string { return track(x, 0, points...) }
	switch {
	case m == Good && small:
		box("d-ok-solid", 0)
	case m == Good:
		box("d-ok", 0)
		shape("d-ok-mark", at(6, 13.5, 9, 16.5, 14.5, 10))
	case m == Warned && small:
		box("d-warn-frame", 0.75)
		d.rect("d-warn-solid", x, p.height*0.45, p.width, p.height*0.55, 2)
	case m == Warned:
		box("d-warn", 0.5)
		shape("d-warn-mark", at(10, 8.5, 15, 17, 5, 17)+"Z")
	case m == Bad && small:
		shape("d-bad-solid", at(0, 0, 10, 0, 10, 17, 5, 12.5, 0, 17)+"Z")
	case m == Bad:
		box("d-bad-solid", 0)
		shape("d-bad-mark", at(6.5, 9.5, 13.5, 16.5)+at(13.5, 9.5, 6.5, 16.5))
	case m == NotDue:
		d.dot("d-none-dot", x+p.width/2, p.height/2, 1.5)
	default:
		box("d-none", 0.75)
		if !small {
			shape("d-none-mark", at(7, 13, 13, 13))
		}
	}
}

// track writes a path through points, moved by (x, y).
func track(x, y float64, points ...float64) string {
	var data string
	for i := 0; i+1 < len(points); i += 2 {
		step := "L"
		if i == 0 {
			step = "M"
		}
		data += step + number(x+points[i]) + " " + number(y+points[i+1])
	}
	return data
}
