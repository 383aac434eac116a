package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/roster"
	"fugong/internal/store"
)

// How many rows kept aside a page shows and one button tries again, and how long a reason may be.
const (
	casesShown       = 100
	casesAtOnce      = 200
	longestDismissal = 200
)

// quarantinePage lists the rows on which somebody has to decide, by why they are kept aside.
type quarantinePage struct {
	Frame
	listFiles
	Form   form
	Total  int
	Groups []caseGroup
	Taken  int // rows that were just taken in
	Left   int // rows that were tried and are still kept aside
	Told   string
}

type caseGroup struct {
	Code  string
	Count int
	Cases []caseLine
}

type caseLine struct {
	ID            int64
	Code          string
	Kind, File    string
	Line          int
	Section, By   string
	At            calendar.Instant
	Message       string
	Cells         []cellLine
	People        []personLine
	MayTake       bool
	Wrong, Reason string
}

type cellLine struct{ Column, Text string }

type personLine struct {
	ID         int64
	Name, Tail string
	Chosen     bool
}

// cases lists the open cases of the kinds that the role brings.
func (s *server) cases(c echo.Context) ([]store.Case, error) {
	all, err := s.Store.Quarantined(c.Request().Context(), within(c))
	kinds := kindsOf(actor(c).User.Role)
	return slices.DeleteFunc(all, func(x store.Case) bool { return !slices.Contains(kinds, x.Kind) }), err
}

func (s *server) quarantine(c echo.Context) error {
	p, err := s.quarantinePage(c, newForm())
	if err != nil {
		return err
	}
	p.Told = c.QueryParam("done")
	p.Taken, _ = strconv.Atoi(c.QueryParam("taken")) // none when it is no number
	p.Left, _ = strconv.Atoi(c.QueryParam("left"))
	return s.render(c, http.StatusOK, "quarantine", p)
}

func (s *server) quarantinePage(c echo.Context, f form) (quarantinePage, error) {
	p := quarantinePage{Frame: s.frame("imports"), listFiles: filesOf(quarantinePath, nil), Form: f}
	all, err := s.cases(c)
	if err != nil {
		return p, err
	}
	p.Total = len(all)
	p.Groups, err = s.caseGroups(c, all[:min(len(all), casesShown)], f)
	return p, err
}

// caseGroups shows cases by why they are kept aside.
func (s *server) caseGroups(c echo.Context, shown []store.Case, f form) ([]caseGroup, error) {
	people, err := s.Store.Candidates(c.Request().Context(), within(c), shown)
	if err != nil {
		return nil, err
	}
	var groups []caseGroup
	l := lensOf(actor(c).User.Role)
	for _, code := range []intake.Code{intake.NameMismatch, intake.NotOnRoster, intake.IDMasked, intake.TubeConflict} {
		g := caseGroup{Code: string(code)}
		for _, x := range shown {
			if x.Problem.Code == code {
				g.Cases = append(g.Cases, l.caseLine(x, people[x.ID], f, s.words(c)))
			}
		}
		if g.Count = len(g.Cases); g.Count > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// caseLine shows a case: names in full, of numbers the last four or nothing, as the role sees people.
func (l lens) caseLine(x store.Case, people []store.Person, f form, w locale.Words) caseLine {
	line := caseLine{ID: x.ID, Code: string(x.Problem.Code), Kind: x.Kind, File: x.File, Line: x.Problem.Line, Section: x.Section, By: x.RecordedBy,
		At: x.RecordedAt, Message: rowWords(w, x.Problem), MayTake: x.Problem.Code != intake.IDMasked || len(people) > 0}
	if !l.tails {
		line.Message = ""
	}
	columns, err := store.Columns(x.Kind)
	if err != nil {
		return line
	}
	for i, col := range columns {
		if i >= len(x.Cells) || x.Cells[i] == "" {
			continue
		}
		text := audit.MaskedName(x.Cells[i])
		switch {
		case col.Name == "证件号码" && l.tails:
			text = maskedNumber(x.Cells[i])
		case col.Name == "证件号码":
			text = "****"
		}
		line.Cells = append(line.Cells, cellLine{col.Name, text})
	}
	name := strconv.FormatInt(x.ID, 10)
	for _, p := range people {
		tail := p.Tail
		if !l.tails {
			tail = ""
		}
		line.People = append(line.People, personLine{int64(p.ID), p.Name, tail, f.Value(name+".as") == strconv.FormatInt(int64(p.ID), 10)})
	}
	line.Wrong, line.Reason = f.Wrong(name), f.Value(name)
	return line
}

// decideCase takes a row in after all, or dismisses it for a reason.
func (s *server) decideCase(c echo.Context) error {
	id, err := numberParam(c, "id")
	if err != nil {
		return err
	}
	if err := s.mayDecide(c, id); err != nil {
		return err
	}
	done := "dismissed"
	if c.Request().PostForm.Get("do") == "take" {
		done, err = "taken", s.takeCase(c, id)
	} else {
		err = s.dismissCase(c, id)
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, quarantinePath+"?done="+done)
	}
	if kind := fault.KindOf(err); kind != fault.Invalid {
		return err
	}
	name := strconv.FormatInt(id, 10)
	f := newForm(name).with(name, c.Request().PostForm.Get("reason")).with(name+".as", c.Request().PostForm.Get("as"))
	p, pageErr := s.quarantinePage(c, f)
	if pageErr != nil {
		return pageErr
	}
	if !shownAgain(err) {
		err = wrong(name, inLanguage(s.words(c), err))
	}
	return s.formAgain(c, "quarantine", err, f, func(f form) any {
		p.Form = f
		for _, g := range p.Groups {
			for i := range g.Cases {
				if g.Cases[i].ID == id {
					g.Cases[i].Wrong = f.Wrong(name)
				}
			}
		}
		return p
	})
}

// mayDecide holds that a case is of a kind that the role brings.
func (s *server) mayDecide(c echo.Context, id int64) error {
	all, err := s.cases(c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(x store.Case) bool { return x.ID == id }) {
		return fault.New(fault.NotFound, "没有这条待处理的记录")
	}
	return nil
}

func (s *server) takeCase(c echo.Context, id int64) error {
	as, err := strconv.ParseInt(c.Request().PostForm.Get("as"), 10, 64)
	if err != nil {
		as = 0 // nobody was chosen
	}
	taken, err := s.Store.SettleCase(c.Request().Context(), store.CaseOrder{Within: within(c), ID: id, As: roster.WorkerID(as), Act: act(c), Loc: s.Loc, Now: s.Now()})
	if err == nil {
		s.judgeEntered(c, taken.Sections)
	}
	return err
}

func (s *server) dismissCase(c echo.Context, id int64) error {
	reason := strings.TrimSpace(c.Request().PostForm.Get("reason"))
	if reason == "" || utf8.RuneCountInString(reason) > longestDismissal {
		return wrong("reason", "请写明不采用的理由，最多 200 字")
	}
	return s.Store.DecideCase(c.Request().Context(), within(c), act(c), id, "dismissed: "+reason, s.Now())
}

// retryCases tries all rows again whose people were on no roster: the roster may have been mended since.
func (s *server) retryCases(c echo.Context) error {
	all, err := s.cases(c)
	if err != nil {
		return err
	}
	taken, left := 0, 0
	for _, x := range all {
		if x.Problem.Code != intake.NotOnRoster || taken+left == casesAtOnce {
			continue
		}
		err := s.takeCase(c, x.ID)
		switch kind := fault.KindOf(err); {
		case err == nil:
			taken++
		case kind == fault.Invalid || kind == fault.NotFound:
			left++
		default:
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, quarantinePath+"?done=retried&taken="+strconv.Itoa(taken)+"&left="+strconv.Itoa(left))
}
