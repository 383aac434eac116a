package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/site"
)

// scope says which rows to read: of which sections, how far back, and by which knowledge. Its queries name these in capitals:
//
//	IDS       the sections
//	PEOPLE    the workers ever enrolled on them
//	KNOWN(x)  row x was current at the knowledge; the query runs once for rows that still are and once for those that are
//	          not any more, so that both find their partial indexes
//	EVER(x)   the same in one condition, for where no partial index matters
//	RESULTS, TEMPERATURES, DISINFECTIONS, PASSAGES, ANSWERS   the starts of the window
//
// All values are numbers and dates of our own making, so they stand in the text. A CROSS JOIN keeps the file database from
// beginning with the larger table; to a server it is a join like any other.
type scope struct {
	variants []*strings.Replacer // one for rows that still are current, one for those that are not any more
	knownAt  calendar.Instant
	compiled *compiled // asked first, where there are such
	values   []any     // for it
}

func newScope(ids []site.SectionID, w criteria.Window, knownAt calendar.Instant) scope {
	return scopeOf(knownAt, idList(ids), micros(w.Results), micros(w.Temperatures), micros(w.Disinfections), micros(w.Passages), "'"+w.Answers.String()+"'")
}

func scopeOf(knownAt calendar.Instant, ids, results, temperatures, disinfections, passages, answers string) scope {
	sc := scope{knownAt: knownAt}
	words := []string{
		"PEOPLE", "SELECT e.worker_id FROM enrolments e WHERE e.section_id IN (" + ids + ") AND " + sc.ever("e"),
		"IDS", ids,
		"RESULTS", results,
		"TEMPERATURES", temperatures,
		"DISINFECTIONS", disinfections,
		"PASSAGES", passages,
		"ANSWERS", answers,
	}
	for _, known := range sc.known() {
		own := words[:len(words):len(words)]
		for _, alias := range "abcdefghijklmnopqrstuvwxyz" {
			x := string(alias)
			own = append(own, "EVER("+x+")", sc.ever(x), "KNOWN("+x+")", strings.ReplaceAll(known, "x.", x+"."))
		}
		sc.variants = append(sc.variants, strings.NewReplacer(own...))
	}
	return sc
}

func micros(at calendar.Instant) string { return strconv.FormatInt(int64(at), 10) }

func idList[ID ~int64](ids []ID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(id), 10))
	}
	return b.String()
}

func (sc scope) ever(alias string) string {
	if sc.knownAt == 0 {
		return alias + ".superseded_at IS NULL"
	}
	k := micros(sc.knownAt)
	return fmt.Sprintf("%[1]s.recorded_at <= %[2]s AND (%[1]s.superseded_at IS NULL OR %[1]s.superseded_at > %[2]s)", alias, k)
}

// known are the conditions of which a row x that was current at the knowledge meets one.
func (sc scope) known() []string {
	if sc.knownAt == 0 {
		return []string{"x.superseded_at IS NULL"}
	}
	recorded := " AND x.recorded_at <= " + micros(sc.knownAt)
	return []string{"x.superseded_at IS NULL" + recorded, "x.superseded_at > " + micros(sc.knownAt) + recorded}
}

// each runs a query of the scope and hands its rows, cell by cell, to row. Rows are decoded by hand: there are hundreds of
// thousands of them in a run, and reflection would cost more than the reading.
func (sc scope) each(ctx context.Context, tx bun.Tx, query string, row func(c *cells)) error {
	if sc.compiled != nil {
		if rows, was, err := sc.compiled.ask(ctx, tx.Tx, query, sc.values); err != nil {
			return err
		} else if was {
			return scanRows(rows, row)
		}
	}
	variants := sc.variants
	if !strings.Contains(query, "KNOWN(") {
		variants = variants[:1]
	}
	for _, variant := range variants {
		if err := scanAll(ctx, tx, variant.Replace(query), row); err != nil {
			return err
		}
	}
	return nil
}

func scanAll(ctx context.Context, tx bun.IDB, text string, row func(c *cells)) error {
	rows, err := tx.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	return scanRows(rows, row)
}

func scanRows(rows *sql.Rows, row func(c *cells)) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	c := newCells(len(columns))
	for rows.Next() {
		if err := rows.Scan(c.targets...); err != nil {
			return err
		}
		c.next = 0
		row(c)
		if c.err != nil {
			return c.err
		}
	}
	return rows.Err()
}

// cells are the values of one row, read from left to right.
type cells struct {
	values  []any
	targets []any
	next    int
	words   map[string]string // each repeated word is kept once
	err     error
}

func newCells(n int) *cells {
	c := &cells{values: make([]any, n), targets: make([]any, n), words: make(map[string]string)}
	for i := range c.values {
		c.targets[i] = &c.values[i]
	}
	return c
}

func (c *cells) take() any {
	v := c.values[c.next]
	c.next++
	return v
}

// number reads an integer or a truth; NULL is 0.
func (c *cells) number() int64 {
	switch v := c.take().(type) {
	case int64:
		return v
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	default:
		c.wrong(v)
		return 0
	}
}

func (c *cells) count() int                { return int(c.number()) }
func (c *cells) small() int8               { return int8(c.number()) } // #nosec G115 -- one of a few values that we wrote
func (c *cells) instant() calendar.Instant { return calendar.Instant(c.number()) }

// text reads a text that is different in most rows; NULL is empty.
func (c *cells) text() string {
	switch v := c.take().(type) {
	case string:
		return v
	case nil:
		return ""
	case []byte:
		return string(v)
	default:
		c.wrong(v)
		return ""
	}
}

// word reads a text out of few.
func (c *cells) word() string {
	text := c.text()
	if known, ok := c.words[text]; ok {
		return known
	}
	c.words[text] = text
	return text
}

func (c *cells) date() calendar.Date {
	text := c.word()
	if text == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(text)
	if err != nil && c.err == nil {
		c.err = err
	}
	return d
}

func (c *cells) wrong(v any) {
	if c.err == nil {
		c.err = fmt.Errorf("column %d holds a %T", c.next, v)
	}
}
