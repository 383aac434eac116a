package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/locale"
	"fugong/internal/store"
)

// auditExported is how many entries a file of the trail holds at most.
const auditExported = 10_000

type auditPage struct {
	officeFrame
	Whole                          bool // not only one's own acts
	Actor, Action, Object, ID, Day string
	Seq                            int64 // of the last entry there is
	Seal                           string
	Rows                           []auditRow
	Older                          string
	CSV, XLSX                      string
}

type auditRow struct {
	audit.Entry
	Detail string
}

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
	if before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil && before > 0 {
		f.Before = before
	}
	return f
}

func (s *server) audit(c echo.Context) error {
	ctx, f := c.Request().Context(), s.auditFilter(c)
	f.Limit = officeRows
	entries, err := s.Store.AuditEntries(ctx, f)
	if err != nil {
		return err
	}
	seq, seal, err := s.Store.AuditHead(ctx)
	if err != nil {
		return err
	}
	query := askedFor(c, "actor", "action", "object", "id", "day")
	p := auditPage{officeFrame: s.officeFrame(c, "register", "audit"), Whole: seesAll(actor(c).User.Role), Actor: query.Get("actor"),
		Action: query.Get("action"), Object: query.Get("object"), ID: query.Get("id"), Day: query.Get("day"), Seq: seq, Seal: seal[:min(16, len(seal))],
		Rows: auditRows(entries, s.words(c), actor(c).User), CSV: "/audit.csv?" + query.Encode(), XLSX: "/audit.xlsx?" + query.Encode()}
	if len(entries) == officeRows {
		query.Set("before", strconv.FormatInt(entries[len(entries)-1].Seq, 10))
		p.Older = "/audit?" + query.Encode()
	}
	return s.render(c, http.StatusOK, "audit", p)
}

// auditRows writes entries for a reader. The reasons for which covered things were looked at may be about somebody's health: they are
// for the district, and for who gave them.
func auditRows(entries []audit.Entry, w locale.Words, reader account.User) []auditRow {
	var rows []auditRow
	for _, e := range entries {
		var detail []string
		for _, name := range slices.Sorted(maps.Keys(e.Act.Detail)) {
			text := e.Act.Detail[name]
			if name == "reason" && store.IsReveal(e.Act.Action) && reader.Role != account.District && reader.Name != e.Act.Actor {
				text = w.T("audit.reason_covered")
			}
			detail = append(detail, name+"="+text)
		}
		rows = append(rows, auditRow{e, strings.Join(detail, " ")})
	}
	return rows
}

func (s *server) auditFile(c echo.Context) error {
	f := s.auditFilter(c)
	f.Limit = auditExported
	entries, err := s.Store.AuditEntries(c.Request().Context(), f)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, r := range auditRows(entries, s.words(c), actor(c).User) {
		rows = append(rows, []string{strconv.FormatInt(r.Seq, 10), s.minute(r.At), r.Act.Actor, r.Act.Role, r.Act.Action, r.Act.Object, r.Act.ObjectID,
			r.Act.Address, r.Detail, r.MAC})
	}
	return s.exportTable(c, "audit", strings.Fields("序号 时间 操作人 角色 操作 对象 对象编号 网络地址 详情 校验码"), rows)
}
