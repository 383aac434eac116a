package sheet

import (
	"fmt"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/roster"
)

// rowsOfFinding bounds how many subjects of one criterion the list of what blocks names; the tables of details have them all.
const rowsOfFinding = 20

// internalBlocking lists what blocks, a row for each subject.
func (c *composer) internalBlocking() Table {
	t := Table{
		Title: "阻断项清单", Note: fmt.Sprintf("共%d项", len(c.blocking)), Empty: "无阻断项",
		Columns: []Column{
			{Title: "序号", Width: 9, Align: Centre}, {Title: "检查项", Width: 23}, {Title: "标准", Width: 19}, {Title: "实测", Width: 32},
			{Title: "对象", Width: 33}, {Title: "班组", Width: 15}, {Title: "房间", Width: 13}, {Title: "依据", Width: 26},
		},
	}
	for _, f := range c.blocking {
		t.Rows = append(t.Rows, c.blockingRows(len(t.Rows), f)...)
	}
	return t
}

// blockingRows writes a finding that blocks, numbered on from those before. Its basis stands in its first row.
func (c *composer) blockingRows(before int, f *criteria.Finding) []Row {
	subjects := f.Subjects
	if len(subjects) == 0 {
		subjects = []criteria.Subject{{Kind: criteria.Section}}
	}
	if concernsAll(&c.Report, f) {
		return []Row{c.summaryRow(before+1, f, fmt.Sprintf("全体%d人", len(f.Subjects)))}
	}
	var rows []Row
	for i, s := range subjects {
		if i == rowsOfFinding {
			rest := fmt.Sprintf("另有%d%s，见%s", len(subjects)-i, counted(s.Kind), detailsOf(s.Kind))
			return append(rows, c.summaryRow(before+i+1, f, rest))
		}
		row := c.blockingRow(before+i+1, f, s)
		if i > 0 {
			row.Cells[7].Text = "同上"
		}
		rows = append(rows, row)
	}
	return rows
}

// concernsAll reports whether a finding is about everyone of a large section, so that naming them would say nothing.
func concernsAll(r *criteria.Report, f *criteria.Finding) bool {
	if len(f.Subjects) <= rowsOfFinding || len(f.Subjects) < r.Headcount {
		return false
	}
	return !slices.ContainsFunc(f.Subjects, func(s criteria.Subject) bool { return s.Kind != criteria.Worker })
}

func (c *composer) blockingRow(n int, f *criteria.Finding, s criteria.Subject) Row {
	limit, observed := s.Limit.String(), s.Observed.String()
	if observed == "" {
		observed = joined("，", f.Observed.String(), f.Reason.String())
	}
	if since := c.sinceOf(f, s); since != 0 && since <= c.Report.At {
		observed += "\n自" + c.shortMinute(since) + "起"
	}
	row := cells(fmt.Sprint(n), c.title(f.Code), orElse(limit, f.Required.String()), observed, c.object(s), s.Team, roomOf(s), c.basis[f.Code])
	row.Cells[1].Strong = true
	return row
}

// summaryRow writes a finding as a whole, about an object that stands for many.
func (c *composer) summaryRow(n int, f *criteria.Finding, object string) Row {
	observed := joined("，", f.Observed.String(), f.Reason.String())
	row := cells(fmt.Sprint(n), c.title(f.Code), f.Required.String(), observed, object, "", "", c.basis[f.Code])
	row.Cells[1].Strong = true
	return row
}

// shortMinute leaves out the year of the verdict: 05-06 07:00.
func (c *composer) shortMinute(at calendar.Instant) string {
	return strings.TrimPrefix(c.minute(at), c.Report.At.In(c.Loc).Format("2006-"))
}

func counted(k criteria.Kind) string {
	switch k {
	case criteria.Worker:
		return "人"
	case criteria.Room:
		return "间"
	case criteria.Area:
		return "处"
	}
	return "项"
}

func detailsOf(k criteria.Kind) string {
	switch k {
	case criteria.Room:
		return "宿舍明细"
	case criteria.Area:
		return "消杀缺漏明细"
	}
	return "人员异常明细"
}

// object says who or what a row is about: a person with the masked number of his document.
func (c *composer) object(s criteria.Subject) string {
	switch s.Kind {
	case criteria.Worker:
		return joined("\n", s.Name, c.number(roster.WorkerID(s.ID)))
	case criteria.Item:
		return item(s.Name)
	case criteria.Section, "":
		return "本标段"
	}
	return s.Name
}

// item writes a line of the checklist with its code, and any other thing as it is named.
func item(name string) string {
	if it, known := checklist.Find(name); known {
		return it.Code + " " + it.Text
	}
	return name
}

// number gives a document number as it may be printed. Whoever hands over only the last four gets only those.
func (c *composer) number(id roster.WorkerID) string {
	number := c.Numbers[id]
	if len([]rune(number)) == 4 {
		return "尾号" + number
	}
	return number
}

func roomOf(s criteria.Subject) string {
	if s.Kind == criteria.Room {
		return s.Name
	}
	return s.Room
}

// postedBlocking lists what blocks, a row for each criterion: how many, and who by masked name.
func (c *composer) postedBlocking() Table {
	t := Table{
		Title: "阻断项清单", Note: fmt.Sprintf("共%d项", len(c.blocking)), Empty: "无阻断项",
		Columns: []Column{
			{Title: "序号", Width: 10, Align: Centre}, {Title: "检查项", Width: 34}, {Title: "标准", Width: 34}, {Title: "涉及", Width: 18, Align: Centre},
			{Title: "对象", Width: 44}, {Title: "依据", Width: 30},
		},
	}
	for i, f := range c.blocking {
		row := cells(fmt.Sprint(i+1), c.title(f.Code), c.veil.phrase(f.Required), c.involved(f), c.postedObjects(f), c.basis[f.Code])
		row.Cells[1].Strong = true
		t.Rows = append(t.Rows, row)
	}
	return t
}

// involved counts the subjects of a finding by kind: 3人、2间.
func (c *composer) involved(f *criteria.Finding) string {
	counts := map[string]int{}
	var order []string
	for _, s := range f.Subjects {
		unit := counted(s.Kind)
		if counts[unit] == 0 {
			order = append(order, unit)
		}
		counts[unit]++
	}
	for i, unit := range order {
		order[i] = fmt.Sprintf("%d%s", counts[unit], unit)
	}
	return strings.Join(order, "、")
}

func (c *composer) postedObjects(f *criteria.Finding) string {
	var people []criteria.Subject
	var parts []string
	for _, s := range f.Subjects {
		switch {
		case s.Kind == criteria.Worker:
			people = append(people, s)
		case sensitive(f.Code): // the room of someone who is ill would name him
		case s.Kind == criteria.Item:
			parts = append(parts, c.veil.text(item(s.Name)))
		case s.Kind != criteria.Section:
			parts = append(parts, c.veil.text(s.Name))
		}
	}
	if len(people) > 0 {
		parts = append(parts, c.veil.people(f, people))
	}
	return strings.Join(parts, "、")
}

// groups are the parts of the table of checks, in the order of the paper.
var groups = []criteria.Group{
	criteria.Organisation, criteria.People, criteria.Loop, criteria.Housing, criteria.Disinfection,
	criteria.Canteen, criteria.Supplies, criteria.Emergency, criteria.Safety,
}

var numerals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九"}

// checks lists every criterion by group: what the system found, and beside it the empty columns for what is found on the site.
func (c *composer) checks() Table {
	t := Table{
		Title: "检查项表", Note: "“系统判定”依登记数据；“现场核查”由核查人填写", Least: 8.4,
		Columns: []Column{
			{Title: "序号", Width: 10, Align: Centre}, {Title: "检查内容", Width: 36}, {Title: "系统判定", Width: 15, Align: Centre},
			{Title: "数据依据", Width: 44}, {Title: "现场核查", Width: 41, Align: Centre}, {Title: "备注/照片号", Width: 24, Pen: true},
		},
	}
	if c.Copy == Posted {
		t.Note, t.Columns = "", []Column{
			{Title: "序号", Width: 12, Align: Centre}, {Title: "检查内容", Width: 56}, {Title: "系统判定", Width: 18, Align: Centre}, {Title: "数据依据", Width: 84},
		}
	}
	for i, g := range groups {
		t.Rows = append(t.Rows, c.checksOf(i, g)...)
	}
	return t
}

func (c *composer) checksOf(index int, g criteria.Group) []Row {
	rows := []Row{{}}
	failed, warned := 0, 0
	for i := range c.Report.Findings {
		f := &c.Report.Findings[i]
		if c.groupOf(f.Code) != g {
			continue
		}
		switch {
		case blocks(f):
			failed++
		case warns(f):
			warned++
		}
		row := cells(fmt.Sprintf("%d.%d", index+1, len(rows)), c.title(f.Code), judged(f), c.evidence(f), "☐符合  ☐不符合  ☐不适用", "")
		row.Cells[2].Strong = !inOrder(f)
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		return nil
	}
	rows[0].Heading = fmt.Sprintf("%s、%s（%d项：阻断%d，预警%d）", numerals[index], g, len(rows)-1, failed, warned)
	return rows
}

// groupOf gives the group of a criterion; one that the program no longer has is put with the people.
func (c *composer) groupOf(code criteria.Code) criteria.Group {
	if k, known := c.titles[code]; known {
		return k.Group
	}
	return criteria.People
}

// judged is the word for what the system found. What does not decide the verdict is a hint (提示).
func judged(f *criteria.Finding) string {
	switch {
	case f.Status == criteria.Pass:
		return "符合"
	case f.Status == criteria.NotApplicable:
		return "不适用"
	case f.Status == criteria.Unknown:
		return "无记录"
	case f.Severity == policy.Info:
		return "提示"
	case blocks(f):
		return "不符合"
	}
	return "预警"
}

func (c *composer) evidence(f *criteria.Finding) string {
	text := joined("；", c.veil.phrase(f.Observed), c.veil.phrase(f.Reason))
	if c.veil != nil && sensitive(f.Code) {
		text = c.involved(f)
	}
	if required := c.veil.phrase(f.Required); required != "" {
		text = joined("", text, "（标准："+required+"）")
	}
	return text
}
