package intake

import (
	"strings"

	"fugong/internal/fault"
)

func readCSV(name string, content []byte, lim Limits) ([]Sheet, error) {
	text, err := decodeText(name, content)
	if err != nil {
		return nil, err
	}
	comma, text, skipped := separator(text)
	p := csvParser{text: text, comma: comma, file: name, lim: lim, number: skipped}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return []Sheet{{File: name, lines: p.lines}}, nil
}

// separator finds what divides the fields: the one of tab, comma and semicolon that occurs equally often in most of the first
// lines. A line "sep=;" that spreadsheets understand is obeyed and counted as the one line skipped.
func separator(text string) (comma byte, rest string, skipped int) {
	first, after, _ := strings.Cut(text, "\n")
	if s, ok := strings.CutPrefix(strings.TrimSpace(first), "sep="); ok && len(s) == 1 {
		return s[0], after, 1
	}
	comma = ','
	best, bestCount := 0, 0
	for _, candidate := range []byte{'\t', ',', ';'} {
		lines, count := regularity(text, candidate)
		if lines > best || lines == best && count > bestCount {
			comma, best, bestCount = candidate, lines, count
		}
	}
	return comma, text, 0
}

// regularity tells how many of the first lines hold the separator equally often, and how often.
func regularity(text string, comma byte) (lines, count int) {
	const looked = 50
	tally := map[int]int{}
	quoted, n, seen := false, 0, 0
	for i := 0; i < len(text) && seen < looked; i++ {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == comma:
			n++
		case b == '\n' || b == '\r':
			tally[n]++
			seen++
			n = 0
		}
	}
	tally[n]++
	for c, l := range tally {
		if c > 0 && (l > lines || l == lines && c > count) {
			lines, count = l, c
		}
	}
	return lines, count
}

// csvParser cuts the text into cells without copying it. The number of a line is that of the record, which is the row a
// person sees when he opens the file as a table; blank lines count.
type csvParser struct {
	text   string
	comma  byte
	file   string
	lim    Limits
	pos    int
	number int
	lines  []line
	slab   []Cell // cells of many lines in one piece of memory
}

const slabCells = 4096

func (p *csvParser) parse() error {
	for p.pos < len(p.text) {
		p.number++
		if err := p.record(); err != nil {
			return err
		}
		if len(p.lines) > p.lim.Rows {
			return tooManyRows(p.file, p.lim)
		}
	}
	return nil
}

func tooManyRows(file string, lim Limits) error {
	return fault.New(fault.Invalid, "文件“%s”超过%d行，请分成几个文件导入", file, lim.Rows)
}

// record reads one record and keeps it unless it is blank.
func (p *csvParser) record() error {
	start, filled := len(p.slab), false
	for {
		text, last := p.field()
		if len(text) > p.lim.CellBytes {
			return fault.New(fault.Invalid, "文件“%s”第%d行有一格超过%s，可能是引号没有成对", p.file, p.number, size(int64(p.lim.CellBytes)))
		}
		if len(p.slab)-start >= p.lim.Columns {
			if strings.TrimSpace(text) != "" {
				return fault.New(fault.Invalid, "文件“%s”第%d行超过%d列", p.file, p.number, p.lim.Columns)
			}
		} else {
			start = p.keep(clean(text), start)
			filled = filled || p.slab[len(p.slab)-1].Text != ""
		}
		if last {
			break
		}
	}
	if !filled {
		p.slab = p.slab[:start]
		return nil
	}
	p.lines = append(p.lines, line{number: p.number, cells: p.slab[start:len(p.slab):len(p.slab)]})
	return nil
}

// keep adds a cell to the record that began at start of the slab, and says where the record begins now.
func (p *csvParser) keep(text string, start int) int {
	if len(p.slab) == cap(p.slab) {
		fresh := make([]Cell, 0, max(slabCells, 2*(len(p.slab)-start)))
		p.slab, start = append(fresh, p.slab[start:]...), 0
	}
	p.slab = append(p.slab, Cell{Text: text})
	return start
}

// field reads one field and tells whether it was the last of its record.
func (p *csvParser) field() (text string, last bool) {
	if p.pos < len(p.text) && p.text[p.pos] == '"' {
		if text, last, ok := p.quoted(); ok {
			return text, last
		}
	}
	from := p.pos
	for p.pos < len(p.text) {
		if b := p.text[p.pos]; b == p.comma || b == '\n' || b == '\r' {
			break
		}
		p.pos++
	}
	text = p.text[from:p.pos]
	return text, p.end()
}

// quoted reads a field in quotes. It fails, moving nothing, when no quote closes it within the size of a cell: then the
// quote is a character like any other.
func (p *csvParser) quoted() (text string, last, ok bool) {
	from, doubled := p.pos+1, false
	for i := from; i < len(p.text) && i-from <= 2*p.lim.CellBytes; i++ {
		if p.text[i] != '"' {
			continue
		}
		if i+1 < len(p.text) && p.text[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		if after := i + 1; p.closes(after) {
			text = p.text[from:i]
			if doubled {
				text = strings.ReplaceAll(text, `""`, `"`)
			}
			p.pos = after
			return text, p.end(), true
		}
	}
	return "", false, false
}

func (p *csvParser) closes(at int) bool {
	return at >= len(p.text) || p.text[at] == p.comma || p.text[at] == '\n' || p.text[at] == '\r'
}

// end steps over what follows a field and tells whether the record ends there. CR alone ends a line as CR LF and LF do.
func (p *csvParser) end() bool {
	if p.pos >= len(p.text) {
		return true
	}
	b := p.text[p.pos]
	p.pos++
	if b == p.comma {
		return false
	}
	if b == '\r' && p.pos < len(p.text) && p.text[p.pos] == '\n' {
		p.pos++
	}
	return true
}
