package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// How many sections a page of the list has, and how many flags that ended are listed.
const (
	sectionsAPage = 50
	mostAPage     = 500
	flagsListed   = 1000
)

type sectionsAnswer struct {
	Sections   []sectionAnswer `json:"sections"`
	NextCursor *string         `json:"next_cursor"`
}

// sectionAnswer is a section with what was last found of it; the verdict is null before its first judgement.
type sectionAnswer struct {
	Section          string         `json:"section"`
	Name             string         `json:"name"`
	Project          string         `json:"project"`
	ProjectName      string         `json:"project_name"`
	Street           string         `json:"street"`
	Community        string         `json:"community"`
	State            string         `json:"state"`
	StoppedOn        *calendar.Date `json:"stopped_on"`
	NotResumedReason string         `json:"not_resumed_reason"`
	Verdict          *string        `json:"verdict"`
	Headcount        int            `json:"headcount"`
	HousedOnSite     int            `json:"housed_on_site"`
	Blocking         int            `json:"blocking"`
	Flags            int            `json:"flags"`
	EvaluatedAt      *string        `json:"evaluated_at"`
	VerdictAt        *string        `json:"verdict_at"`
	HoldsUntil       *string        `json:"holds_until"`
}

func (s *server) sectionAnswer(l store.SectionLine) sectionAnswer {
	a := sectionAnswer{Section: l.Code, Name: l.Name, Project: l.ProjectCode, ProjectName: l.ProjectName, Street: l.Street,
		Community: l.Community, State: string(l.State), NotResumedReason: l.Reason, Headcount: l.Headcount, HousedOnSite: l.HousedOnSite,
		Blocking: l.Blocking, Flags: l.Flags, EvaluatedAt: s.instantOut(l.EvaluatedAt), VerdictAt: s.instantOut(l.VerdictAt),
		HoldsUntil: s.instantOut(l.HoldsUntil)}
	if l.Judged {
		a.Verdict = new(l.Verdict.String())
	}
	if !l.StoppedOn.IsZero() {
		a.StoppedOn = &l.StoppedOn
	}
	return a
}

func (s *server) apiSections(c echo.Context) error {
	f, err := listFilter(c)
	if err != nil {
		return err
	}
	page := f.Limit
	f.Limit++ // one more tells whether there is another page
	lines, err := s.Store.SectionList(c.Request().Context(), within(c), f)
	if err != nil {
		return err
	}
	answer := sectionsAnswer{Sections: []sectionAnswer{}}
	for i, l := range lines {
		if i == page {
			answer.NextCursor = new(cursorTo(lines[i-1].Code))
			break
		}
		answer.Sections = append(answer.Sections, s.sectionAnswer(l))
	}
	return reply(c, http.StatusOK, answer)
}

func listFilter(c echo.Context) (store.ListFilter, error) {
	q, err := query(c, "verdict", "street", "q", "cursor", "limit")
	if err != nil {
		return store.ListFilter{}, err
	}
	f := store.ListFilter{Verdict: q["verdict"], Query: q["q"], Limit: sectionsAPage}
	if q["street"] != "" {
		f.Streets = []string{q["street"]}
	}
	after, cursorErr := cursorFrom(q["cursor"])
	f.After = after
	var verdictErr, limitErr error
	switch f.Verdict {
	case "", "met", "conditional", "unmet", "none":
	default:
		verdictErr = wrong("verdict", "verdict 应为 met、conditional、unmet 或 none")
	}
	if q["limit"] != "" {
		n, err := strconv.Atoi(q["limit"])
		if err != nil || n < 1 || n > mostAPage {
			limitErr = wrong("limit", "limit 应为 1 至 500 的整数")
		}
		f.Limit = n
	}
	return f, together(cursorErr, verdictErr, limitErr)
}

func (s *server) apiSection(c echo.Context) error {
	if _, err := query(c); err != nil {
		return err
	}
	f := store.ListFilter{SectionFilter: store.SectionFilter{Codes: []string{c.Param("code")}}}
	lines, err := s.Store.SectionList(c.Request().Context(), within(c), f)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fault.New(fault.NotFound, "no section %q", c.Param("code"))
	}
	return reply(c, http.StatusOK, s.sectionAnswer(lines[0]))
}

// apiVerdict judges a section at any instant by what was known at another, and saves nothing.
func (s *server) apiVerdict(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := s.sectionID(c)
	if err != nil {
		return err
	}
	at, known, err := s.twoTimes(c)
	if err != nil {
		return err
	}
	judged, err := s.Evaluator.Judge(ctx, []site.SectionID{id}, at, known)
	if fault.KindOf(err) == fault.NotFound {
		return wrong("at", said(err))
	}
	if err != nil {
		return err
	}
	look := lensOf(actor(c).User.Role)
	var tails map[roster.WorkerID]string
	if look.tails {
		if tails, err = s.Store.Tails(ctx, within(c), evaluation.Workers[roster.WorkerID](judged)); err != nil {
			return err
		}
	}
	leftOut := make([]map[criteria.Code]int, len(judged))
	verdicts := make([]criteria.Verdict, len(judged)) // of all findings, also of those that do not show
	for i := range judged {
		verdicts[i] = judged[i].Verdict()
		leftOut[i] = look.leftOut(judged[i].Report)
		judged[i].Report = look.report(judged[i].Report)
	}
	d := evaluation.NewDocument(judged, at, known, tails, s.Loc)
	for i := range d.Sections {
		d.Sections[i].Verdict = verdicts[i].String()
		for j := range d.Sections[i].Findings {
			f := &d.Sections[i].Findings[j]
			f.LeftOut = leftOut[i][criteria.Code(f.Criterion)]
		}
	}
	return reply(c, http.StatusOK, d)
}

func (s *server) twoTimes(c echo.Context) (at, known calendar.Instant, err error) {
	q, err := query(c, "at", "known_at")
	if err != nil {
		return 0, 0, err
	}
	at, atErr := instantIn("at", q["at"])
	known, knownErr := instantIn("known_at", q["known_at"])
	if at.IsZero() {
		at = s.Now()
	}
	return at, known, together(atErr, knownErr)
}

type flagsAnswer struct {
	Flags []evaluation.FlagDocument `json:"flags"`
}

func (s *server) apiFlags(c echo.Context) error {
	if _, err := s.sectionID(c); err != nil {
		return err
	}
	q, err := query(c, "all")
	if err != nil {
		return err
	}
	all, err := yesOrNo("all", q["all"])
	if err != nil {
		return err
	}
	f := store.FlagFilter{Sections: []string{c.Param("code")}, Cleared: all, Limit: flagsListed}
	flags, err := s.Store.Flags(c.Request().Context(), within(c), f)
	if err != nil {
		return err
	}
	answer := flagsAnswer{Flags: []evaluation.FlagDocument{}}
	for _, f := range lensOf(actor(c).User.Role).flags(flags) {
		answer.Flags = append(answer.Flags, evaluation.NewFlagDocument(f.SectionCode, f.Flag, s.Loc))
	}
	return reply(c, http.StatusOK, answer)
}

// yesOrNo reads a truth of an address; none is no.
func yesOrNo(field, text string) (bool, error) {
	switch text {
	case "true", "1":
		return true, nil
	case "", "false", "0":
		return false, nil
	}
	return false, wrong(field, field+" 应为 true 或 false")
}
