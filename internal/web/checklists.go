package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/store"
)

// daysShown is how many days of checklists are listed.
const daysShown = 60

type checklistsPage struct {
	Frame
	listFiles
	Code, URL, Name string
	Today           calendar.Date
	MayFill         bool
	Days            []filedDay
	Shown           int // days, where there are more of them
}

type filedDay struct {
	Date     calendar.Date
	Versions []filedLine
}

// filedLine is one version of a day's checklist.
type filedLine struct {
	Version          int
	ReceivedAt       calendar.Instant
	By               string
	Late             bool
	Answers, Refused int
}

// checklistDays lists the days for which checklists were handed in, the newest first.
func (s *server) checklistDays(c echo.Context) error {
	code, days, err := s.filedDays(c, daysShown+1)
	if err != nil {
		return err
	}
	p := checklistsPage{Frame: s.frame("sections"), listFiles: filesOf(sectionURL(code)+"/checklists", nil), Code: code, URL: sectionURL(code),
		Today: calendar.On(s.Now(), s.Loc), MayFill: actor(c).User.Role == account.Manager, Days: days[:min(len(days), daysShown)]}
	if len(days) > daysShown {
		p.Shown = daysShown
	}
	if p.Name, err = s.sectionName(c, code); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "checklists", p)
}

// filedDays reads the last days of the section that the address names, and gives its code.
func (s *server) filedDays(c echo.Context, most int) (string, []filedDay, error) {
	id, err := s.sectionID(c)
	if err != nil {
		return "", nil, err
	}
	code, err := sectionCode(c)
	if err != nil {
		return "", nil, err
	}
	lines, err := s.Store.SubmissionDays(c.Request().Context(), within(c), code, most)
	if err != nil {
		return "", nil, err
	}
	var dates []calendar.Date
	for _, f := range lines {
		if len(dates) == 0 || dates[len(dates)-1] != f.Date {
			dates = append(dates, f.Date)
		}
	}
	due, err := s.Evaluator.ReportDeadlines(c.Request().Context(), id, dates)
	return code, daysOf(lines, due), err
}

// daysOf puts the versions of a day together.
func daysOf(lines []store.FiledLine, due map[calendar.Date]calendar.Instant) []filedDay {
	var days []filedDay
	for _, f := range lines {
		if len(days) == 0 || days[len(days)-1].Date != f.Date {
			days = append(days, filedDay{Date: f.Date})
		}
		d := &days[len(days)-1]
		d.Versions = append(d.Versions, filedLine{f.Version, f.ReceivedAt, f.By, late(f.ReceivedAt, due[f.Date]), f.Answers, f.Refused})
	}
	return days
}

// late reports whether a checklist came after it was due.
func late(received, deadline calendar.Instant) bool { return !deadline.IsZero() && received > deadline }

// checklistDayPage is what was handed in for a day: the last version in full, and what the earlier ones said otherwise.
type checklistDayPage struct {
	Frame
	Code, URL, Name string
	Day             calendar.Date
	Deadline        calendar.Instant
	Notice          string
	MayFill         bool
	Told            bool          // it is known of some answers how they were given
	Due             string        // the deadline in words
	Before          calendar.Date // the last day of which there is a report, where there is none of this day
	Versions        []versionView
	Shown           versionView
	Parts           []partView
	Remarks         string // page that shows what is remarked on health, where the role sees it covered and there is any
}

type versionView struct {
	filedLine
	DeviceAt calendar.Instant
	Form     int
	Changes  []changeView // against the version before
}

type changeView struct{ Code, Text, Was, Is string }

type partView struct {
	Title string
	Rows  []answerView
}

type answerView struct {
	Code, Text, Choice, Said, Number string // Said: the choice in a word
	Remark                           string
	How                              checklist.How
	At                               calendar.Instant
	Known                            string
	Drawn, Figure, Amiss             bool
	Photos                           []string // uuids
}

// sectionName is how a section is called, its project first.
func (s *server) sectionName(c echo.Context, code string) (string, error) {
	lines, err := s.Store.SectionList(c.Request().Context(), within(c), store.ListFilter{SectionFilter: store.SectionFilter{Codes: []string{code}}})
	if err != nil {
		return "", err
	}
	if len(lines) == 0 {
		return "", fault.New(fault.NotFound, "no section %s", code)
	}
	return strings.TrimSpace(lines[0].ProjectName + " " + lines[0].Name), nil
}

// checklistReport shows what was handed in for a day, read-only.
func (s *server) checklistReport(c echo.Context) error {
	day, kind, err := dayFile(c.Param("file"))
	if err != nil {
		return err
	}
	p, err := s.checklistDayPage(c, day)
	if err != nil {
		return err
	}
	switch {
	case kind != "" && len(p.Versions) == 0:
		return fault.New(fault.NotFound, "no checklist of %s", day)
	case kind == "pdf":
		return s.checklistPDF(c, p)
	case kind == "xlsx":
		return s.checklistTable(c, p)
	}
	return s.render(c, http.StatusOK, "checkday", p)
}

func (s *server) checklistDayPage(c echo.Context, day calendar.Date) (checklistDayPage, error) {
	p := checklistDayPage{Frame: s.frame("sections"), Day: day, MayFill: actor(c).User.Role == account.Manager}
	id, err := s.sectionID(c)
	if err != nil {
		return p, err
	}
	if p.Code, err = sectionCode(c); err != nil {
		return p, err
	}
	p.URL = sectionURL(p.Code)
	if p.Name, err = s.sectionName(c, p.Code); err != nil {
		return p, err
	}
	if p.Deadline, err = s.Evaluator.ReportDeadline(c.Request().Context(), id, day); err != nil {
		return p, err
	}
	versions, err := s.Store.Submissions(c.Request().Context(), within(c), p.Code, day)
	look, w := lensOf(actor(c).User.Role), s.words(c)
	if !look.texts && slices.ContainsFunc(versions, remarksHealth) && s.mayGet(remarksPath, actor(c).User.Role) {
		p.Remarks = p.URL + "/checklists/" + day.String() + "/remarks"
	}
	look.coverRemarks(versions, w.T("reveal.remark"))
	for i, f := range versions {
		v := versionView{filedLine: filedLine{f.Version, f.ReceivedAt, f.By, late(f.ReceivedAt, p.Deadline), len(f.Answers), refused(f.Answers)},
			DeviceAt: f.DeviceAt, Form: f.Template}
		if i > 0 {
			v.Changes = changes(w, versions[i-1].Answers, f.Answers)
		}
		p.Versions = append(p.Versions, v)
	}
	p.Due = dueWords(w, p.Deadline, s.Loc)
	if n := len(versions); n > 0 {
		p.Shown, p.Parts = p.Versions[n-1], answerParts(w, versions[n-1])
		p.Told = slices.ContainsFunc(p.Parts, partView.told)
	} else if err == nil {
		p.Before, err = s.lastReport(c, p.Code)
	}
	slices.Reverse(p.Versions)
	if c.QueryParam("notice") == "sent" && len(versions) > 0 {
		p.Notice = w.T("checklist.sent", "n", len(versions))
	}
	return p, err
}

// remarksHealth reports whether a checklist remarks on tests or health.
func remarksHealth(f store.Filed) bool {
	return slices.ContainsFunc(f.Answers, func(a checklist.Answer) bool { return a.Remark != "" && store.OnHealth(a.Item) })
}

// lastReport is the last day of which a section has a report; no day where it never had one.
func (s *server) lastReport(c echo.Context, code string) (calendar.Date, error) {
	days, err := s.Store.SubmissionDays(c.Request().Context(), within(c), code, 1)
	if err != nil || len(days) == 0 {
		return calendar.Date{}, err
	}
	return days[0].Date, nil
}

// told reports whether it is known of an answer how it was given; of a file it is not.
func (p partView) told() bool {
	return slices.ContainsFunc(p.Rows, func(a answerView) bool { return a.How != "" || !a.At.IsZero() })
}

func refused(answers []checklist.Answer) int {
	n := 0
	for _, a := range answers {
		if a.Amiss() {
			n++
		}
	}
	return n
}

// answerParts puts the answers of a version under the headings of the form, in its order. What the form of that version does not
// know comes last: nothing that was said is left out.
func answerParts(w locale.Words, f store.Filed) []partView {
	given := map[string]checklist.Answer{}
	for _, a := range f.Answers {
		given[a.Item] = a
	}
	var parts []partView
	for _, row := range formOrder(f) {
		a, answered := given[row.Code]
		if !answered {
			continue
		}
		if title := w.Word("checkpart", row.Code[:1]); len(parts) == 0 || parts[len(parts)-1].Title != title {
			parts = append(parts, partView{Title: title})
		}
		v := answerView{Code: a.Item, Text: row.Brief(english(w)), Choice: a.Choice.Word(), Number: a.Number, Remark: a.Remark,
			How: f.Ways[a.Item].How, At: f.Ways[a.Item].At, Known: f.Ways[a.Item].Known, Drawn: slices.Contains(f.Drawn, a.Item),
			Figure: strings.Contains(a.Item, "."), Amiss: a.Amiss(), Photos: a.Photos}
		if v.Choice != "" {
			v.Said = choiceWord(w, a.Item, v.Choice)
		}
		if v.Figure && v.How == "" {
			v.How = f.Ways[a.Item[:strings.Index(a.Item, ".")]].How
		}
		last := &parts[len(parts)-1]
		last.Rows = append(last.Rows, v)
	}
	return parts
}

// formOrder lists the items and figures of the form that a checklist was filled in by, each figure behind its item.
func formOrder(f store.Filed) []checklist.Item {
	form, known := checklist.Version(f.Template)
	if !known {
		form = checklist.On(f.Date)
	}
	var all []checklist.Item
	listed := map[string]bool{}
	add := func(it checklist.Item) {
		listed[it.Code] = true
		all = append(all, it)
	}
	for _, it := range form.Items {
		add(it)
		for _, figure := range it.Figures {
			if item, ok := checklist.Find(figure.Code); ok {
				add(item)
			}
		}
	}
	for _, a := range f.Answers {
		if item, ok := checklist.Find(a.Item); ok && !listed[a.Item] {
			add(item)
		}
	}
	return all
}

// changes tells what a version says otherwise than the one before.
func changes(w locale.Words, before, after []checklist.Answer) []changeView {
	was, is := map[string]checklist.Answer{}, map[string]checklist.Answer{}
	var codes []string
	for _, a := range before {
		was[a.Item] = a
		codes = append(codes, a.Item)
	}
	for _, a := range after {
		if is[a.Item] = a; !slices.Contains(codes, a.Item) {
			codes = append(codes, a.Item)
		}
	}
	var all []changeView
	for _, code := range codes {
		item, _ := checklist.Find(code)
		before, after := answerWords(w, was[code]), answerWords(w, is[code])
		if before != after {
			all = append(all, changeView{code, item.Brief(english(w)), before, after})
		}
	}
	return all
}

// answerWords is an answer in words; blank is said to be so.
func answerWords(w locale.Words, a checklist.Answer) string {
	words := []string{}
	if word := a.Choice.Word(); word != "" {
		words = append(words, choiceWord(w, a.Item, word))
	}
	for _, text := range []string{a.Number, a.Remark} {
		if text != "" {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return w.T("checklist.blank")
	}
	return strings.Join(words, " ")
}
