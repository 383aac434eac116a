package web

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/store"
)

// auditExported is how many entries a file of the trail holds at most.
const auditExported = 10_000

// auditShown is how many entries a page of the trail lists.
const auditShown = 50

type auditPage struct {
	officeFrame
	Whole            bool // not only one's own acts
	Actor, ID, Day   string
	Wrong            string   // what is wrong with the day that was asked for
	Actions, Objects []option // of the filter
	Seq              int64    // of the last entry there is
	Seal             string
	Rows             []auditRow
	Newer, Older     string
	CSV, XLSX        string
}

// auditRow is an entry as a person reads it. Details tells what stands beside the act, by names of the program's own.
type auditRow struct {
	audit.Entry
	Who, What, Which string
	Details          []auditDetail
}

type auditDetail struct{ Name, Text string }

// seesAll reports whether a role reads the acts of others.
func seesAll(role account.Role) bool { return role == account.District || role == account.Admin }

// auditFilter reads what was asked for. Who may not read the acts of others gets their own.
func (s *server) auditFilter(c echo.Context) store.AuditFilter {
	f := store.AuditFilter{Actor: strings.TrimSpace(c.QueryParam("actor")), Action: strings.TrimSpace(c.QueryParam("action")),
		Object: strings.TrimSpace(c.QueryParam("object")), ObjectID: strings.TrimSpace(c.QueryParam("id"))}
	if !seesAll(actor(c).User.Role) {
		f.Actor = actor(c).User.Name
	}
	if day, err := calendar.ParseDate(c.QueryParam("day")); err == nil {
		f.Since, f.Until = day.Start(s.Loc), day.Add(1).Start(s.Loc)
	}
	f.Before, f.After = seqParam(c, "before"), seqParam(c, "after")
	return f
}

// seqParam reads the number of an entry; nonsense is none.
func seqParam(c echo.Context, name string) int64 {
	seq, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || seq < 0 {
		return 0
	}
	return seq
}

func (s *server) audit(c echo.Context) error {
	f := s.auditFilter(c)
	entries, err := s.auditPageful(c, &f)
	if err != nil {
		return err
	}
	seq, seal, err := s.Store.AuditHead(c.Request().Context())
	if err != nil {
		return err
	}
	query, w := askedFor(c, "actor", "action", "object", "id", "day"), s.words(c)
	p := auditPage{officeFrame: s.officeFrame(c, "register", "audit"), Whole: seesAll(actor(c).User.Role), Actor: query.Get("actor"),
		ID: query.Get("id"), Day: query.Get("day"), Actions: actOptions(query.Get("action"), auditActs(), "act", w),
		Objects: actOptions(query.Get("object"), auditObjects(), "actobject", w), Seq: seq, Seal: seal[:min(16, len(seal))],
		CSV: "/audit.csv?" + query.Encode(), XLSX: "/audit.xlsx?" + query.Encode()}
	if p.Day != "" && f.Since == 0 {
		p.Wrong = w.T("audit.day_wrong")
	}
	for _, e := range s.coverReasons(c, entries) {
		p.Rows = append(p.Rows, newAuditRow(e, w))
	}
	p.leaf(query, f)
	return s.render(c, http.StatusOK, "audit", p)
}

// auditPageful reads a page of entries. Where fewer are newer than what is asked for than a page holds, it is the first page.
func (s *server) auditPageful(c echo.Context, f *store.AuditFilter) ([]audit.Entry, error) {
	f.Limit = auditShown
	entries, err := s.Store.AuditEntries(c.Request().Context(), *f)
	if err == nil && f.After != 0 && len(entries) < auditShown {
		f.After = 0
		return s.Store.AuditEntries(c.Request().Context(), *f)
	}
	return entries, err
}

// leaf links to what is newer and older than the entries shown, by the same filter.
func (p *auditPage) leaf(query url.Values, f store.AuditFilter) {
	if len(p.Rows) == 0 {
		return
	}
	at := func(side string, seq int64) string {
		v := maps.Clone(query)
		v.Set(side, strconv.FormatInt(seq, 10))
		return "/audit?" + v.Encode()
	}
	if f.Before != 0 || f.After != 0 {
		p.Newer = at("after", p.Rows[0].Seq)
	}
	if len(p.Rows) == auditShown {
		p.Older = at("before", p.Rows[len(p.Rows)-1].Seq)
	}
}

// coverReasons leaves out the reasons for which covered things were looked at, which may be about somebody's health: they are for the
// district, and for who gave them.
func (s *server) coverReasons(c echo.Context, entries []audit.Entry) []audit.Entry {
	reader := actor(c).User
	for i := range entries {
		act := &entries[i].Act
		if !store.IsReveal(act.Action) || act.Detail["reason"] == "" || reader.Role == account.District || reader.Name == act.Actor {
			continue
		}
		act.Detail = maps.Clone(act.Detail)
		act.Detail["reason"] = s.words(c).T("audit.reason_covered")
	}
	return entries
}

func (s *server) auditFile(c echo.Context) error {
	f := s.auditFilter(c)
	f.Limit = auditExported
	entries, err := s.Store.AuditEntries(c.Request().Context(), f)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range s.coverReasons(c, entries) {
		rows = append(rows, []string{strconv.FormatInt(e.Seq, 10), s.minute(e.At), e.Act.Actor, e.Act.Role, e.Act.Action, e.Act.Object, e.Act.ObjectID,
			e.Act.Address, detailText(e.Act.Detail), e.MAC})
	}
	return s.exportFirst(c, "audit", strings.Fields("序号 时间 操作人 角色 操作 对象 对象编号 网络地址 详情 校验码"), rows, len(rows) >= auditExported)
}
