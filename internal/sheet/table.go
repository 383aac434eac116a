package sheet

// Measures of tables in mm.
const (
	padX       = 1.3
	padY       = 1.3
	titleSpace = 8.5
	blockGap   = 5.0
	headingRow = 6.4
)

// table places a table, page after page.
func (l *layout) table(t *Table) {
	l.place = place{block: t.Title}
	rows := t.Rows
	if len(rows) == 0 {
		rows = []Row{{Heading: orSlash(t.Empty)}}
	}
	head := l.headHeight(t)
	l.need(titleSpace + head + l.together(t, rows))
	g := grid{layout: l, table: t, head: head}
	g.begin(false)
	for i := range rows {
		l.place.row = i + 1
		g.row(rows[i:])
	}
	g.end()
	l.y += blockGap
}

// together is the height of the first of the rows with those that have to stay with it: a heading stays with the row under it.
func (l *layout) together(t *Table, rows []Row) float64 {
	height := 0.0
	for i := range rows {
		if rows[i].Heading == "" {
			return height + min(l.measure(t, &rows[i]), pageRoom)
		}
		height += l.headingHeight(rows[i].Heading)
	}
	return height
}

// pageRoom is what a page has left for rows under the title and the head of a table; a row higher than that is split.
const pageRoom = bottomEdge - topEdge - titleSpace - 16

// measure breaks the cells of a row into lines, which stay in l.cells, and gives its height.
func (l *layout) measure(t *Table, r *Row) float64 {
	most := 1
	for len(l.cells) < len(t.Columns) {
		l.cells = append(l.cells, nil)
	}
	for i, c := range t.Columns {
		text, s := cellText(r, i, c), bodyStyle
		if i < len(r.Cells) && r.Cells[i].Strong {
			s = strongStyle
		}
		l.place.column = c.Title
		l.cells[i] = l.wrapInto(l.cells[i][:0], text, c.Width-2*padX, s)
		most = max(most, len(l.cells[i]))
	}
	l.place.column = ""
	return max(t.Least, float64(most)*bodyStyle.lineHeight()+2*padY)
}

func cellText(r *Row, i int, c Column) string {
	if i < len(r.Cells) && r.Cells[i].Text != "" {
		return r.Cells[i].Text
	}
	if c.Pen {
		return ""
	}
	return "/"
}

func (l *layout) headHeight(t *Table) float64 {
	most := 1
	for _, c := range t.Columns {
		most = max(most, len(l.wrap(c.Title, c.Width-2*padX, strongStyle)))
	}
	return float64(most)*strongStyle.lineHeight() + 2*padY
}

// grid draws one table: rows between two rules, columns between rules that headings interrupt.
type grid struct {
	*layout
	table   *Table
	head    float64
	top     float64 // of the part on this page
	columns float64 // from where on the rules between the columns are still to be drawn
}

// begin writes title and head, on the first page or on a further one.
func (g *grid) begin(again bool) {
	title := g.single(g.table.Title, true)
	if again {
		title += "（续）"
	}
	g.put(leftEdge, g.y, titleSpace-1.5, title, blockStyle)
	if g.table.Note != "" && !again {
		note := g.single(g.table.Note, false)
		g.put(rightEdge-g.width(note, smallStyle), g.y, titleSpace-1.5, note, smallStyle)
	}
	g.y += titleSpace - 1.5
	g.top, g.columns = g.y, g.y
	g.shade(leftEdge, g.y, fullWidth, g.head)
	x := leftEdge
	for _, c := range g.table.Columns {
		lines := g.wrap(c.Title, c.Width-2*padX, strongStyle)
		g.cell(x, c.Width, g.head, lines, Centre, strongStyle)
		x += c.Width
	}
	g.y += g.head
	g.line(leftEdge, g.y, fullWidth, 0, thin)
}

// row places the first of the rows, on a new page if it, or what has to stay with it, does not fit any more.
func (g *grid) row(rows []Row) {
	r := &rows[0]
	if r.Heading != "" {
		if g.y+g.together(g.table, rows) > bottomEdge {
			g.turn()
		}
		g.heading(r.Heading)
		return
	}
	height := g.measure(g.table, r)
	for height > pageRoom {
		height = g.piece(r, height)
	}
	if g.y+height > bottomEdge {
		g.turn()
	}
	g.cellsOf(r, height)
}

// turn goes on upon a new page.
func (g *grid) turn() {
	g.end()
	g.newPage()
	g.begin(true)
}

// piece places as many lines of a row as the page has room for and gives the height of the rest.
func (g *grid) piece(r *Row, height float64) float64 {
	fit := int((bottomEdge - g.y - 2*padY) / bodyStyle.lineHeight())
	if fit < 1 {
		g.turn()
		return height
	}
	rest := make([][]string, len(g.cells))
	most := 1
	for i, lines := range g.cells {
		n := min(fit, len(lines))
		g.cells[i], rest[i] = lines[:n], lines[n:]
		most = max(most, len(rest[i]))
	}
	g.cellsOf(r, float64(fit)*bodyStyle.lineHeight()+2*padY)
	copy(g.cells, rest)
	g.turn()
	return float64(most)*bodyStyle.lineHeight() + 2*padY
}

func (g *grid) heading(text string) {
	g.rules()
	s := strongStyle
	if len(g.table.Rows) == 0 { // it only says that there is nothing
		s = bodyStyle
	}
	height := g.headingHeight(text)
	if s.bold {
		g.shade(leftEdge, g.y, fullWidth, height)
	}
	g.paragraph(leftEdge+padX, g.y+(headingRow-s.lineHeight())/2, fullWidth-2*padX, text, Left, s)
	g.y += height
	g.line(leftEdge, g.y, fullWidth, 0, thin)
	g.columns = g.y
}

// headingHeight is the height of a heading: one line, or more of a long one.
func (l *layout) headingHeight(text string) float64 {
	lines := len(l.wrap(text, fullWidth-2*padX, strongStyle))
	return headingRow + float64(lines-1)*strongStyle.lineHeight()
}

func (g *grid) cellsOf(r *Row, height float64) {
	x := leftEdge
	for i, c := range g.table.Columns {
		s := bodyStyle
		if i < len(r.Cells) && r.Cells[i].Strong {
			s = strongStyle
		}
		g.cell(x, c.Width, height, g.cells[i], c.Align, s)
		x += c.Width
	}
	g.y += height
	g.line(leftEdge, g.y, fullWidth, 0, thin)
}

// cell writes lines in the middle of their cell.
func (g *grid) cell(x, w, height float64, lines []string, a Align, s style) {
	step := s.lineHeight()
	top := g.y + (height-float64(len(lines))*step)/2
	for i, line := range lines {
		g.putAligned(x+padX, top+float64(i)*step, w-2*padX, step, line, a, s)
	}
}

// rules draws the rules between the columns down to here.
func (g *grid) rules() {
	if g.y <= g.columns {
		return
	}
	x := leftEdge
	for i, c := range g.table.Columns {
		if i > 0 {
			g.line(x, g.columns, 0, g.y-g.columns, thin)
		}
		x += c.Width
	}
}

func (g *grid) end() {
	g.rules()
	g.frame(leftEdge, g.top, fullWidth, g.y-g.top, thick)
}
