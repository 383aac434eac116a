package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/daily"
	"fugong/internal/evaluation"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/store"
)

// How much the first page of a manager shows: of sections, of what blocks, and for how many days ahead papers are named.
const (
	homeSections = 20
	homeBlocks   = 3
	homeDays     = 7
)

type homePage struct {
	Frame
	Today calendar.Date
	Cards []homeCard
	More  int // sections beyond those shown
}

// homeCard is one section of a manager: how it stands, why, and what is due today.
type homeCard struct {
	Code, URL, Name, Verdict string
	Headcount, Housed        int
	HoldsUntil               calendar.Instant // until when it stays in order by itself
	Blocks                   []blockView
	Others                   int // that block, beyond those named
	Deadline                 calendar.Instant
	Until                    string // the deadline in words
	Late                     bool
	Version                  int // of today's checklist that was handed in; 0: none
	Gaps                     int // areas whose disinfection is late already
	Due, Times, Wanted       int // areas still to be disinfected today; how often all were, and have to be
	Papers                   []string
	Untested                 int
}

// blockView is what blocks at one place where something can be done about it: findings, or what is found of one room.
type blockView struct {
	Room     string // number of the room; empty: findings
	Link, Do string
	Whys     []whyView
}

// whyView is a finding with its reason, or of a room what is observed and what is allowed.
type whyView struct {
	Title      string
	Why, Limit locale.Phrase
}

// managerHome shows a manager his sections, and what is due today.
func (s *server) managerHome(c echo.Context) error {
	ctx := c.Request().Context()
	ids, err := s.Store.SectionIDs(ctx, within(c), store.SectionFilter{})
	if err != nil {
		return err
	}
	p := homePage{Frame: s.frame("home"), Today: calendar.On(s.Now(), s.Loc), More: max(0, len(ids)-homeSections)}
	err = s.Evaluator.Visit(ctx, ids[:min(len(ids), homeSections)], s.Now(), 0, func(e evaluation.Examined) error {
		p.Cards = append(p.Cards, s.homeCard(e, p.Today))
		return nil
	})
	if err != nil {
		return err
	}
	for i := range p.Cards {
		if err := s.reportState(c, &p.Cards[i], p.Today); err != nil {
			return err
		}
	}
	slices.SortFunc(p.Cards, func(a, b homeCard) int { return cmp.Compare(a.Code, b.Code) })
	return s.render(c, http.StatusOK, "home", p)
}

func (s *server) homeCard(e evaluation.Examined, today calendar.Date) homeCard {
	h := homeCard{Code: e.Section.Code, URL: sectionURL(e.Section.Code), Name: joinWords(e.Section.ProjectName, e.Section.Name),
		Verdict: e.Verdict().String(), Headcount: e.Headcount, Housed: e.HousedOnSite, HoldsUntil: e.HoldsUntil}
	titles := titlesByCode()
	findings := slices.Clone(e.Findings)
	slices.SortStableFunc(findings, func(a, b criteria.Finding) int { return cmp.Compare(rank(a), rank(b)) })
	for _, f := range findings {
		if f.Severity != policy.Block || f.Status != criteria.Fail && f.Status != criteria.Unknown {
			continue
		}
		do, link := s.homeRemedy(h.URL, f)
		if !aboutRooms(f) {
			h.block(blockView{Link: link, Do: do}, whyView{Title: titles[f.Code], Why: f.Reason})
			continue
		}
		for _, room := range f.Subjects {
			h.block(blockView{Room: room.Name, Link: link + "#room-" + strconv.FormatInt(room.ID, 10), Do: do}, whyView{Why: room.Observed, Limit: room.Limit})
		}
	}
	h.Untested = len(daily.Count(e.Snapshot, e.Report, e.Policy, s.Loc).Untested)
	h.disinfections(s.areaRows(e))
	for _, d := range e.Snapshot.Documents {
		if days := today.Until(d.ExpiresOn); !d.ExpiresOn.IsZero() && days >= 0 && days <= homeDays {
			h.Papers = append(h.Papers, d.Type+" "+d.ExpiresOn.String())
		}
	}
	return h
}

// block adds why something blocks to what is named already of that place; places beyond the first few are only counted.
func (h *homeCard) block(at blockView, why whyView) {
	i := slices.IndexFunc(h.Blocks, func(b blockView) bool { return b.Link == at.Link })
	if i < 0 && len(h.Blocks) == homeBlocks {
		h.Others++
		return
	}
	if i < 0 {
		i, h.Blocks = len(h.Blocks), append(h.Blocks, at)
	}
	h.Blocks[i].Whys = append(h.Blocks[i].Whys, why)
}

// aboutRooms reports whether a finding is about so few rooms that each can be named, with what is wrong with it.
func aboutRooms(f criteria.Finding) bool {
	return len(f.Subjects) > 0 && len(f.Subjects) <= homeBlocks && !slices.ContainsFunc(f.Subjects, func(s criteria.Subject) bool {
		return s.Kind != criteria.Room || s.Observed.IsZero()
	})
}

// disinfections counts what is late already apart from what is still to be done today: the day is not over.
func (h *homeCard) disinfections(rows []areaRow) {
	for i := range rows {
		r := &rows[i]
		if r.Late() {
			h.Gaps++
		}
		if r.Due {
			h.Due++
		}
		h.Times, h.Wanted = h.Times+min(r.Today, r.Need), h.Wanted+r.Need
	}
}

// reportState says whether today's checklist was handed in, and by when it is due.
func (s *server) reportState(c echo.Context, h *homeCard, today calendar.Date) error {
	ctx := c.Request().Context()
	versions, err := s.Store.Submissions(ctx, within(c), h.Code, today)
	if err != nil {
		return err
	}
	ids, err := s.Store.SectionIDs(ctx, within(c), store.SectionFilter{Codes: []string{h.Code}})
	if err != nil {
		return err
	}
	h.Version = len(versions)
	h.Deadline, err = s.Evaluator.ReportDeadline(ctx, ids[0], today)
	h.Until = dueWords(s.words(c), h.Deadline, s.Loc)
	h.Late = late(s.Now(), h.Deadline) && h.Version == 0
	return err
}

// homeRemedy is what a manager does about a finding, as a word of the vocabulary homedo, and where: on the page of a register, in
// the checklist where an item of it is what is amiss, or on the page of the section, which says what is required.
func (s *server) homeRemedy(section string, f criteria.Finding) (do, link string) {
	if link = s.remedy(section, f.Code, account.Manager); link != "" {
		return link[strings.LastIndexByte(link, '/')+1:], link
	}
	for _, subject := range f.Subjects {
		if _, asked := checklist.Find(subject.Name); asked && subject.Kind == criteria.Item {
			return "checklist", section + "/checklist"
		}
	}
	return "see", section
}
