package checklist_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/fault"
	"fugong/internal/intake"
)

func TestValidate(t *testing.T) {
	tests := []struct {
		item, name string
		answer     checklist.Answer
		wrong      string // fields, in order
	}{
		{"B1", "yes", checklist.Answer{Choice: checklist.Yes}, ""},
		{"B1", "not applicable", checklist.Answer{Choice: checklist.NotApplicable}, ""},
		{"B1", "no without a remark", checklist.Answer{Choice: checklist.No}, "remark"},
		{"B1", "no with one", checklist.Answer{Choice: checklist.No, Remark: "南门，王某，今日"}, ""},
		{"B1", "nothing", checklist.Answer{}, "answer"},
		{"B1", "a number", checklist.Answer{Choice: checklist.Number, Number: "3"}, "number"},
		{"B1", "a word and a number", checklist.Answer{Choice: checklist.Yes, Number: "3"}, "number"},
		{"E2", "no without a remark where none is demanded", checklist.Answer{Choice: checklist.No}, ""},
		{"B4", "a word and a number", checklist.Answer{Choice: checklist.Yes, Number: "3"}, ""},
		{"B4", "a number", checklist.Answer{Choice: checklist.Number, Number: "3"}, ""},
		{"A2", "a number", checklist.Answer{Choice: checklist.Number, Number: "0"}, ""},
		{"A2", "yes", checklist.Answer{Choice: checklist.Yes}, "answer"},
		{"K1", "not applicable", checklist.Answer{Choice: checklist.NotApplicable}, "answer"},
		{"K1", "nothing", checklist.Answer{}, "number"},
		{"A4", "no with a remark", checklist.Answer{Choice: checklist.No, Remark: "场外 3 人"}, ""},
		{"K2", "nothing to report", checklist.Answer{Choice: checklist.NotApplicable}, ""},
		{"K2", "yes without words", checklist.Answer{Choice: checklist.Yes}, "remark"},
		{"K2", "yes with words", checklist.Answer{Choice: checklist.Yes, Remark: "台风"}, ""},
		{"B1", "too many words", checklist.Answer{Choice: checklist.Yes, Remark: strings.Repeat("长", 501)}, "remark"},
		{"B1", "many words", checklist.Answer{Choice: checklist.Yes, Remark: strings.Repeat("长", 500)}, ""},
	}
	for _, tt := range tests {
		item, _ := checklist.Find(tt.item)
		err := item.Validate(tt.answer)
		var fields []string
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Invalid {
			fields = slices.Sorted(maps.Keys(e.Fields))
		} else if err != nil {
			t.Errorf("%s, %s: %v", tt.item, tt.name, err)
		}
		if got := strings.Join(fields, " "); got != tt.wrong {
			t.Errorf("%s, %s: wrong %q, want %q", tt.item, tt.name, got, tt.wrong)
		}
	}
}

// Whatever a form may send comes back from an export as it was.
func TestValidAnswersComeBackFromCells(t *testing.T) {
	for _, item := range checklist.Template() {
		for _, choice := range []checklist.Choice{checklist.Yes, checklist.No, checklist.NotApplicable, checklist.Number} {
			for _, number := range []string{"", "0", "12", "1.5"} {
				a := checklist.Answer{Item: item.Code, Choice: choice, Number: number, Remark: "备注", SubmittedAt: 1651824000123456}
				if (choice == checklist.Number) == (number == "") && choice == checklist.Number || item.Validate(a) != nil {
					continue
				}
				a.Date = calendar.Day(2022, 5, 6)
				cells := checklist.Cells(checklist.Record{SectionCode: "XY-01", Answer: a}, time.UTC)
				records, problems := checklist.Decode(intake.NewTable("", checklist.Columns, [][]string{cells}), time.UTC)
				if len(records) != 1 || records[0].Answer.Choice != choice || records[0].Answer.Number != number {
					t.Errorf("%s %d %q written as %q: %+v, %v", item.Code, choice, number, cells[4], records, problems)
				}
			}
		}
	}
}
