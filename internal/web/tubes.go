package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// tubeRoutes are the tubes of a section: registering a sample of several people, and later the tube's one result.
func tubeRoutes() []Route {
	look := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
	write := Policy{Roles: []account.Role{account.Manager}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections/:code/tubes", look, (*server).tubes},
		{http.MethodGet, "/sections/:code/tubes.csv", look, (*server).tubesFile},
		{http.MethodGet, "/sections/:code/tubes.xlsx", look, (*server).tubesFile},
		{http.MethodGet, newTubePath, write, (*server).tubeForm},
		{http.MethodPost, newTubePath, write, (*server).addTube},
		{http.MethodGet, tubePath, write, (*server).tubeResultForm},
		{http.MethodPost, tubePath, write, (*server).tubeResult},
	}
}

const (
	newTubePath = "/sections/:code/tubes/new"
	tubePath    = "/sections/:code/tubes/:tube"
)

// How many tubes a list shows, and how many people are offered where no team is chosen.
const (
	tubesShown   = 20
	peopleToPick = 60
)

// oneTube is how far apart samples under one code may be taken; the same code later is another tube.
const oneTube = 12 * time.Hour

type tubesPage struct {
	entryFrame
	listFiles
	Rows     []tubeRow // the first of Total
	Total    int
	Waiting  int // in all
	Done     *tubeRow
	MayWrite bool
}

// tubeRow is a tube: one result for all whose samples are in it.
type tubeRow struct {
	Code, URL       string
	SampledAt       calendar.Instant
	People, Pending int
	Size            int
	Outcome         screening.Outcome // the gravest of what is known
}

// Waits reports whether the result of somebody in it is not out yet.
func (t tubeRow) Waits() bool { return t.Pending > 0 }

// Bad reports whether everybody in it has to be tested again.
func (t tubeRow) Bad() bool {
	return t.Outcome == screening.Positive || t.Outcome == screening.Suspect || t.Outcome == screening.Invalid
}

func (s *server) tubes(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	section := sectionURL(e.Section.Code)
	rows := tubeRows(section, e.Snapshot.Results)
	p := tubesPage{entryFrame: s.entryFrame(e.Section, newForm()), listFiles: filesOf(section+"/tubes", nil), Rows: rows[:min(len(rows), tubesShown)], Total: len(rows),
		MayWrite: s.mayGet(newTubePath, actor(c).User.Role)}
	for i := range rows {
		if rows[i].Code == c.QueryParam("done") {
			p.Done = &rows[i]
		}
		if rows[i].Waits() {
			p.Waiting++
		}
	}
	return s.render(c, http.StatusOK, "tubes", p)
}

// tubeRows gathers results by tube, of each code the newest: those that wait for a result first, the oldest of them before
// all, then the others from the newest on.
func tubeRows(section string, results []screening.Result) []tubeRow {
	newest := map[string]calendar.Instant{}
	for _, r := range results {
		newest[r.Tube] = max(newest[r.Tube], r.SampledAt)
	}
	index, rows := map[string]int{}, []tubeRow{}
	for _, r := range results {
		if r.Tube == "" || newest[r.Tube].Sub(r.SampledAt) > oneTube {
			continue
		}
		i, known := index[r.Tube]
		if !known {
			i, index[r.Tube] = len(rows), len(rows)
			rows = append(rows, tubeRow{Code: r.Tube, URL: section + "/tubes/" + url.PathEscape(r.Tube), SampledAt: r.SampledAt})
		}
		rows[i].take(r)
	}
	slices.SortStableFunc(rows, func(a, b tubeRow) int {
		if a.Waits() != b.Waits() {
			return cmp.Compare(b.Pending, a.Pending)
		}
		if a.Waits() {
			return cmp.Compare(a.SampledAt, b.SampledAt)
		}
		return cmp.Compare(b.SampledAt, a.SampledAt)
	})
	return rows
}

// tubesFile sends all tubes of which the page shows the first.
func (s *server) tubesFile(c echo.Context) error {
	e, err := s.examined(c)
	if err != nil {
		return err
	}
	w := s.words(c)
	var rows [][]string
	for _, t := range tubeRows("", e.Snapshot.Results) {
		outcome, size := w.Word("outcome", t.Outcome), ""
		if t.Waits() && !t.Bad() {
			outcome = w.T("tubes.wait")
		}
		if t.Size > 1 {
			size = strconv.Itoa(t.Size)
		}
		rows = append(rows, []string{e.Section.Code, t.Code, strconv.Itoa(t.People), size, s.minute(t.SampledAt), outcome})
	}
	return s.exportTable(c, "tubes-"+e.Section.Code, strings.Fields("标段编号 采样管编号 人数 混采人数 采样时间 检测结果"), rows)
}

func (t *tubeRow) take(r screening.Result) {
	t.People++
	t.SampledAt, t.Size = min(t.SampledAt, r.SampledAt), max(t.Size, r.PoolSize)
	if r.Outcome == screening.Pending {
		t.Pending++
	}
	grave := []screening.Outcome{screening.Pending, screening.Negative, screening.Invalid, screening.Suspect, screening.Positive}
	if slices.Index(grave, r.Outcome) > slices.Index(grave, t.Outcome) {
		t.Outcome = r.Outcome
	}
}

// candidate is somebody who may be sampled, with when his last negative runs out.
type candidate struct {
	ID           roster.WorkerID
	Name, Team   string
	Last, Until  calendar.Instant // of the newest sample; until when the newest negative is good
	Waits        bool             // the newest sample has no result yet
	Chosen, Over bool             // ticked; the negative is over, or there is none
	Soon         bool             // it runs out within half a day
}

// candidates lists who belongs to the section now, whoever is due first before all.
func candidates(people []roster.Enrolment, results []screening.Result, rules policy.Rules, at calendar.Instant) []candidate {
	index, all := map[roster.WorkerID]int{}, []candidate{}
	for i := range people {
		if p := &people[i]; p.Present(at) {
			index[p.WorkerID] = len(all)
			all = append(all, candidate{ID: p.WorkerID, Name: p.Name, Team: p.Team})
		}
	}
	for i := range results {
		r := &results[i]
		k, here := index[r.WorkerID]
		if !here || r.Method == screening.Antigen || r.SampledAt > at {
			continue
		}
		if r.SampledAt >= all[k].Last {
			all[k].Last, all[k].Waits = r.SampledAt, r.Outcome == screening.Pending
		}
		if r.Outcome == screening.Negative {
			all[k].Until = max(all[k].Until, r.SampledAt.Add(rules.NatValid))
		}
	}
	for i := range all {
		all[i].Over = all[i].Until < at
		all[i].Soon = !all[i].Over && all[i].Until.Sub(at) < 12*time.Hour
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.dueness(), b.dueness()), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// dueness puts those who wait for a result behind: they have been sampled already.
func (p candidate) dueness() int {
	if p.Waits {
		return 1
	}
	return 0
}

// tubeCode reads the code of a tube out of the address.
func tubeCode(c echo.Context) (string, error) {
	code, err := pathWord(c, "tube")
	if err == nil && code == "" {
		err = fault.New(fault.NotFound, "no tube")
	}
	return code, err
}

// workerIDs reads who was ticked, each once.
func workerIDs(texts []string) ([]roster.WorkerID, error) {
	var ids []roster.WorkerID
	for _, text := range texts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wrong("who", "请重新勾选人员")
		}
		if id := roster.WorkerID(n); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
