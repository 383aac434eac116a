package district

import (
	"fmt"
	"strconv"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/supply"
)

// goods is what a section keeps: so much for a head and day in thousandths, for so many days; or where nothing is used up, a
// number of pieces.
type goods struct {
	item   supply.Item
	perDay int
	days   int
	pieces int
}

func (p *plan) goods() []goods {
	masks := 24
	if p.trouble == masksRunOut {
		masks = 4
	}
	return []goods{
		{supply.Masks, 2000, masks, 0},
		{supply.Disinfectant, 100, 30, 0},
		{supply.AntigenKits, 0, 0, 4 * len(p.staff)},
		{supply.Gowns, 0, 0, 20},
		{supply.Respirators, 0, 0, 60},
		{supply.Thermometers, 0, 0, 4},
	}
}

// stockRows counts the stores every evening; what is used up is bought again after a week.
func (p *plan) stockRows(out sink) {
	if p.trouble == nothingKnown {
		return
	}
	for _, d := range p.days() {
		if !d.Before(p.spec.today()) {
			continue
		}
		for _, g := range p.goods() {
			out(p.code, d.String(), string(g.item), strconv.Itoa(p.inStore(g, d)), thousandths(g.perDay))
		}
	}
}

// inStore is what is left of some goods on the evening of a day.
func (p *plan) inStore(g goods, d calendar.Date) int {
	if g.perDay == 0 {
		return g.pieces
	}
	return g.perDay * len(p.staff) * (g.days + d.Until(p.spec.today()) - 1) / 1000
}

func thousandths(n int) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }

// paper is a document with the days, from the opening of the section, of its issue and of its expiry; 0 does not expire.
type paper struct {
	kind            string
	issued, expires int
}

func papers() []paper {
	return []paper{
		{"承诺书", -2, 60}, {"疫情防控方案", -3, 0}, {"应急预案", -3, 0}, {"防控专班", -3, 0}, {"应急演练", -1, 0}, {"防疫教育", 1, 0},
		{"分批进场名册", -2, 0}, {"施工许可", -200, 500}, {"监督备案", -190, 0}, {"食品经营许可", -150, 900}, {"健康证", -60, 200},
		{"起重机械检测", -40, 300}, {"危大工程专项方案", -50, 0}, {"特种作业证", -300, 600}, {"三级教育", 1, 0}, {"复工第一课", 1, 0},
		{"三方自查", -1, 0}, {"监理检查记录", 2, 0},
	}
}

func (p *plan) documentRows(out sink) {
	if p.trouble == nothingKnown {
		return
	}
	for _, one := range papers() {
		issued := p.opened.Add(one.issued)
		switch {
		case p.trouble == papersMissing && (one.kind == "承诺书" || one.kind == "疫情防控方案"):
			continue
		case p.trouble == drillOverdue && one.kind == "应急演练":
			issued = issued.Add(-90)
		case p.trouble == typhoonUnchecked && one.kind == "起重机械检测":
			issued = issued.Add(-400)
		}
		p.document(out, one, issued)
	}
	if p.occasion != "" && p.trouble == allWell {
		p.document(out, paper{kind: "复工指令"}, p.spec.today().Add(-1))
	}
}

func (p *plan) document(out sink, one paper, issued calendar.Date) {
	expires := ""
	if one.expires > 0 {
		expires = issued.Add(one.expires - one.issued).String()
	}
	out(p.code, one.kind, issued.String(), expires)
}

// answerRows writes the checklist of every complete day, sent in the afternoon.
func (p *plan) answerRows(out sink) {
	if p.trouble == nothingKnown {
		return
	}
	r := chance(p.spec.Seed, chanceAnswers, p.index)
	kept := p.keptRows()
	for _, d := range p.days() {
		sent := d.At(16*time.Hour, p.spec.loc()).Add(time.Duration(300+r.IntN(2700)) * time.Second)
		late := p.trouble == reportsLate && d.Until(p.spec.today()) < 3
		if sent > p.spec.Now || late {
			continue
		}
		figures := p.figures(kept, d, sent)
		for _, item := range checklist.On(d).Items {
			p.answer(item, figures, func(code, answer, remark string) {
				out(p.code, d.String(), p.clock(sent), code, answer, remark)
			})
		}
	}
}

// answer is what the manager says to an item: a word, or its numbers one by one; an older form asks for one of them only.
func (p *plan) answer(item checklist.Item, figures map[string]string, out func(code, answer, remark string)) {
	no := p.refused(item.Code)
	switch {
	case no != "":
		out(item.Code, "否", no)
	case len(item.Figures) > 0:
		for _, f := range item.Figures {
			if n, counted := figures[f.Code]; counted {
				out(f.Code, n, "")
			}
		}
	case item.Code == "D2" || item.Input.Has(checklist.Words):
		out(item.Code, "不适用", "无")
	case item.Input.Has(checklist.YesNo):
		out(item.Code, "是", "")
	default:
		out(item.Code, figures[checklist.Lead(item.Code)], "")
	}
}

func (p *plan) counted(at calendar.Instant, which func(person) bool) int {
	n := 0
	for _, one := range p.staff {
		if one.here(at) && which(one) {
			n++
		}
	}
	return n
}

// refused gives what the manager says of an item that is not in order; nothing where it is.
func (p *plan) refused(item string) string {
	until := fmt.Sprintf("%s前完成，负责人%s", p.spec.today().Add(3).Chinese(), p.manager)
	switch {
	case p.trouble == typhoonUnchecked && item == "J1":
		return "塔吊基础积水，待抽排后检测；" + until
	case p.trouble == typhoonUnchecked && item == "J10":
		return "东侧板房抗风拉索待补；" + until
	case p.trouble == accidentOpen && item == "J3":
		return "事故部位临边防护重新搭设；" + until
	case p.trouble == accidentOpen && item == "J11":
		return "尚余两项未销号；" + until
	}
	return ""
}
