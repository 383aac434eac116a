package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/daily"
	"fugong/internal/fault"
	"fugong/internal/locale"
)

// checklistPage is the form; the head of templates/pages/checklist.html says what its fields are called.
type checklistPage struct {
	Frame
	Code, URL, Name, Key, Trouble string
	Day                           calendar.Date
	Date, Due                     string // the day, and until when its checklist is due; empty where it never is
	Late, Stopped                 bool
	Steps                         []stepView
	Done, Total, Left             int
	Marks                         []string // of the items: done, no, or nothing
	Problems                      []problemView
	Given                         int // how many versions of the day were handed in before
}

type stepView struct {
	Code, Title       string
	Done, Total, Rest int // Rest: how many may be confirmed together
	Asks              []askView
}

// askView is one item of the form.
type askView struct {
	Code, Text, Full, Kind           string // Kind: question, words or figures
	Choice, How, Remark, Number      string
	Yesterday                        string // how it was answered: yes, no, na or a number; empty: not
	Why                              daily.Why
	Drawn, Photo, Stopped, Done, One bool // One: takes one number beside its answer
	State                            bool // says whether work goes on: neither answer is amiss
	Folded                           bool // its figures are known and none is amiss: they stand in a line until one wants to change them
	Numbers                          []numberView
	Reasons                          []reasonView
	Wrong                            map[string]string // messages by answer, number, remark, reason and photo
	Photos                           []string          // uuids
	Names                            []string          // of people or rooms it is about
	Areas                            []areaView
}

type numberView struct {
	Code, Label, Value, Known, Yesterday, Wrong string
	Typed, Optional, Later                      bool
}

type reasonView struct {
	Value, Label string
	Checked      bool
}

type areaView struct {
	daily.AreaDay
	Strength string
}

type problemView struct{ Field, Item, Message string }

func (s *server) renderChecklist(c echo.Context, status int, d checklistDay, in checklistInput, problems []daily.Problem) error {
	p, err := s.checklistPage(c, d, in, problems)
	if err != nil {
		return err
	}
	return s.render(c, status, "checklist", p)
}

func (s *server) checklistPage(c echo.Context, d checklistDay, in checklistInput, problems []daily.Problem) (checklistPage, error) {
	w := s.words(c)
	p := checklistPage{Frame: s.frame("checklist"), Code: d.section.Code, URL: sectionURL(d.section.Code), Name: d.section.ProjectName + " " + d.section.Name,
		Key: in.key, Day: d.sheet.Day, Date: dayWords(w, d.sheet.Day, s.Loc), Due: dueWords(w, d.deadline, s.Loc), Late: !d.deadline.IsZero() && s.Now() > d.deadline, Stopped: in.draft.Stopped()}
	if in.trouble != "" {
		p.Trouble = w.T(in.trouble)
	}
	versions, err := s.Store.Submissions(c.Request().Context(), within(c), d.section.Code, d.sheet.Day)
	if err != nil {
		return p, err
	}
	p.Given = len(versions)
	wrongs := p.problems(w, d, in, problems)
	for _, step := range d.sheet.Form.Steps {
		v := stepView{Code: step.Code, Title: step.In(english(w))}
		for _, a := range d.sheet.Asks {
			if a.Step == step.Code {
				v.add(s.askView(w, a, d, in.draft, wrongs[a.Code]), in.draft.Wanted(a))
			}
		}
		p.add(v)
	}
	p.Left = p.Total - p.Done
	return p, nil
}

// problems lists what is wrong above the form, and gives it by item for each field.
func (p *checklistPage) problems(w locale.Words, d checklistDay, in checklistInput, problems []daily.Problem) map[string]map[string]string {
	byItem := map[string]map[string]string{}
	for _, one := range problems {
		message := in.wrongWith(w, one)
		if byItem[one.Item] == nil {
			byItem[one.Item] = map[string]string{}
		}
		byItem[one.Item][one.Field] = message
		item, _ := d.sheet.Form.Item(one.Item)
		label := one.Item + " " + item.Brief(english(w))
		for _, f := range item.Figures {
			if one.Field == "number."+f.Code {
				label = one.Item + " " + f.In(english(w))
			}
		}
		p.Problems = append(p.Problems, problemView{one.Field, label, message})
	}
	return byItem
}

func (v *stepView) add(a askView, wanted bool) {
	v.Asks = append(v.Asks, a)
	if !wanted {
		return
	}
	v.Total++
	switch {
	case a.Done:
		v.Done++
	case a.Why == "":
		v.Rest++
	}
}

func (p *checklistPage) add(v stepView) {
	p.Steps = append(p.Steps, v)
	p.Done, p.Total = p.Done+v.Done, p.Total+v.Total
	for _, a := range v.Asks {
		switch {
		case a.Choice == "no" && !a.State:
			p.Marks = append(p.Marks, "x")
		case a.Done:
			p.Marks = append(p.Marks, "")
		default:
			p.Marks = append(p.Marks, "e")
		}
	}
}

func (s *server) askView(w locale.Words, a daily.Ask, d checklistDay, draft daily.Draft, wrong map[string]string) askView {
	en, e := english(w), draft[a.Code]
	v := askView{Code: a.Code, Text: a.Brief(en), Kind: "question", Choice: e.Choice.Word(), How: string(e.How), Remark: e.Remark,
		Number: e.Number, Why: a.Alone, Drawn: a.Drawn, Photo: a.Input.Has(checklist.Photo), Stopped: a.Stopped, Wrong: wrong, Photos: e.Photos,
		One: a.Input.Has(checklist.Count) && len(a.Numbers) == 0 && a.Code != checklist.Work, State: a.Code == checklist.Work, Yesterday: a.Yesterday.Choice.Word()}
	if full := a.In(en); full != v.Text {
		v.Full = full
	}
	for _, r := range a.Reasons {
		v.Reasons = append(v.Reasons, reasonView{r.Text, r.In(en), slices.Contains(e.Reasons, r.Text)})
	}
	v.Done = e.Choice != checklist.Blank
	switch {
	case len(a.Numbers) > 0:
		v.Kind = "figures"
		v.numbers(a, draft, en)
	case a.Input.Has(checklist.Words) && !a.Input.Has(checklist.YesNo):
		v.Kind = "words"
		v.Done = v.Done || e.Remark != ""
	}
	s.about(&v, d.sheet.Facts)
	return v
}

// numbers shows the figures of an item. Those that a person counts stay empty until he has.
func (v *askView) numbers(a daily.Ask, draft daily.Draft, en bool) {
	typed, filled, known, amiss := false, true, false, false
	for _, n := range a.Numbers {
		field := "number." + n.Code
		v.Numbers = append(v.Numbers, numberView{n.Code, n.In(en), cmp.Or(draft[n.Code].Number, n.Default()), n.Known, n.Yesterday, v.Wrong[field], n.Typed, n.Optional, n.Later})
		if n.Typed {
			typed, filled = true, filled && draft[n.Code].Number != ""
		}
		known, amiss = known || v.Numbers[len(v.Numbers)-1].Value != "", amiss || v.Wrong[field] != ""
	}
	v.Folded = known && !typed && !amiss
	v.Done = v.Done || typed && filled
}

// about adds what is behind the numbers of an item: who was not tested, which rooms are over, what was disinfected.
func (s *server) about(v *askView, facts daily.Facts) {
	switch v.Code {
	case "C2":
		v.Names = facts.Untested
	case "E1":
		v.Names = facts.Rooms
	case "F1":
		for _, a := range facts.Areas {
			v.Areas = append(v.Areas, areaView{a, strength(a)})
		}
	}
}

func strength(a daily.AreaDay) string {
	if a.Unit == "" {
		return a.Agent
	}
	return strings.TrimSpace(a.Agent + " " + locale.Number(int64(a.Concentration)) + string(a.Unit))
}

// reviewPage is what is looked at once more before it is handed in.
type reviewPage struct {
	Frame
	Code, URL, Name        string
	Day                    calendar.Date
	Fields                 []fieldView
	Exceptions             []reviewLine
	Numbers                []numberLine
	Single, Bulk           []reviewLine
	Questions              []questionView
	Late, Stopped, Unasked bool
}

type fieldView struct{ Name, Value string }

type reviewLine struct{ Code, Text, State, Remark string } // State: whether work goes on

type numberLine struct{ Text, Number, Known string }

type questionView struct {
	Code, Text, Number, Against string
	Roster, Wrong               bool
}

// reviewChecklist shows once more what will be handed in: exceptions first, then the numbers, then how many were confirmed together.
func (s *server) reviewChecklist(c echo.Context, d checklistDay, in checklistInput, checked daily.Checked) error {
	w := s.words(c)
	if wantsJSON(c) {
		fields := map[string]string{}
		for _, q := range checked.Questions {
			fields["confirm."+q.Code] = w.T("checklist.meant")
		}
		problem := &fault.Error{Kind: fault.Invalid, Message: w.T("checklist.meant"), Fields: fields}
		return s.answerError(c, http.StatusUnprocessableEntity, problem.Message, problem)
	}
	p := reviewPage{Frame: s.frame("checklist"), Code: d.section.Code, URL: sectionURL(d.section.Code), Name: d.section.ProjectName + " " + d.section.Name,
		Day: d.sheet.Day, Late: !d.deadline.IsZero() && s.Now() > d.deadline, Stopped: in.draft.Stopped(),
		Fields: reviewFields(c, in), Exceptions: reviewLines(w, d, checked.Exceptions, checked.Answers),
		Single: reviewLines(w, d, checked.Singles, checked.Answers), Bulk: reviewLines(w, d, checked.Bulks, checked.Answers)}
	p.Numbers = numberLines(w, d, checked.Answers)
	again := c.Request().PostForm.Get("step") == "submit"
	for _, q := range checked.Questions {
		item, _ := checklist.Find(q.Code)
		p.Questions = append(p.Questions, questionView{q.Code, item.In(english(w)), q.Number, q.Against, q.Roster, again && in.confirmed[q.Code] != q.Number})
	}
	status := http.StatusOK
	if again {
		status = http.StatusUnprocessableEntity
	}
	return s.render(c, status, "checkreview", p)
}

// reviewFields carries what was entered through the review.
func reviewFields(c echo.Context, in checklistInput) []fieldView {
	var all []fieldView
	form := c.Request().PostForm
	for name, values := range form {
		if name == "step" || name == "bulk" || name == "form_token" || strings.HasPrefix(name, "confirm.") {
			continue
		}
		for _, v := range values {
			all = append(all, fieldView{name, v})
		}
	}
	slices.SortStableFunc(all, func(a, b fieldView) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func reviewLines(w locale.Words, d checklistDay, codes []string, answers []checklist.Answer) []reviewLine {
	var lines []reviewLine
	for _, code := range codes {
		item, _ := d.sheet.Form.Item(code)
		line := reviewLine{Code: code, Text: item.Brief(english(w))}
		for _, a := range answers {
			if a.Item == code {
				line.Remark = a.Remark
				if code == checklist.Work {
					line.State = choiceWord(w, code, a.Choice.Word())
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func numberLines(w locale.Words, d checklistDay, answers []checklist.Answer) []numberLine {
	var lines []numberLine
	given := map[string]string{}
	for _, a := range answers {
		if a.Choice == checklist.Number {
			given[a.Item] = a.Number
		}
	}
	for _, a := range d.sheet.Asks {
		for _, n := range a.Numbers {
			if number, ok := given[n.Code]; ok {
				lines = append(lines, numberLine{n.In(english(w)), number, n.Known})
			}
		}
	}
	return lines
}
