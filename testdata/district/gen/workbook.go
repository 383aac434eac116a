package main

import (
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook writes the sheets as a spreadsheet program would.
func (f *file) workbook() ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	if err := x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &f.date1904}); err != nil {
		return nil, err
	}
	style, err := x.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		return nil, err
	}
	for i, s := range f.sheets {
		if i == 0 {
			err = x.SetSheetName("Sheet1", s.name)
		} else {
			_, err = x.NewSheet(s.name)
		}
		if err != nil {
			return nil, err
		}
		w := writer{x: x, sheet: s, date1904: f.date1904, dateStyle: style}
		if err := w.write(); err != nil {
			return nil, err
		}
		if err := x.SetSheetVisible(s.name, !s.hidden); err != nil {
			return nil, err
		}
	}
	b, err := x.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type writer struct {
	x         *excelize.File
	sheet     *sheet
	date1904  bool
	dateStyle int
}

func (w *writer) write() error {
	s := w.sheet
	for i, title := range s.titles {
		if err := w.title(i+1, title); err != nil {
			return err
		}
	}
	for i, h := range s.header {
		if err := w.put(s.line(-1), i, h); err != nil {
			return err
		}
	}
	for i, r := range s.rows {
		for j, c := range r.cells {
			if err := w.put(s.line(i), j, c); err != nil {
				return err
			}
		}
	}
	if err := w.mergeEqual(); err != nil {
		return err
	}
	return w.below(s.line(len(s.rows)))
}

// title spans the table.
func (w *writer) title(line int, text string) error {
	if err := w.put(line, 0, text); err != nil {
		return err
	}
	return w.x.MergeCell(w.sheet.name, cell(line, 0), cell(line, len(w.sheet.header)-1))
}

func cell(line, column int) string {
	name, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		return "A1"
	}
	return name
}

func (w *writer) put(line, column int, value any) error {
	at := cell(line, column)
	switch v := value.(type) {
	case date:
		return w.date(at, string(v))
	case formula:
		if err := w.x.SetCellValue(w.sheet.name, at, v.value); err != nil {
			return err
		}
		return w.x.SetCellFormula(w.sheet.name, at, v.text)
	case string:
		if v == "" {
			return nil
		}
		return w.x.SetCellStr(w.sheet.name, at, v)
	}
	return w.x.SetCellValue(w.sheet.name, at, value)
}

// date writes days since the workbook's epoch.
func (w *writer) date(at, text string) error {
	t, err := time.Parse(time.DateTime, text)
	if err != nil {
		return err
	}
	epoch := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if w.date1904 {
		epoch = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if err := w.x.SetCellFloat(w.sheet.name, at, t.Sub(epoch).Hours()/24, 10, 64); err != nil {
		return err
	}
	return w.x.SetCellStyle(w.sheet.name, at, at, w.dateStyle)
}

// mergeEqual merges runs of equal cells of a column, which leaves the value in the first of them only.
func (w *writer) mergeEqual() error {
	s := w.sheet
	for column, h := range s.header {
		if h != s.merged {
			continue
		}
		for from := 0; from < len(s.rows); {
			to := from
			for to+1 < len(s.rows) && s.rows[to+1].cells[column] == s.rows[from].cells[column] {
				to++
			}
			if to > from {
				if err := w.merge(column, from, to); err != nil {
					return err
				}
			}
			from = to + 1
		}
	}
	return nil
}

func (w *writer) merge(column, from, to int) error {
	for i := from + 1; i <= to; i++ {
		if err := w.x.SetCellValue(w.sheet.name, cell(w.sheet.line(i), column), nil); err != nil {
			return err
		}
	}
	return w.x.MergeCell(w.sheet.name, cell(w.sheet.line(from), column), cell(w.sheet.line(to), column))
}

// below writes the total and the signatures.
func (w *writer) below(line int) error {
	if w.sheet.total {
		if err := w.put(line, 0, "合计"); err != nil {
			return err
		}
		if err := w.put(line, 1, len(w.sheet.rows)); err != nil {
			return err
		}
		line++
	}
	if w.sheet.signature == "" {
		return nil
	}
	return w.put(line, 0, w.sheet.signature)
}
