package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/site"
	"fugong/internal/store"
)

// photosAnAnswer is how many photos may stand with one answer.
const photosAnAnswer = 9

// clockAhead is how far the clock of whoever hands in a checklist may be fast before its day counts as one to come.
const clockAhead = 5 * 60 * 1_000_000 // microseconds

// checklistRequest is a checklist as it is handed in.
type checklistRequest struct {
	Date       string          `json:"date"`
	Answers    []answerRequest `json:"answers"`
	DeviceTime string          `json:"device_time"`
	Template   *int            `json:"template"`
}

type answerRequest struct {
	Item   string       `json:"item"`
	Answer string       `json:"answer"`
	Number *json.Number `json:"number"`
	Remark string       `json:"remark"`
	Photos []string     `json:"photos"`
	How    string       `json:"how"`
}

// checklistAnswer is a checklist that was handed in. Late says that it came after the report of its day was due.
type checklistAnswer struct {
	ID         int64         `json:"id"`
	Section    string        `json:"section"`
	Date       calendar.Date `json:"date"`
	Version    int           `json:"version"`
	ReceivedAt string        `json:"received_at"`
	Late       bool          `json:"late"`
}

type checklistsAnswer struct {
	Section  string             `json:"section"`
	Date     calendar.Date      `json:"date"`
	Versions []checklistVersion `json:"versions"`
}

type checklistVersion struct {
	checklistAnswer
	DeviceTime  *string      `json:"device_time"`
	SubmittedBy string       `json:"submitted_by"`
	Template    *int         `json:"template"`
	Answers     []itemAnswer `json:"answers"`
}

type itemAnswer struct {
	Item   string       `json:"item"`
	Answer *string      `json:"answer"`
	Number *json.Number `json:"number"`
	Remark string       `json:"remark"`
	Photos []string     `json:"photos"`
	How    *string      `json:"how"`
}

// apiSubmit hands in a checklist. Each submission of a day is a version of its own; the answers given last count.
func (s *server) apiSubmit(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := s.sectionID(c)
	if err != nil {
		return err
	}
	if _, err := query(c); err != nil {
		return err
	}
	var asked checklistRequest
	body, err := readRequest(c, &asked)
	if err != nil {
		return err
	}
	request, keyErr := s.request(c, body)
	sub, err := s.submission(asked)
	if err := together(keyErr, err); err != nil {
		return err
	}
	deadline, err := s.Evaluator.ReportDeadline(ctx, id, sub.Date)
	if err != nil {
		return err
	}
	sub.Section, sub.Act = c.Param("code"), act(c)
	answer, err := s.Store.Submit(ctx, within(c), sub, request, func(f store.Filed) (store.Answer, error) {
		return kept(http.StatusCreated, s.checklistAnswer(f, deadline))
	})
	if err != nil {
		return ofAnswers(err, sub.Answers)
	}
	return replyOnce(c, answer)
}

// ofAnswers says of what is wrong with the photos of an item where in the request that stands.
func ofAnswers(err error, answers []checklist.Answer) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return err
	}
	placed := *e
	placed.Fields = map[string]string{}
	for i, a := range answers {
		if message := e.Fields[a.Item]; message != "" {
			placed.Fields[fmt.Sprintf("answers[%d].photos", i)] = message
		}
	}
	return &placed
}

func (s *server) checklistAnswer(f store.Filed, deadline calendar.Instant) checklistAnswer {
	return checklistAnswer{ID: f.ID, Section: f.Section, Date: f.Date, Version: f.Version, ReceivedAt: f.ReceivedAt.RFC3339(s.Loc),
		Late: !deadline.IsZero() && f.ReceivedAt > deadline}
}

// submission checks what is asked for against the form.
func (s *server) submission(asked checklistRequest) (store.Submission, error) {
	sub := store.Submission{Now: s.Now(), Provenance: checklist.Provenance{Ways: map[string]checklist.Way{}}}
	var dateErr error
	sub.Date, dateErr = s.reportDay(asked.Date)
	deviceAt, deviceErr := instantIn("device_time", asked.DeviceTime)
	sub.DeviceAt = deviceAt
	template, templateErr := templateAsked(asked.Template)
	sub.Template = template
	problems := []error{dateErr, deviceErr, templateErr}
	if len(asked.Answers) == 0 {
		problems = append(problems, wrong("answers", "至少要有一项答案"))
	}
	seen := map[string]bool{}
	for i, a := range asked.Answers {
		answer, err := a.read()
		if err == nil && seen[a.Item] {
			err = wrong("item", "第 "+a.Item+" 项答了两次")
		}
		seen[a.Item] = true
		problems = append(problems, inList(err, "answers", i))
		sub.Answers = append(sub.Answers, answer)
		if a.How != "" {
			sub.Ways[a.Item] = checklist.Way{How: checklist.ParseHow(a.How)}
		}
	}
	return sub, together(problems...)
}

// templateAsked reads by which version of the form a checklist was filled in; zero when it was not told.
func templateAsked(version *int) (int, error) {
	if version == nil {
		return 0, nil
	}
	if _, known := checklist.Version(*version); !known {
		return 0, wrong("template", "没有这一版自查表")
	}
	return *version, nil
}

// reportDay reads the day of a checklist; days to come are refused.
func (s *server) reportDay(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.Date{}, wrong("date", "请填写日期，如 2022-05-06")
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		return day, wrong("date", "日期应写作 2022-05-06，且是日历上有的日期")
	}
	if today := calendar.On(s.Now()+clockAhead, s.Loc); day.After(today) {
		return day, wrong("date", "日期不能晚于今天（"+today.String()+"）")
	}
	return day, nil
}

// read checks one answer against its item on the form.
func (a answerRequest) read() (checklist.Answer, error) {
	answer := checklist.Answer{Item: a.Item, Remark: strings.TrimSpace(a.Remark)}
	item, known := checklist.Find(a.Item)
	if !known {
		return answer, wrong("item", "自查表没有这一项，应为 A1 至 K2 中的一项")
	}
	words := map[string]checklist.Choice{"": checklist.Blank, "yes": checklist.Yes, "no": checklist.No, "na": checklist.NotApplicable}
	choice, known := words[a.Answer]
	if !known {
		return answer, wrong("answer", "answer 应为 yes、no 或 na")
	}
	if a.How != "" && checklist.ParseHow(a.How) == "" {
		return answer, wrong("how", "how 应为 single、bulk 或 restored")
	}
	if len(a.Photos) > photosAnAnswer {
		return answer, wrong("photos", fmt.Sprintf("一项最多附 %d 张照片", photosAnAnswer))
	}
	for _, name := range a.Photos {
		uuid, err := photoUUID("photos", name)
		if err != nil {
			return answer, err
		}
		answer.Photos = append(answer.Photos, uuid)
	}
	if a.Number != nil {
		n, err := intake.ParseDecimal(a.Number.String(), checklist.Digits)
		if err != nil || n < 0 {
			return answer, wrong("number", "应为不小于 0 的数，小数不超过 3 位")
		}
		answer.Number = intake.FormatDecimal(n, checklist.Digits)
	}
	if answer.Choice = choice; choice == checklist.Blank && answer.Number != "" {
		answer.Choice = checklist.Number
	}
	return answer, item.Validate(answer)
}

// inList puts the place in a list before the names of the fields that are wrong.
func inList(err error, list string, i int) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	placed := *e
	placed.Fields = map[string]string{}
	for name, message := range e.Fields {
		placed.Fields[fmt.Sprintf("%s[%d].%s", list, i, name)] = message
	}
	return &placed
}

// apiChecklists lists all versions of a day's checklist, today's when no day is asked for.
func (s *server) apiChecklists(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := s.sectionID(c)
	if err != nil {
		return err
	}
	q, err := query(c, "date")
	if err != nil {
		return err
	}
	day := calendar.On(s.Now(), s.Loc)
	if q["date"] != "" {
		if day, err = s.reportDay(q["date"]); err != nil {
			return err
		}
	}
	versions, err := s.Store.Submissions(ctx, within(c), c.Param("code"), day)
	if err != nil {
		return err
	}
	lensOf(actor(c).User.Role).coverRemarks(versions, s.words(c).T("reveal.remark"))
	answer, err := s.versionsAnswer(c, id, versions)
	if err != nil {
		return err
	}
	return reply(c, http.StatusOK, checklistsAnswer{c.Param("code"), day, answer})
}

func (s *server) versionsAnswer(c echo.Context, id site.SectionID, versions []store.Filed) ([]checklistVersion, error) {
	all := make([]checklistVersion, len(versions))
	if len(all) == 0 {
		return all, nil
	}
	deadline, err := s.Evaluator.ReportDeadline(c.Request().Context(), id, versions[0].Date)
	for i, f := range versions {
		all[i] = checklistVersion{s.checklistAnswer(f, deadline), s.instantOut(f.DeviceAt), f.By, nil, []itemAnswer{}}
		if f.Template != 0 {
			all[i].Template = &f.Template
		}
		for _, a := range f.Answers {
			all[i].Answers = append(all[i].Answers, newItemAnswer(a, f.Ways[a.Item].How))
		}
	}
	return all, err
}

func newItemAnswer(a checklist.Answer, how checklist.How) itemAnswer {
	item := itemAnswer{Item: a.Item, Remark: a.Remark, Photos: append([]string{}, a.Photos...)}
	if word := map[checklist.Choice]string{checklist.Yes: "yes", checklist.No: "no", checklist.NotApplicable: "na"}[a.Choice]; word != "" {
		item.Answer = &word
	}
	if a.Number != "" {
		item.Number = new(json.Number(a.Number))
	}
	if how != "" {
		item.How = new(string(how))
	}
	return item
}
