package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/daily"
	"fugong/internal/fault"
	"fugong/internal/locale"
)

// checklistInput is what a sent form says.
type checklistInput struct {
	draft     daily.Draft
	key       string // names the form, so that sending it twice hands in one checklist
	deviceAt  calendar.Instant
	confirmed map[string]string // the numbers that were asked about and are meant, by code
	trouble   string            // key of what is wrong with the form as a whole
	refused   map[string]string // why photos that came with it were not taken, by field
}

// wrongWith says what is wrong with a field.
func (in checklistInput) wrongWith(w locale.Words, p daily.Problem) string {
	return cmp.Or(in.refused[p.Field], w.Word("checkwrong", p.What))
}

// readChecklist reads the fields of the form; templates/pages/checklist.html names them.
func readChecklist(form url.Values, sheet daily.Sheet) (checklistInput, error) {
	in := checklistInput{draft: daily.Draft{}, key: form.Get("key"), confirmed: map[string]string{}}
	if !requestKey.MatchString(in.key) {
		return in, fault.New(fault.Invalid, "缺少表单的 key（16 至 64 个字母、数字或 -），不能确保只提交一次，请重新打开本页")
	}
	var err error
	if in.deviceAt, err = instantIn("device_time", form.Get("device_time")); err != nil {
		return in, err
	}
	for _, a := range sheet.Asks {
		if in.draft[a.Code], err = readEntry(form, a); err != nil {
			return in, err
		}
		for _, n := range a.Numbers {
			in.draft[n.Code] = daily.Entry{Number: strings.TrimSpace(form.Get("number." + n.Code))}
			in.confirmed[n.Code] = form.Get("confirm." + n.Code)
		}
	}
	return in, nil
}

func readEntry(form url.Values, a daily.Ask) (daily.Entry, error) {
	choice, known := checklist.ParseChoice(form.Get("answer." + a.Code))
	if !known {
		return daily.Entry{}, wrong("answer."+a.Code, "答案应为 yes、no 或 na")
	}
	at, err := instantIn("at."+a.Code, form.Get("at."+a.Code))
	if err != nil {
		return daily.Entry{}, err
	}
	e := daily.Entry{Choice: choice, Number: strings.TrimSpace(form.Get("number." + a.Code)), Remark: strings.TrimSpace(form.Get("remark." + a.Code)),
		How: checklist.ParseHow(form.Get("how." + a.Code)), At: at}
	for _, r := range form["reason."+a.Code] {
		if r != "" && !slices.Contains(e.Reasons, r) {
			e.Reasons = append(e.Reasons, r)
		}
	}
	if choice != a.Usual() && len(a.Numbers) == 0 && e.How == checklist.Bulk {
		e.How = checklist.Single // it was confirmed with others and then changed
	}
	return e, nil
}

// unconfirmed reports whether a number was asked about and not said to be meant.
func (in checklistInput) unconfirmed(questions []daily.Question) bool {
	return slices.ContainsFunc(questions, func(q daily.Question) bool { return in.confirmed[q.Code] != q.Number })
}
