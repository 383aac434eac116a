package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/daily"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

const checklistPath = "/sections/:code/checklist"

// checklistBody is how much a checklist may take with photos straight from a camera.
const checklistBody = 48 << 20

func checklistRoutes() []Route {
	readers := []account.Role{account.Manager, account.Inspector, account.District}
	fills := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn, Body: checklistBody, Time: uploadTime}
	return []Route{
		{http.MethodGet, checklistPath, Policy{Roles: readers, Scope: ScopeOwn}, (*server).checklistForm},
		{http.MethodPost, checklistPath, fills, (*server).handInChecklist},
		{http.MethodGet, "/sections/:code/checklists", Policy{Roles: readers, Scope: ScopeOwn}, (*server).checklistDays},
		{http.MethodGet, "/sections/:code/checklists.csv", Policy{Roles: readers, Scope: ScopeOwn}, (*server).checklistsFile},
		{http.MethodGet, "/sections/:code/checklists.xlsx", Policy{Roles: readers, Scope: ScopeOwn}, (*server).checklistsFile},
		{http.MethodGet, "/sections/:code/checklists/:file", Policy{Roles: readers, Scope: ScopeOwn}, (*server).checklistReport},
	}
}

// checklistDay is the checklist of a section for a day, with what it was made from.
type checklistDay struct {
	id       site.SectionID
	section  site.Section
	sheet    daily.Sheet
	deadline calendar.Instant // zero: no policy says when
	report   criteria.Report
}

// checklistForm asks for the checklist of a day; who may only read it is led to what was handed in.
func (s *server) checklistForm(c echo.Context) error {
	day, err := s.askedDay(c)
	if err != nil {
		return err
	}
	if actor(c).User.Role != account.Manager {
		if _, err := s.sectionID(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, checklistsURL(c, day))
	}
	d, err := s.checklistDay(c, day)
	if err != nil {
		return err
	}
	draft, err := s.earlierDraft(c, d)
	if err != nil {
		return err
	}
	return s.renderChecklist(c, http.StatusOK, d, checklistInput{draft: draft, key: rand.Text()}, nil)
}

// askedDay is the day that the address asks for, today when it asks for none.
func (s *server) askedDay(c echo.Context) (calendar.Date, error) {
	text := c.QueryParam("date")
	if text == "" {
		return calendar.On(s.Now(), s.Loc), nil
	}
	return s.reportDay(text)
}

// checklistsURL is where the checklists of a day are read.
func checklistsURL(c echo.Context, day calendar.Date) string {
	return sectionURL(c.Param("code")) + "/checklists/" + day.String()
}

// checklistDay judges the section as of the day, up to now, and works out what is asked.
func (s *server) checklistDay(c echo.Context, day calendar.Date) (checklistDay, error) {
	ctx := c.Request().Context()
	d := checklistDay{}
	var err error
	if d.id, err = s.sectionID(c); err != nil {
		return d, err
	}
	at := min(s.Now(), day.Add(1).Start(s.Loc)-1)
	err = s.Evaluator.Visit(ctx, []site.SectionID{d.id}, at, 0, func(e evaluation.Examined) error {
		d.section, d.report = e.Section, e.Report
		d.sheet = daily.Plan(daily.Input{Form: checklist.On(day), Day: day, Facts: daily.Count(e.Snapshot, e.Report, e.Policy, s.Loc),
			Report: e.Report, Earlier: e.Snapshot.Answers, Seed: s.Store.Seed(e.Section.Code, day)})
		return nil
	})
	if err != nil {
		return d, err
	}
	d.deadline, err = s.Evaluator.ReportDeadline(ctx, d.id, day)
	return d, err
}

// earlierDraft takes up a version that was handed in, where the address names one to be corrected; else nothing is filled in.
func (s *server) earlierDraft(c echo.Context, d checklistDay) (daily.Draft, error) {
	if c.QueryParam("from") == "" {
		return daily.Draft{}, nil
	}
	versions, err := s.Store.Submissions(c.Request().Context(), within(c), d.section.Code, d.sheet.Day)
	if err != nil || len(versions) == 0 {
		return daily.Draft{}, err
	}
	return d.sheet.Again(versions[len(versions)-1].Answers), nil
}

// handInChecklist takes the form: it confirms a step as usual, shows the review, or hands the checklist in. Nothing is handed in
// before it is complete.
func (s *server) handInChecklist(c echo.Context) error {
	form := c.Request().PostForm
	if _, err := s.sectionID(c); err != nil {
		return err
	}
	day, err := s.reportDay(form.Get("date"))
	if err != nil {
		return err
	}
	d, err := s.checklistDay(c, day)
	if err != nil {
		return err
	}
	in, err := readChecklist(form, d.sheet)
	if err != nil {
		return err
	}
	if err := s.takePhotos(c, d.sheet, in); err != nil {
		return s.photosAgain(c, d, in, err)
	}
	checked := d.sheet.Check(in.draft)
	switch {
	case form.Get("step") == "edit":
		return s.renderChecklist(c, http.StatusOK, d, in, nil)
	case form.Get("bulk") != "":
		return s.confirmStep(c, d, in, form.Get("bulk"))
	case len(checked.Problems) > 0:
		return s.checklistAgain(c, d, in, checked)
	case form.Get("step") != "submit" || in.unconfirmed(checked.Questions):
		return s.reviewChecklist(c, d, in, checked)
	}
	return s.submitChecklist(c, d, in, checked)
}

// confirmStep is 「其余 n 项均正常」 where no script does it.
func (s *server) confirmStep(c echo.Context, d checklistDay, in checklistInput, step string) error {
	if d.sheet.Fill(in.draft, step) {
		return s.renderChecklist(c, http.StatusOK, d, in, nil)
	}
	var missing []daily.Problem
	for _, p := range d.sheet.Check(in.draft).Problems {
		if strings.HasPrefix(p.Field, "number.") {
			missing = append(missing, p)
		}
	}
	in.trouble = "checklist.numbers_first"
	return s.renderChecklist(c, http.StatusUnprocessableEntity, d, in, missing)
}

// checklistAgain brings the form back with what was typed and what is wrong.
func (s *server) checklistAgain(c echo.Context, d checklistDay, in checklistInput, checked daily.Checked) error {
	if wantsJSON(c) {
		return s.answerError(c, http.StatusUnprocessableEntity, s.words(c).T("checklist.incomplete"), s.problemFault(c, in, checked.Problems))
	}
	return s.renderChecklist(c, http.StatusUnprocessableEntity, d, in, checked.Problems)
}

// problemFault is what is wrong, by the names of the fields.
func (s *server) problemFault(c echo.Context, in checklistInput, problems []daily.Problem) error {
	fields := map[string]string{}
	for _, p := range problems {
		fields[p.Field] = in.wrongWith(s.words(c), p)
	}
	return &fault.Error{Kind: fault.Invalid, Message: s.words(c).T("checklist.incomplete"), Fields: fields}
}

// wantsJSON reports whether a script sent the form and reads the answer itself.
func wantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}

// submitChecklist hands the checklist in, once however often the form is sent.
func (s *server) submitChecklist(c echo.Context, d checklistDay, in checklistInput, checked daily.Checked) error {
	sub := store.Submission{Section: d.section.Code, Date: d.sheet.Day, Answers: checked.Answers, DeviceAt: in.deviceAt, Now: s.Now(), Act: act(c),
		Template: d.sheet.Form.Version, Provenance: d.sheet.Provenance(in.draft)}
	request := store.Request{User: actor(c).User.ID, Key: in.key, Content: c.Path() + "\n" + d.section.Code + "\n" + content(c.Request().PostForm)}
	answer, err := s.Store.Submit(c.Request().Context(), within(c), sub, request, func(f store.Filed) (store.Answer, error) {
		return kept(http.StatusCreated, s.checklistAnswer(f, d.deadline))
	})
	if problems := photoProblems(err); len(problems) > 0 {
		return s.checklistAgain(c, d, in, daily.Checked{Problems: problems})
	}
	if shownAgain(err) {
		return s.reviewChecklist(c, d, in, checked)
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return replyOnce(c, answer)
	}
	return c.Redirect(http.StatusSeeOther, checklistsURL(c, d.sheet.Day)+"?notice=sent")
}

// content is what a form says, without what differs each time it is sent.
func content(form url.Values) string {
	said := url.Values{}
	for name, values := range form {
		if name != "form_token" && name != "step" {
			said[name] = values
		}
	}
	return said.Encode()
}

// words in which the checklist itself is written: its items are data, with an English text beside the Chinese.
func english(w locale.Words) bool { return w.Lang == locale.English }
