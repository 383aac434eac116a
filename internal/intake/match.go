package intake

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"fugong/internal/fault"
	"fugong/internal/locale"
)

// Match finds the columns of a register in a sheet: the header below any titles, the rows below it without totals, footers and
// blank rows. It gives a fault.Invalid, naming file, sheet, the header found and the columns wanted, when a required column
// is missing.
func Match(s Sheet, columns []Column) (Table, error) {
	c := newClaims(columns)
	h := c.find(s.lines)
	if missing := c.missing(h); len(missing) > 0 {
		return Table{}, missingColumns(s, columns, h, missing)
	}
	shared, found := &layout{columns: columns, at: map[string]int{}, given: map[string]string{}}, h.names(columns)
	for i, at := range h.at {
		switch {
		case at >= 0:
			shared.at[columns[i].Name] = at
		case columns[i].Given != "":
			shared.given[columns[i].Name] = columns[i].Given
			found = append(found, Found{columns[i].Name, columns[i].Given})
		}
	}
	b := body{sheet: s, header: h, layout: shared}
	return Table{Sheet: s.Name, Rows: b.rows(), Header: h.texts, Found: found, Unknown: h.unknown()}, nil
}

// MatchAll finds the columns of a register in each sheet of a file. Sheets that are something else (a cover, notes) are
// passed over and named among the Unknown of the first table, as long as one sheet is right. A heading that several sheets
// have is Unknown to the first of them only.
func MatchAll(sheets []Sheet, columns []Column) ([]Table, error) {
	var tables []Table
	var passed []string
	var faults []error
	named := map[string]bool{}
	for _, s := range sheets {
		if len(s.lines) == 0 {
			continue
		}
		t, err := Match(s, columns)
		switch {
		case err == nil:
			t.Unknown = slices.DeleteFunc(t.Unknown, func(name string) bool { return named[name] })
			for _, name := range t.Unknown {
				named[name] = true
			}
			tables = append(tables, t)
		case resembles(s, columns):
			return nil, err
		default:
			passed = append(passed, "工作表："+s.Name)
			faults = append(faults, err)
		}
	}
	if len(tables) == 0 {
		if len(faults) > 0 {
			return nil, faults[0]
		}
		return nil, fault.New(fault.Invalid, "文件“%s”里没有内容", fileOf(sheets))
	}
	tables[0].Unknown = append(tables[0].Unknown, passed...)
	return tables, nil
}

func fileOf(sheets []Sheet) string {
	if len(sheets) == 0 {
		return ""
	}
	return sheets[0].File
}

// resembles reports whether a sheet is meant to hold the register although a required column is missing.
func resembles(s Sheet, columns []Column) bool {
	c := newClaims(columns)
	h := c.find(s.lines)
	return h.found > 1 && 2*h.required >= h.required+len(c.missing(h))
}

func (c claims) missing(h header) []string {
	var names []string
	for i, column := range c.columns {
		if column.Required && column.Given == "" && (h.at == nil || h.at[i] < 0) {
			names = append(names, column.Name)
		}
	}
	return names
}

func missingColumns(s Sheet, columns []Column, h header, missing []string) error {
	where := locale.Say("文件“%s”", s.File)
	if s.Name != "" {
		where = locale.Say("文件“%s”工作表“%s”", s.File, s.Name)
	}
	wanted := slices.DeleteFunc(slices.Clone(columns), func(c Column) bool { return !c.Required })
	need := strings.Join(Names(wanted), "、")
	if h.found == 0 {
		return fault.New(fault.Invalid, "%s前%d行里没有找到表头；需要的列：%s", where, headerDepth, need)
	}
	found := slices.DeleteFunc(slices.Clone(h.texts), func(t string) bool { return t == "" })
	return fault.New(fault.Invalid, "%s缺少列：%s；第%d行的表头是：%s；需要的列：%s",
		where, strings.Join(missing, "、"), s.lines[h.last].number, strings.Join(found, "、"), need)
}

// body reads the lines below a header.
type body struct {
	sheet  Sheet
	header header
	layout *layout
	held   map[int]held // by column, what a merged cell above still says
}

type held struct {
	cell Cell
	to   int
}

func (b *body) rows() []Row {
	lines := b.sheet.lines[min(b.header.last+1, len(b.sheet.lines)):]
	rows := make([]Row, 0, len(lines))
	merges := slices.SortedFunc(slices.Values(b.sheet.merges), func(x, y merge) int { return cmp.Compare(x.from, y.from) })
	for _, l := range lines {
		if b.blank(l) || b.repeatsHeader(l) || holdsUnits(l) || b.isFooter(l) {
			continue
		}
		merges = b.hold(l, merges)
		rows = append(rows, Row{Sheet: b.sheet.Name, Line: l.number, cells: b.fill(l), layout: b.layout})
	}
	return rows
}

// blank reports whether none of the known columns holds anything: a form's numbered rows that were never filled in are blank.
func (b *body) blank(l line) bool {
	for _, at := range b.header.at {
		if l.cell(at).Text != "" {
			return false
		}
	}
	return true
}

// repeatsHeader recognises the header printed again at the top of a page.
func (b *body) repeatsHeader(l line) bool {
	for _, at := range b.header.at {
		if at >= 0 && l.cell(at).Text != b.header.texts[at] {
			return false
		}
	}
	return true
}

// holdsUnits recognises a row of units or hints in brackets, which some forms have under the header.
func holdsUnits(l line) bool {
	return !slices.ContainsFunc(l.cells, func(c Cell) bool { return c.Text != "" && !strings.HasPrefix(Fold(c.Text), "(") })
}

// hold takes up the merged cells that begin at a line.
func (b *body) hold(l line, merges []merge) []merge {
	for len(merges) > 0 && merges[0].from <= l.number {
		if m := merges[0]; m.from == l.number {
			if b.held == nil {
				b.held = map[int]held{}
			}
			b.held[m.column] = held{cell: l.cell(m.column), to: m.to}
		}
		merges = merges[1:]
	}
	return merges
}

// fill puts into a line what merged cells above say of it.
func (b *body) fill(l line) []Cell {
	cells := l.cells
	for column, h := range b.held {
		if l.number > h.to {
			delete(b.held, column)
			continue
		}
		if l.cell(column).Text != "" {
			continue
		}
		cells = slices.Clone(cells)
		for len(cells) <= column {
			cells = append(cells, Cell{})
		}
		cells[column] = h.cell
		l.cells = cells
	}
	return cells
}

// isFooter recognises totals and signatures below the table. A row that begins with a total's word is one, whatever else it
// sums up. Words such as 备注 or 审核 may begin a real row too, so such a row must also lack half of what a row needs: a real
// row that lacks only its ID stays, and is reported as MISSING.
func (b *body) isFooter(l line) bool {
	first := slices.IndexFunc(l.cells, func(c Cell) bool { return c.Text != "" })
	text := l.cells[first].Text
	if isTotal(text) {
		return true
	}
	if !isSignature(text) {
		return false
	}
	required, filled := 0, 0
	for i, at := range b.header.at {
		if !b.layout.columns[i].Required || at == first {
			continue
		}
		required++
		if l.cell(at).Text != "" {
			filled++
		}
	}
	return 2*filled < required || filled == 0
}

// isTotal knows the words of a total: alone, or followed by a number or a colon.
func isTotal(text string) bool {
	folded := Fold(text)
	for _, word := range []string{"合计", "总计", "小计", "共计", "累计", "本页小计", "本页合计", "total", "Total", "TOTAL"} {
		rest, ok := strings.CutPrefix(folded, word)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], ":0123456789(") || strings.HasPrefix(rest, "人") || strings.HasPrefix(rest, "数")) {
			return true
		}
	}
	return false
}

// isSignature knows the words by which the lines under a table begin.
func isSignature(text string) bool {
	folded := strings.TrimLeftFunc(Fold(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []string{
		"填表", "填报", "制表", "制单", "编制", "审核", "审批", "审定", "复核", "核对", "负责人", "项目负责人", "项目经理", "经办", "记录人", "统计", "签字",
		"签名", "签章", "盖章", "公章", "备注", "注:", "注1", "说明", "联系人", "联系电话", "打印", "导出", "数据截止", "以上", "第1页", "共", "单位", "日期",
	} {
		if strings.HasPrefix(folded, word) {
			return true
		}
	}
	return false
}
