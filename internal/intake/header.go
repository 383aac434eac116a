package intake

import (
	"slices"
	"strings"
)

// headerDepth is how many rows from the top may be titles before the header.
const headerDepth = 20

// heading gives the form in which headings are compared: without space, stars, and what stands in brackets (units, hints).
func heading(s string) string {
	folded := strings.ToLower(Fold(s))
	var b strings.Builder
	depth := 0
	for _, r := range folded {
		switch r {
		case '(', '[', '【', '〔', '{', '<', '《', '「':
			depth++
		case ')', ']', '】', '〕', '}', '>', '》', '」':
			depth = max(depth-1, 0)
		case '★', '☆', '*', '※', ':', '、', '。', '.', '_', '"', '“', '”':
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	if b.Len() == 0 {
		return folded
	}
	return b.String()
}

// claim is one heading a column answers to; the smaller the rank, the closer to its name.
type claim struct {
	column, rank int
}

// claims knows what columns answer to which heading.
type claims struct {
	columns []Column
	by      map[string]claim
}

func newClaims(columns []Column) claims {
	c := claims{columns: columns, by: map[string]claim{}}
	for i, column := range columns {
		for rank, name := range append([]string{column.Name}, column.Synonyms...) {
			key := heading(name)
			if old, ok := c.by[key]; !ok || rank < old.rank {
				c.by[key] = claim{column: i, rank: rank}
			}
		}
	}
	return c
}

func (c claims) knows(text string) bool {
	_, ok := c.by[heading(text)]
	return text != "" && ok
}

// header is a row (or two) read as headings.
type header struct {
	first, last int      // indices of its lines
	texts       []string // the headings as they stand
	at          []int    // for each column the cell it was found in, or -1
	required    int      // how many required columns were found
	found       int
}

func (h header) better(other header) bool {
	if h.required != other.required {
		return h.required > other.required
	}
	return h.found > other.found
}

// assign finds the columns among headings. Where several headings claim one column, the closest to its name has it.
func (c claims) assign(first, last int, texts []string) header {
	h := header{first: first, last: last, texts: texts, at: make([]int, len(c.columns))}
	ranks := make([]int, len(c.columns))
	for i := range h.at {
		h.at[i] = -1
	}
	for i, text := range texts {
		if text == "" {
			continue
		}
		found, ok := c.by[heading(text)]
		if !ok || h.at[found.column] >= 0 && ranks[found.column] <= found.rank {
			continue
		}
		h.at[found.column], ranks[found.column] = i, found.rank
	}
	for i, at := range h.at {
		if at < 0 {
			continue
		}
		h.found++
		if c.columns[i].Required {
			h.required++
		}
	}
	return h
}

// find looks for the header among the first rows: the row, or pair of rows, that names most of the required columns.
func (c claims) find(lines []line) header {
	best := header{}
	for i := 0; i < len(lines) && i < headerDepth; i++ {
		upper := texts(lines[i])
		if h := c.assign(i, i, upper); h.found > 0 && h.better(best) {
			best = h
		}
		if i+1 >= len(lines) || !c.continues(upper, texts(lines[i+1])) {
			continue
		}
		if h := c.assign(i, i+1, c.join(upper, texts(lines[i+1]))); h.better(best) {
			best = h
		}
	}
	return best
}

func texts(l line) []string {
	all := make([]string, len(l.cells))
	for i, cell := range l.cells {
		all[i] = cell.Text
	}
	return all
}

// continues tells whether a row goes on with the headings above it: under a heading that is already known stands nothing, the
// same again, its unit in brackets, or a heading too. Under a header of one row the first row of data betrays itself here.
func (c claims) continues(upper, lower []string) bool {
	for i, text := range lower {
		if text == "" || i >= len(upper) || !c.knows(upper[i]) {
			continue
		}
		unit := strings.HasPrefix(Fold(text), "(")
		if text != upper[i] && !unit && !c.knows(text) {
			return false
		}
	}
	return true
}

// join reads two rows of headings as one: the lower one, both together where only that is known (采样 over 时间), or the upper
// one where nothing stands below. A heading above several columns stands in the first of them.
func (c claims) join(upper, lower []string) []string {
	joined := make([]string, max(len(upper), len(lower)))
	above := ""
	for i := range joined {
		up, low := textAt(upper, i), textAt(lower, i)
		if up != "" {
			above = up
		}
		switch {
		case low == "":
			joined[i] = up
		case c.knows(above + low):
			joined[i] = above + low
		case c.knows(up) && !c.knows(low):
			joined[i] = up
		default:
			joined[i] = low
		}
	}
	return joined
}

func textAt(texts []string, i int) string {
	if i < len(texts) {
		return texts[i]
	}
	return ""
}

// names tells under which heading each column was found, in the order of the columns.
func (h header) names(columns []Column) []Found {
	var all []Found
	for i, at := range h.at {
		if at >= 0 {
			all = append(all, Found{columns[i].Name, h.texts[at]})
		}
	}
	return all
}

// unknown lists the headings that no column has.
func (h header) unknown() []string {
	var names []string
	for i, text := range h.texts {
		if text != "" && !slices.Contains(h.at, i) {
			names = append(names, text)
		}
	}
	return names
}
