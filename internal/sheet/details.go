package sheet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/flag"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// rooms lists every room of the section with who sleeps there, by count and team.
func (c *composer) rooms() Table {
	t := Table{
		Title: "宿舍明细", Note: fmt.Sprintf("共%d间", len(c.Snapshot.Rooms)), Empty: "无房间记录",
		Columns: []Column{
			{Title: "房号", Width: 20}, {Title: "用途", Width: 13, Align: Centre}, {Title: "面积㎡", Width: 16, Align: Centre},
			{Title: "床位", Width: 13, Align: Centre}, {Title: "住宿数", Width: 14, Align: Centre}, {Title: "人均㎡", Width: 16, Align: Centre},
			{Title: "标段、班组", Width: 42}, {Title: "异常", Width: 36},
		},
	}
	wrong := c.wrongWith(criteria.Room)
	stays := map[housing.RoomID][]roster.WorkerID{}
	for _, s := range c.Snapshot.Stays {
		if s.Holds(c.Report.At) {
			stays[s.RoomID] = append(stays[s.RoomID], s.WorkerID)
		}
	}
	for i := range c.Snapshot.Rooms {
		r := &c.Snapshot.Rooms[i]
		t.Rows = append(t.Rows, c.roomRow(r, stays[r.ID], wrong[flag.Key(criteria.Subject{Kind: criteria.Room, ID: int64(r.ID)})]))
	}
	return t
}

func (c *composer) roomRow(r *housing.Room, people []roster.WorkerID, wrong string) Row {
	use := r.Use
	if use == "" {
		use = housing.Dormitory
	}
	share := ""
	if len(people) > 0 && r.AreaCM2 > 0 {
		share = squareMetres(r.AreaCM2 / int64(len(people)))
	}
	area := ""
	if r.AreaCM2 > 0 {
		area = squareMetres(r.AreaCM2)
	}
	row := cells(joined(" ", r.Building, r.Number), string(use), area, fmt.Sprint(r.Beds), fmt.Sprint(len(people)), share, c.lodgers(people), wrong)
	row.Cells[7].Strong = wrong != ""
	return row
}

// squareMetres writes an area with two digits, cut off and not rounded: 2.499 must not read as the 2.50 that is asked for.
func squareMetres(cm2 int64) string {
	return fmt.Sprintf("%d.%02d", cm2/10_000, cm2%10_000/100)
}

// lodgers writes the teams of those who share a room, and the section of those who belong to another one.
func (c *composer) lodgers(people []roster.WorkerID) string {
	counts := map[string]int{}
	for _, id := range people {
		e, known := c.people[id]
		switch {
		case !known:
			counts["未登记"]++
		case e.SectionID != c.Section.ID:
			counts[joined(" ", c.sectionCode(e.SectionID), e.Team)]++
		default:
			counts[orSlash(e.Team)]++
		}
	}
	var parts []string
	for _, team := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s%d人", team, counts[team]))
	}
	return strings.Join(parts, "、")
}

func (c *composer) sectionCode(id site.SectionID) string {
	if code := c.Snapshot.SectionCodes[id]; code != "" {
		return code
	}
	return "其他标段"
}

// wrongWith collects, by the key of each subject of a kind, what is not in order with it, but for what concerns everyone.
func (c *composer) wrongWith(k criteria.Kind) map[string]string {
	wrong := map[string]string{}
	for i := range c.Report.Findings {
		f := &c.Report.Findings[i]
		if inOrder(f) || concernsAll(&c.Report, f) || c.veil != nil && sensitive(f.Code) {
			continue
		}
		for _, s := range f.Subjects {
			if s.Kind != k {
				continue
			}
			observed := c.veil.phrase(s.Observed)
			if limit := c.veil.phrase(s.Limit); limit != "" && k == criteria.Area {
				observed += "（标准" + limit + "）"
			}
			key := flag.Key(s)
			wrong[key] = joined("；", wrong[key], joined("：", c.title(f.Code), observed))
		}
	}
	return wrong
}

// disinfections lists the areas that were not disinfected as they have to be, each once with all that is missing.
func (c *composer) disinfections() Table {
	t := Table{
		Title: "消杀缺漏明细", Note: fmt.Sprintf("登记区域共%d处", len(c.Snapshot.Areas)), Empty: "无缺漏",
		Columns: []Column{
			{Title: "区域编号", Width: 20}, {Title: "区域名称", Width: 36}, {Title: "类型", Width: 13, Align: Centre},
			{Title: "缺漏", Width: 71}, {Title: "最近消毒", Width: 30},
		},
	}
	if len(c.Snapshot.Areas) == 0 {
		t.Empty = "无消毒区域记录"
	}
	last := map[disinfection.AreaID]calendar.Instant{}
	for _, e := range c.Snapshot.Disinfections {
		if e.At <= c.Report.At {
			last[e.AreaID] = max(last[e.AreaID], e.At)
		}
	}
	wrong := c.wrongWith(criteria.Area)
	for _, a := range c.Snapshot.Areas {
		if missing := wrong[flag.Key(criteria.Subject{Kind: criteria.Area, ID: int64(a.ID)})]; missing != "" {
			t.Rows = append(t.Rows, cells(a.Code, a.Name, string(a.Kind), missing, orElse(c.minute(last[a.ID]), "无记录")))
		}
	}
	return t
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// exceptions lists the people with exceptions, each once with all that is not in order; for the internal copy alone.
func (c *composer) exceptions() Table {
	wrong := c.wrongWith(criteria.Worker)
	t := Table{
		Title: "人员异常明细", Note: fmt.Sprintf("共%d人", len(wrong)), Empty: "无异常人员",
		Columns: []Column{
			{Title: "序号", Width: 10, Align: Centre}, {Title: "姓名", Width: 22}, {Title: "证件号码", Width: 34}, {Title: "班组", Width: 17},
			{Title: "工种", Width: 15}, {Title: "房间", Width: 14}, {Title: "异常事项", Width: 58},
		},
	}
	if general := c.general(); general != "" {
		t.Note = fmt.Sprintf("另有个别异常%d人", len(wrong))
		t.Rows = append(t.Rows, Row{Heading: "全体在场人员均未达：" + general})
	}
	for i, s := range c.exceptional() {
		trade := ""
		if e := c.people[roster.WorkerID(s.ID)]; e != nil {
			trade = e.Trade
		}
		number := c.number(roster.WorkerID(s.ID))
		t.Rows = append(t.Rows, cells(fmt.Sprint(i+1), s.Name, number, s.Team, trade, s.Room, wrong[flag.Key(s)]))
	}
	return t
}

// general names what everyone of a large section is wanting in.
func (c *composer) general() string {
	var titles []string
	for i := range c.Report.Findings {
		if f := &c.Report.Findings[i]; !inOrder(f) && concernsAll(&c.Report, f) {
			titles = append(titles, c.title(f.Code))
		}
	}
	return strings.Join(titles, "、")
}

// exceptional gives the people who are subjects of what is not in order but not of everyone, each once, by team and room, as they are met on the site.
func (c *composer) exceptional() []criteria.Subject {
	seen := map[string]bool{}
	var people []criteria.Subject
	for i := range c.Report.Findings {
		f := &c.Report.Findings[i]
		if inOrder(f) || concernsAll(&c.Report, f) {
			continue
		}
		for _, s := range f.Subjects {
			if key := flag.Key(s); s.Kind == criteria.Worker && !seen[key] {
				seen[key] = true
				people = append(people, s)
			}
		}
	}
	slices.SortStableFunc(people, func(a, b criteria.Subject) int {
		return cmp.Or(strings.Compare(a.Team, b.Team), strings.Compare(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
	})
	return people
}
