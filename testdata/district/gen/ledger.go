package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// ledger gathers what must come of each file.
type ledger struct{ files []entry }

type entry struct {
	*file
	accepted, duplicate, quarantined, rejected int
	planted                                    []planted
}

// planted is a line that carries dirt; an empty outcome is plainly accepted.
type planted struct {
	sheet string
	line  int
	row
}

func (l *ledger) note(f *file) {
	e := entry{file: f}
	for _, s := range f.sheets {
		if s.hidden {
			continue
		}
		for i, r := range s.rows {
			e.count(r.outcome)
			if r.outcome != "" || r.remark != "" {
				e.planted = append(e.planted, planted{sheet: s.name, line: s.line(i), row: r})
			}
		}
	}
	l.files = append(l.files, e)
}

func (e *entry) count(outcome string) {
	switch outcome {
	case "duplicate":
		e.duplicate++
	case "quarantined":
		e.quarantined++
	case "rejected":
		e.rejected++
	default:
		e.accepted++
	}
}

// counts is the table of what must come of each file, in the order of import.
func (l *ledger) counts() *bytes.Buffer {
	all := [][]string{{"file", "kind", "accepted", "duplicate", "quarantined", "rejected"}}
	for _, e := range l.files {
		all = append(all, []string{e.name, e.kind, strconv.Itoa(e.accepted), strconv.Itoa(e.duplicate), strconv.Itoa(e.quarantined), strconv.Itoa(e.rejected)})
	}
	return table2csv(all)
}

// rows is the table of what must come of each line that is not plainly accepted.
func (l *ledger) rows() *bytes.Buffer {
	all := [][]string{{"file", "sheet", "line", "outcome", "code", "column"}}
	for _, e := range l.files {
		for _, p := range e.planted {
			if p.outcome != "" {
				all = append(all, []string{e.name, e.sheetName(p), strconv.Itoa(p.line), p.outcome, p.code, p.column})
			}
		}
	}
	return table2csv(all)
}

// sheetName is empty for a CSV file, which has one sheet without a name.
func (e entry) sheetName(p planted) string {
	if e.comma != 0 {
		return ""
	}
	return p.sheet
}

func table2csv(rows [][]string) *bytes.Buffer {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, r := range rows {
		if w.Write(r) != nil {
			break
		}
	}
	w.Flush()
	return &b
}

const preface = `# A small district as it is sent in

Eight bid sections of invented projects, as of 2022-05-06 08:00 +08:00, in the forms people send: workbooks with titles, merged
cells, totals, signatures and hidden sheets, CSV in several encodings. Every flaw below was planted; what must come of it follows from
the documents, not from a run of the program. Import the files in the order of their numbers.

` + "`counts.csv` and `rows.csv` say the same for tests. `go run ./testdata/district/gen testdata/district` writes everything again.\n"

// readme is the list for people.
func (l *ledger) readme() *bytes.Buffer {
	var b bytes.Buffer
	b.WriteString(preface + "\n| file | KIND | accepted | duplicate | quarantined | rejected | of the file |\n|---|---|---|---|---|---|---|\n")
	for _, e := range l.files {
		fmt.Fprintf(&b, "| %s | `%s` | %d | %d | %d | %d | %s |\n", e.name, e.kind, e.accepted, e.duplicate, e.quarantined, e.rejected, strings.Join(e.dirt, "; "))
	}
	for _, e := range l.files {
		fmt.Fprintf(&b, "\n## %s\n\n| sheet | line | planted | becomes |\n|---|---|---|---|\n", e.name)
		for _, p := range e.planted {
			fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", e.sheetName(p), p.line, p.remark, p.becomes())
		}
	}
	return &b
}

func (p planted) becomes() string {
	if p.outcome == "" {
		return "accepted"
	}
	return strings.TrimSpace(p.outcome + " `" + p.code + "` " + p.column)
}
