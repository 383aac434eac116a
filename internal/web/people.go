package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/sheet"
)

// peopleRoutes are those about the people of a section.
func peopleRoutes() []Route {
	lists := Policy{Roles: []account.Role{account.Manager, account.Inspector, account.District}, Scope: ScopeOwn}
	return []Route{
		{http.MethodGet, "/sections/:code/people.xlsx", lists, (*server).exportPeople},
		{http.MethodGet, "/sections/:code/people.csv", lists, (*server).exportPeople},
	}
}

// exportPeople sends the roster of a section as the role sees it: of ID numbers the last four digits, telephone numbers in full
// only for the section's own manager.
func (s *server) exportPeople(c echo.Context) error {
	if c.QueryParams().Has("finding") {
		return s.exportFinding(c)
	}
	about, members, err := s.members(c)
	if err != nil {
		return err
	}
	list, look := s.rosterPage(c, about, members).Rows, lensOf(actor(c).User.Role)
	rows := make([][]string, len(list))
	for i, m := range list {
		rows[i] = []string{about.Code, m.Name, "**" + m.Tail, m.Team, m.Trade, string(m.Category), s.minute(m.EnteredAt), s.minute(m.LeftAt),
			string(m.Lodging), m.Room, look.phone(m.Phone)}
	}
	// Without a column of whole numbers no import takes this for a roster.
	header := []string{"标段编号", "姓名", "证件尾号", "班组", "工种", "人员类别", "进场时间", "退场时间", "住宿方式", "房间号", "手机号码"}
	return s.exportTable(c, "people-"+about.Code, header, rows)
}

// phone is what a role reads of a telephone number.
func (l lens) phone(number string) string {
	if l.phones {
		return number
	}
	return sheet.MaskPhone(number)
}
