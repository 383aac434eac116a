package sheet

import (
	"fmt"
	"strings"
)

// opening writes what stands above all tables: title and number, the summary strip, and what the section is.
func (l *layout) opening() {
	l.title()
	l.strip()
	l.facts()
}

// boxWidth is how wide the box with the number is, on the right of the title.
const boxWidth = 43.0

// title writes the title in the middle and the number in a box on the right, with the code under it on an issued paper.
func (l *layout) title() {
	s := l.sheet
	l.place = place{block: "标题"}
	title := titleStyle
	if s.Copy == Posted {
		title.size = 15 // its longer title has to keep clear of the box
	}
	l.putAligned(leftEdge, l.y, fullWidth, 9, l.single(s.Title, true), Centre, title)
	side := boxWidth + 4
	below := l.paragraph(leftEdge+side, l.y+9.5, fullWidth-2*side, s.Heading, Centre, leadMore)
	height := l.numberBox()
	if s.Issue != nil {
		below += l.issued(l.y + 9.5 + below + 2)
	}
	l.y += max(height, 9.5+below+2) + 3
}

// numberBox writes the number and what proves it, or that nothing does, and gives the height of the box.
func (l *layout) numberBox() float64 {
	const x = rightEdge - boxWidth
	l.place.column = "编号"
	l.putAligned(x, l.y+0.8, boxWidth, 4, "编号", Centre, smallStyle)
	height := 5.2 + l.paragraph(x+1.5, l.y+5.2, boxWidth-3, orSlash(l.sheet.Number), Centre, strongStyle)
	if issue := l.sheet.Issue; issue == nil {
		height += l.paragraph(x, l.y+height+0.4, boxWidth, draft, Centre, strongStyle) + 1
	} else {
		height += l.code(x, l.y+height+1.5, issue.Link)
		height += l.paragraph(x+1, l.y+height+0.5, boxWidth-2, issue.Host, Centre, strongStyle) + 1.5
	}
	l.place.column = ""
	l.frame(x, l.y, boxWidth, height, thin)
	return height
}

func orSlash(text string) string {
	if text == "" {
		return "/"
	}
	return text
}

// strip writes the summary: the verdict large on the left, beside it what the sheet says first, and the figures underneath.
func (l *layout) strip() {
	const verdictWidth = 40.0
	l.place = place{block: "总判定"}
	top, x := l.y, leftEdge+verdictWidth+3
	w := rightEdge - x - 2
	height := 2.4
	for i, text := range l.sheet.Lead {
		s := leadMore
		if i == 0 {
			s = leadStyle
		}
		height += l.paragraph(x, top+height, w, text, Left, s) + 0.6
	}
	height = max(height+1.4, 22)
	l.putAligned(leftEdge, top+1.2, verdictWidth, 5, "总判定", Centre, marginStyle)
	l.putAligned(leftEdge, top+5, verdictWidth, height-10, l.single(l.sheet.Verdict, true), Centre, verdictStyle)
	l.putAligned(leftEdge, top+height-5, verdictWidth, 4, l.single("判定于 "+orSlash(l.sheet.JudgedAt), false), Centre, smallStyle)
	l.line(leftEdge+verdictWidth, top, 0, height, thin)
	l.y += height
	l.tiles()
	l.frame(leftEdge, top, fullWidth, l.y-top, thick)
	l.y += 3
}

func (l *layout) tiles() {
	n := len(l.sheet.Tiles)
	if n == 0 {
		return
	}
	top, w := l.y, fullWidth/float64(n)
	l.line(leftEdge, top, fullWidth, 0, thin)
	height := 0.0
	for i, t := range l.sheet.Tiles {
		x := leftEdge + float64(i)*w
		l.place.column = t.Label
		l.putAligned(x, top+1.4, w, 4, l.single(t.Label, false), Centre, marginStyle)
		l.putAligned(x, top+5.4, w, 7, l.single(t.Value, true), Centre, valueStyle)
		height = max(height, 13+l.paragraph(x+1, top+12.6, w-2, t.Note, Centre, smallStyle))
	}
	height += 1
	for i := 1; i < n; i++ {
		l.line(leftEdge+float64(i)*w, top, 0, height, thin)
	}
	l.place.column = ""
	l.y += height
}

// facts writes what the section is, in two columns.
func (l *layout) facts() {
	const label, value = 22.0, fullWidth/2 - 22.0
	l.place = place{block: "基本情况"}
	top := l.y
	facts := l.sheet.Facts
	for len(facts) > 0 {
		n := min(2, len(facts))
		height := l.factRow(facts[:n], label, value)
		for i := range n {
			l.line(leftEdge+float64(i)*fullWidth/2+label, l.y, 0, height, thin)
		}
		l.y += height
		l.line(leftEdge, l.y, fullWidth, 0, thin)
		facts = facts[n:]
	}
	l.line(leftEdge+fullWidth/2, top, 0, l.y-top, thin)
	l.frame(leftEdge, top, fullWidth, l.y-top, thick)
	l.y += blockGap
}

func (l *layout) factRow(facts []Fact, label, value float64) float64 {
	height := 0.0
	for _, f := range facts {
		l.place.column = f.Label
		lines := len(l.wrap(orSlash(f.Value), value-2*padX, bodyStyle))
		height = max(height, float64(lines)*bodyStyle.lineHeight()+2.4)
	}
	for i, f := range facts {
		x := leftEdge + float64(i)*fullWidth/2
		l.shade(x, l.y, label, height)
		l.putAligned(x+padX, l.y, label-2*padX, height, l.single(f.Label, false), Left, bodyStyle)
		lines := l.wrap(orSlash(f.Value), value-2*padX, bodyStyle)
		step := bodyStyle.lineHeight()
		first := l.y + (height-float64(len(lines))*step)/2
		for k, line := range lines {
			l.put(x+label+padX, first+float64(k)*step, step, line, bodyStyle)
		}
	}
	l.place.column = ""
	return height
}

// pictures leaves boxes for photographs and for a sketch of the site.
func (l *layout) pictures() {
	const gap, height = 4.0, 42.0
	w := (fullWidth - 2*gap) / 3
	l.need(titleSpace + 2*(height+gap))
	l.blockTitle("现场照片", "粘贴照片或填写照片编号")
	for i := range 6 {
		x := leftEdge + float64(i%3)*(w+gap)
		l.frame(x, l.y, w, height, thin)
		l.put(x+padX, l.y+height-6, 5, fmt.Sprintf("照片%d：", i+1), marginStyle)
		if i%3 == 2 {
			l.y += height + gap
		}
	}
	l.y += blockGap - gap
	const least, most = 70.0, 130.0
	l.need(titleSpace + least)
	l.blockTitle("平面示意", "标明出入口、隔离点、应急处置区")
	sketch := min(most, max(least, bottomEdge-l.y))
	l.frame(leftEdge, l.y, fullWidth, sketch, thin)
	l.put(rightEdge-12, l.y+2, 5, "北 ↑", marginStyle)
	l.y += sketch + blockGap
}

func (l *layout) blockTitle(title, note string) {
	l.put(leftEdge, l.y, titleSpace-1.5, title, blockStyle)
	l.put(rightEdge-l.width(note, smallStyle), l.y, titleSpace-1.5, note, smallStyle)
	l.y += titleSpace - 1.5
}

// conclusion is what is decided on the site: the three choices, the signatures, and room for the stamp. It stays on one page
// and takes what is left of it for the opinion.
func (l *layout) conclusion() {
	const choices, row, least, most = 24.0, 13.0, 24.0, 70.0
	rows := [][2]string{{"核查人（一）", "执法证号"}, {"核查人（二）", "执法证号"}, {"施工单位项目负责人", "日期"},
		{"监理单位总监", "日期"}, {"建设单位项目负责人", "日期"}, {"街道（社区）", "日期"}}
	signatures := row * float64(len(rows))
	l.need(titleSpace + choices + least + signatures)
	l.blockTitle("核查结论", "由核查人现场认定；系统判定仅供参考")
	top := l.y
	for i, text := range []string{"☐ 符合，同意复工", "☐ 基本符合，限＿＿＿＿日内整改", "☐ 不符合，不予复工"} {
		l.put(leftEdge+3, top+1.5+float64(i)*7, 7, text, signStyle)
	}
	l.line(leftEdge, top+choices, fullWidth, 0, thin)
	l.put(leftEdge+3, top+choices+1, 6, "核查意见：", signStyle)
	l.y = top + choices
	l.y += min(most, max(least, bottomEdge-l.y-signatures-blockGap))
	l.line(leftEdge, l.y, fullWidth, 0, thin)
	l.signatures(rows, row)
	l.stamp(signatures)
	l.y += signatures
	l.frame(leftEdge, top, fullWidth, l.y-top, thick)
	l.y += blockGap
}

const stampWidth = 50.0

func (l *layout) signatures(rows [][2]string, row float64) {
	const name, hand, second = 36.0, 38.0, 18.0
	end := rightEdge - stampWidth
	for i, labels := range rows {
		y := l.y + float64(i)*row
		l.put(leftEdge+padX, y, row, labels[0], bodyStyle)
		l.put(leftEdge+name+hand+padX, y, row, labels[1], bodyStyle)
		if i > 0 {
			l.line(leftEdge, y, end-leftEdge, 0, thin)
		}
	}
	height := row * float64(len(rows))
	for _, x := range []float64{leftEdge + name, leftEdge + name + hand, leftEdge + name + hand + second, end} {
		l.line(x, l.y, 0, height, thin)
	}
}

// stamp leaves the room a round seal of 42 mm needs, with the date under it, as the seal goes over the date.
func (l *layout) stamp(height float64) {
	x := rightEdge - stampWidth
	l.putAligned(x, l.y+2, stampWidth, 5, "核查单位", Centre, bodyStyle)
	l.putAligned(x, l.y+height/2-4, stampWidth, 6, "（公章）", Centre, style{10, false, softText})
	l.putAligned(x, l.y+height-8, stampWidth, 6, "年　　月　　日　　时　　分", Centre, bodyStyle)
}

// postedEnd closes the posted copy: what it is and is not, whom to ask, and room for the stamp.
func (l *layout) postedEnd() {
	const height = 50.0
	l.need(height)
	x := rightEdge - stampWidth
	top := l.y + 3
	for _, text := range []string{
		"说明：", "1. 系统判定依截止时间前登记的数据作出，是否准予复工以核查结论为准。",
		"2. 本表不列证件号码、联系电话和个人健康信息，姓名作遮盖处理。",
		"公示期：　　　　年　　月　　日 至 　　　　年　　月　　日", "咨询、反映电话：",
	} {
		top += l.paragraph(leftEdge+3, top, x-leftEdge-6, text, Left, leadMore) + 2
	}
	l.line(x, l.y, 0, height, thin)
	l.putAligned(x, l.y+2, stampWidth, 5, "公示单位", Centre, bodyStyle)
	l.putAligned(x, l.y+height/2-3, stampWidth, 6, "（公章）", Centre, style{10, false, softText})
	l.putAligned(x, l.y+height-8, stampWidth, 6, "年　　月　　日", Centre, bodyStyle)
	l.frame(leftEdge, l.y, fullWidth, height, thick)
	l.y += height + blockGap
}

// missingLimit bounds the note: a text of ten thousand unprintable characters must not fill a hundred pages with codes.
const missingLimit = 60

// footnote lists the characters that could not be printed, and where.
func (l *layout) footnote() {
	if len(l.missing) == 0 {
		return
	}
	l.place = place{block: "注"}
	var parts []string
	for _, m := range l.missing {
		codes := m.codes
		more := ""
		if len(codes) > 8 {
			codes, more = codes[:8], fmt.Sprintf(" 等%d个", len(m.codes))
		}
		parts = append(parts, m.place+" "+strings.Join(codes, " ")+more)
		if len(parts) == missingLimit {
			parts = append(parts, fmt.Sprintf("其余%d处从略", len(l.missing)-missingLimit))
			break
		}
	}
	text := "注：“〓”处为字库没有或无法识别的字，编码为：" + strings.Join(parts, "；") + "。"
	step := smallStyle.lineHeight()
	for _, line := range breakLines(nil, text, int(fullWidth/(smallStyle.size*pointMM)*1000), l.fonts.Regular) {
		l.need(step)
		l.put(leftEdge, l.y, step, line, smallStyle)
		l.y += step
	}
}

// margins writes the header and the footer of every page, now that their number is known.
func (l *layout) margins() {
	s := l.sheet
	l.place = place{block: "页眉"}
	header := l.single(s.Title+"　"+s.Heading, false)
	number := l.single("编号 "+orSlash(s.Number), false)
	if s.Issue == nil {
		number = l.single(draft+"　编号 "+orSlash(s.Number), false)
	}
	l.place = place{block: "页脚"}
	source := l.single(fmt.Sprintf("数据截止 %s　打印 %s　打印人 %s　规则 %s",
		orSlash(s.DataAt), orSlash(s.PrintedAt.Minute(l.loc)), orSlash(s.PrintedBy), orSlash(s.Policy)), false)
	number = l.fit(number, fullWidth/2, marginStyle)
	for l.on = range l.pages {
		l.header(header, fmt.Sprintf("%s　%d/%d", number, l.on+1, len(l.pages)))
		l.footer(source, fmt.Sprintf("第%d页 共%d页", l.on+1, len(l.pages)))
	}
}

func (l *layout) header(left, right string) {
	const top, rule = 10.0, 16.5
	width := l.width(right, marginStyle)
	l.put(rightEdge-width, top, 5, right, marginStyle)
	l.put(leftEdge, top, 5, l.fit(left, fullWidth-width-6, marginStyle), marginStyle)
	l.line(leftEdge, rule, fullWidth, 0, thick)
}

func (l *layout) footer(left, right string) {
	const top = 283.0
	l.line(leftEdge, top, fullWidth, 0, thin)
	width := l.width(right, marginStyle)
	l.put(rightEdge-width, top+1, 4.4, right, marginStyle)
	l.put(leftEdge, top+1, 4.4, l.fit(left, fullWidth-width-6, marginStyle), marginStyle)
	l.put(leftEdge, top+5, 4.4, l.single(l.sheet.Caution, true), strongStyle)
	witness := l.single(l.witness(), false)
	l.put(rightEdge-l.width(witness, marginStyle), top+5, 4.4, witness, marginStyle)
}

// fit shortens what does not fit into the margin; the page itself has it in full.
func (l *layout) fit(text string, w float64, s style) string {
	if l.width(text, s) <= w {
		return text
	}
	lines := breakLines(nil, text, int((w-s.size*pointMM)/(s.size*pointMM)*1000), l.face(s.bold))
	return lines[0] + "…"
}
