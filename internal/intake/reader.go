package intake

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
)

// Reader reads the cells of one row and collects what is wrong with them, so that a register decodes a row from top to bottom
// without looking back. After a fault the value read is the zero value.
type Reader struct {
	Row
	loc   *time.Location
	found []Fault
}

// Decode reads every row of a table. A row without fault becomes a record; of any other row there is one problem, which tells
// all its faults. A row that must be rejected for one fault is not quarantined for another.
func Decode[T any](t Table, loc *time.Location, read func(*Reader) T) ([]T, []Problem) {
	records := make([]T, 0, len(t.Rows))
	var problems []Problem
	for _, row := range t.Rows {
		r := &Reader{Row: row, loc: loc}
		record := read(r)
		if len(r.found) == 0 {
			records = append(records, record)
			continue
		}
		problems = append(problems, r.problem())
	}
	return records, problems
}

func (r *Reader) problem() Problem {
	slices.SortStableFunc(r.found, func(a, b Fault) int { // first what the row is rejected for
		return rank(a.Code) - rank(b.Code)
	})
	main := r.found[0]
	messages := make([]string, len(r.found))
	for i, f := range r.found {
		messages[i] = f.Column + "：" + f.Said.String()
	}
	p := Problem{Faults: r.found, Sheet: r.Sheet, Line: r.Line, Outcome: Rejected, Code: main.Code, Column: main.Column, Message: strings.Join(messages, "；")}
	if main.Code.Quarantines() {
		p.Outcome = Quarantined
	}
	return p
}

func rank(c Code) int {
	if c.Quarantines() {
		return 1
	}
	return 0
}

// Fail notes a fault of a column. A *Flaw keeps its code; anything else is a word that the column does not know.
func (r *Reader) Fail(column string, err error) {
	f := Fault{Code: BadWord, Column: column, Said: locale.Phrase{Format: err.Error()}}
	if flaw, ok := errors.AsType[*Flaw](err); ok {
		f.Code, f.Said = flaw.Code, flaw.Said
	}
	r.found = append(r.found, f)
}

// cell gives a cell to read and whether there is anything in it. An empty cell of a required column is a fault, and so is one
// with a spreadsheet's error or characters that were lost.
func (r *Reader) cell(column string) (Cell, bool) {
	c := r.Cell(column)
	switch {
	case c.Text == "":
		if r.layout.required(column) {
			r.Fail(column, NewFlaw(Missing, "没有填写"))
		}
		return Cell{}, false
	case isSpreadsheetError(c.Text):
		r.Fail(column, NewFlaw(Missing, "单元格是公式错误%s，请填写内容", c.Text))
		return Cell{}, false
	case strings.ContainsRune(c.Text, '\ufffd'):
		r.Fail(column, NewFlaw(Missing, "%s有乱码，请检查文件的编码", Quote(c.Text)))
		return Cell{}, false
	}
	return c, true
}

func isSpreadsheetError(s string) bool {
	switch s {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!":
		return true
	}
	return false
}

// value is cell for columns that hold a time, a number or a word: there a stroke stands for nothing, as on paper forms.
func (r *Reader) value(column string) (Cell, bool) {
	c, ok := r.cell(column)
	if !ok || !isStroke(c.Text) {
		return c, ok
	}
	if r.layout.required(column) {
		r.Fail(column, NewFlaw(Missing, "没有填写（%s）", Quote(c.Text)))
	}
	return Cell{}, false
}

func isStroke(s string) bool {
	switch Fold(s) {
	case "/", `\`, "-", "--", "---", "无", "暂无", "空":
		return true
	}
	return false
}

// Value reads the text of a column that holds a time, a number or a word, for a register that knows how to read it.
func (r *Reader) Value(column string) string {
	c, _ := r.value(column)
	return c.Text
}

// Text reads free text.
func (r *Reader) Text(column string) string {
	c, _ := r.cell(column)
	return c.Text
}

// Name reads a person's name.
func (r *Reader) Name(column string) string {
	c, _ := r.cell(column)
	return PersonName(c.Text)
}

// Code reads what identifies a section, a room or a tube: without spaces, dashes alike. One that a spreadsheet turned into
// 2.2E+10 has lost its digits.
func (r *Reader) Code(column string) string {
	c, ok := r.cell(column)
	if !ok {
		return ""
	}
	folded := Fold(c.Text)
	if strings.Contains(folded, "+") && exponentText.MatchString(folded) {
		r.Fail(column, NewFlaw(IDSci, "%s是科学计数法，原编号已丢失，请把该列设为文本后重新填写", Quote(c.Text)))
		return ""
	}
	return folded
}

// Stamp reads a time and whether it was only a day.
func (r *Reader) Stamp(column string) Stamp {
	c, ok := r.value(column)
	if !ok {
		return Stamp{}
	}
	s, err := ParseTime(c, r.loc)
	if err != nil {
		r.Fail(column, err)
	}
	return s
}

// Time reads an instant; a day alone is its first instant.
func (r *Reader) Time(column string) calendar.Instant { return r.Stamp(column).At }

// Date reads a day; a clock beside it is ignored.
func (r *Reader) Date(column string) calendar.Date { return r.Stamp(column).Date }

// Phone reads a telephone number.
func (r *Reader) Phone(column string) string {
	c, ok := r.value(column)
	if !ok {
		return ""
	}
	phone, err := ParsePhone(c.Text)
	if err != nil {
		r.Fail(column, err)
	}
	return phone
}

// Count reads a whole number between two bounds. It gives false when there is none.
func (r *Reader) Count(column string, least, most int, units ...string) (int, bool) {
	n, ok := r.Decimal(column, 0, int64(least), int64(most), units...)
	return int(n), ok
}

// Decimal reads a number exactly, as a count of the 10^-digits, between two bounds counted likewise. A unit of those named
// may follow it. It gives false when there is none.
func (r *Reader) Decimal(column string, digits int, least, most int64, units ...string) (int64, bool) {
	c, ok := r.value(column)
	if !ok {
		return 0, false
	}
	n, err := ParseDecimal(c.Text, digits, units...)
	if err != nil {
		r.Fail(column, err)
		return 0, false
	}
	if n < least || n > most {
		r.Fail(column, NewFlaw(Range, "%s超出范围，应在%s至%s之间", Quote(c.Text), FormatDecimal(least, digits), FormatDecimal(most, digits)))
		return 0, false
	}
	return n, true
}

// Word reads one of the words a column allows; an empty cell gives the empty word. The words are named in the message.
func Word[T ~string](r *Reader, column string, parse func(string) (T, bool), wanted ...T) T {
	c, ok := r.value(column)
	if !ok {
		return ""
	}
	word, ok := parse(Fold(c.Text))
	if !ok {
		r.Fail(column, unknownWord(c.Text, wanted))
	}
	return word
}

func unknownWord[T ~string](found string, wanted []T) error {
	words := make([]string, len(wanted))
	for i, w := range wanted {
		words[i] = string(w)
	}
	return NewFlaw(BadWord, "%s不在可选范围，应为%s", Quote(found), strings.Join(words, "、"))
}

// Ordered notes a fault when a later time lies before an earlier one; times that are not given are not compared.
func (r *Reader) Ordered(earlier, later string, from, to calendar.Instant) {
	if from.IsZero() || to.IsZero() || from <= to {
		return
	}
	r.Fail(later, NewFlaw(TimeOrder, "%s早于%s（%s），请核对", to.Minute(r.loc), earlier, from.Minute(r.loc)))
}

// FormatCount writes a number, and none for one that was not given.
func FormatCount(n int, given bool) string {
	if !given {
		return ""
	}
	return strconv.Itoa(n)
}

// SameDay reports whether two instants are on one day of the table's zone.
func (r *Reader) SameDay(a, b calendar.Instant) bool {
	return calendar.On(a, r.loc) == calendar.On(b, r.loc)
}
