package web

import (
	"html/template"

	"fugong/internal/criteria"
	"fugong/internal/locale"
)

// rowPen writes the rows of one page of the list.
type rowPen struct {
	hypertext
	locale.Words
	marks map[string]string // of the levels, as everywhere else
	ticks bool              // rows can be picked
}

// rowSize is about what a row weighs.
const rowSize = 3 << 10 // bytes

// drawRows writes each row by itself: in one piece they would be too much for what templates write with, which is used again up to 64 kB.
func (s *server) drawRows(w locale.Words, rows []deskRow, ticks bool) ([]template.HTML, error) {
	var words []string
	for _, l := range criteria.Levels() {
		words = append(words, l.String())
	}
	marks, err := s.marks(w.Lang, "level", words...)
	if err != nil {
		return nil, err
	}
	p := rowPen{Words: w, marks: marks, ticks: ticks}
	drawn := make([]template.HTML, len(rows))
	for i := range rows {
		p.Reset()
		p.Grow(rowSize)
		p.row(&rows[i])
		drawn[i] = template.HTML(p.String()) // #nosec G203 -- escaped where it was written
	}
	return drawn, nil
}

func (p *rowPen) row(r *deskRow) {
	on, checked := "", ""
	if r.Picked {
		on, checked = ` class="is-on"`, " checked"
	}
	p.say(`<tr data-code="`, r.Code, `"`+on+">\n")
	if p.ticks {
		p.say(`<td class="ck"><label><input type="checkbox" name="sel" value="`, r.Code, `"`+checked+">")
		p.say(`<span class="vh">`, p.T("desk.pick", "name", r.Code), "</span></label></td>\n")
	}
	p.put(`<td class="c-lv">`, p.marks[r.Level], "</td>\n")
	p.say(`<th scope="row" class="c-site"><a class="site" href="`, r.URL, `">`)
	p.say("", r.Project, " ")
	p.say(`<span class="part">`, r.Name, "</span></a>")
	p.say(`<div class="sub"><span>`, r.Street, "</span>")
	p.say(`<span class="nowrap">`, r.Code, "</span></div></th>\n")
	p.problems(r)
	p.say(`<td class="c-heads r num nowrap"><span class="phone-only muted">`, p.T("desk.head.heads"), " </span>")
	p.say("", locale.Number(int64(r.Headcount)), " ")
	p.say(`<span class="muted">/ `, locale.Number(int64(r.Housed)), "</span></td>\n")
	p.put(`<td class="c-week">`, string(r.Strip), "</td>\n")
	p.state(r)
	p.put("</tr>")
}

// problems names the first problems, and counts the others.
func (p *rowPen) problems(r *deskRow) {
	p.put(`<td class="c-rules"><div class="chips">`)
	for _, c := range r.Chips {
		p.say(`<span class="chip chip--`, c.Tone, `">`)
		p.say("", c.Title, "")
		if c.Figure != "" {
			p.say(` <span class="num">`, c.Figure, "</span>")
		}
		p.put("</span>")
	}
	if r.More > 0 {
		p.say(`<span class="muted sm">`, p.T("desk.more", "n", r.More), "</span>")
	}
	p.put("</div></td>\n")
}

// state says whether it works, why not, and who was there last.
func (p *rowPen) state(r *deskRow) {
	p.say(`<td class="c-state"><span class="nowrap">`, p.Text(r.State), "")
	if r.Reason != "" {
		p.say(` <span class="muted">`, reasonWords(p.Words, r.Reason), "</span>")
	}
	p.put(`</span><div class="sub parts">`)
	if r.VisitedBy == "" {
		p.say("", p.T("desk.unvisited"), "")
	} else {
		p.put("<span>", string(dayTag(r.VisitedOn)), "</span>")
		p.say("<span>", r.VisitedBy, "</span>")
	}
	p.put("</div></td>\n")
}
