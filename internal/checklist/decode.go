package checklist

import (
	"strings"
	"time"

	"fugong/internal/intake"
)

// Decode reads the rows of a table of answers.
func Decode(t intake.Table, loc *time.Location) ([]Record, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) Record {
		item := readItem(r)
		choice, number := readChoice(r, item)
		return Record{
			Row:         r.Row,
			SectionCode: r.Code("标段编号"),
			Answer: Answer{
				Date: r.Date("日期"), SubmittedAt: r.Time("提交时间"), Item: item.Code, Choice: choice, Number: number, Remark: r.Text("备注"),
			},
		}
	})
}

func readItem(r *intake.Reader) Item {
	const column = "项目编号"
	code := strings.ToUpper(r.Code(column))
	if code == "" {
		return Item{}
	}
	item, ok := Find(code)
	if !ok {
		r.Fail(column, intake.NewFlaw(intake.BadWord, "%s不是自查表的项目，应为 A1 至 K2 中的一项", intake.Quote(code)))
	}
	return item
}

// countMark stands between the word and the number of an answer that has both.
const countMark = "；"

// readChoice reads an answer: a word, a number, or both as 是；12 for an item that counts.
func readChoice(r *intake.Reader, item Item) (Choice, string) {
	const column = "答案"
	text := r.Text(column)
	if text == "" {
		return Blank, ""
	}
	if word, count, both := strings.Cut(text, countMark); both && item.Input.Has(Count) {
		choice, known := parseChoice(intake.Fold(word))
		n, err := intake.ParseDecimal(count, Digits)
		if known && err == nil && n >= 0 {
			return choice, intake.FormatDecimal(n, Digits)
		}
	}
	if choice, ok := parseChoice(intake.Fold(text)); ok {
		return choice, ""
	}
	if item.Input.Has(Words) && intake.Fold(text) == "无" {
		return NotApplicable, ""
	}
	n, err := intake.ParseDecimal(text, Digits, "人", "人次", "个", "间", "次", "项", "条", "天")
	if err != nil {
		r.Fail(column, intake.NewFlaw(intake.BadWord, "%s应为是、否、不适用或数字", intake.Quote(text)))
		return Blank, ""
	}
	if n < 0 {
		r.Fail(column, intake.NewFlaw(intake.Range, "%s不能是负数", intake.Quote(text)))
		return Blank, ""
	}
	return Number, intake.FormatDecimal(n, Digits)
}

func parseChoice(text string) (Choice, bool) {
	switch strings.ToLower(text) {
	case "是", "√", "y", "yes", "符合", "true":
		return Yes, true
	case "否", "×", "n", "no", "不符合", "false":
		return No, true
	case "不适用", "na", "n/a", "/", "不涉及":
		return NotApplicable, true
	}
	return Blank, false
}

// Cells writes a record in the order of Columns, so that Decode gives it back.
func Cells(r Record, loc *time.Location) []string {
	a := r.Answer
	answer := map[Choice]string{Yes: "是", No: "否", NotApplicable: "不适用", Number: a.Number}[a.Choice]
	if a.Choice != Number && a.Number != "" {
		answer += countMark + a.Number
	}
	return []string{r.SectionCode, a.Date.String(), intake.FormatTime(a.SubmittedAt, loc), a.Item, answer, a.Remark}
}
