package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
)

// papersShown is how many issued papers the page of a section lists.
const papersShown = 20

// papersCard is what the page of a section shows of its issued papers, and the form by which the next is issued.
type papersCard struct {
	Shown, MayIssue bool
	FormToken       string
	Code, Key       string // Key names the form, so that sending it twice issues one paper
	Papers          []paperRow
}

type paperRow struct{ ID, Number, Copy, Verdict, IssuedAt, By, Status, Changed string }

// issuers may issue papers, holders may read what was issued within their scope.
func issuers() []account.Role { return []account.Role{account.Inspector, account.District} }
func holders() []account.Role { return append(issuers(), account.Manager) }

// papersCard lists what was issued about a section for those who may hold it.
func (s *server) papersCard(c echo.Context, id site.SectionID, code string) (papersCard, error) {
	role := actor(c).User.Role
	if !slices.Contains(holders(), role) {
		return papersCard{}, nil
	}
	papers, err := s.Store.Papers(c.Request().Context(), within(c), id, papersShown)
	if err != nil {
		return papersCard{}, err
	}
	card := papersCard{Shown: true, MayIssue: slices.Contains(issuers(), role), Code: code, Key: rand.Text(),
		FormToken: actor(c).FormToken}
	for _, p := range papers {
		card.Papers = append(card.Papers, paperRow{ID: p.Content.ID, Number: p.Content.Number, Copy: p.Content.Copy,
			Verdict: p.Content.Judgement().String(), IssuedAt: s.minute(p.Content.IssuedAt), By: p.IssuedBy, Status: string(p.Status()),
			Changed: s.minute(p.Changed())})
	}
	return card, nil
}

var requestKey = regexp.MustCompile(`^[A-Za-z0-9-]{16,64}$`)

// issueSheet issues the sheet of a section as it is now. The form's key makes sure that sending it again issues nothing more.
func (s *server) issueSheet(c echo.Context) error {
	id, err := s.sectionID(c)
	if err != nil {
		return err
	}
	key := c.Request().Header.Get("Idempotency-Key")
	if key == "" {
		key = c.Request().PostForm.Get("key")
	}
	if !requestKey.MatchString(key) {
		return fault.New(fault.Invalid, "缺少请求编号（Idempotency-Key 或表单的 key，16 至 64 个字母、数字或 -），不能确保只签发一次")
	}
	which, err := sheet.ParseCopy(c.Request().PostForm.Get("copy"))
	if err != nil {
		return err
	}
	order := printing.IssueOrder{Within: within(c), Section: id, Copy: which, Key: key, Act: act(c)}
	if _, err := s.Printer.Issue(c.Request().Context(), order); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sections/"+url.PathEscape(c.Param("code"))+"#papers")
}

// paperFile sends an issued paper as it was stored, byte by byte.
func (s *server) paperFile(c echo.Context) error {
	id, isPDF := strings.CutSuffix(c.Param("file"), ".pdf")
	if !isPDF || !paper.ValidID(id) {
		return echo.ErrNotFound
	}
	p, err := s.Store.PaperFile(c.Request().Context(), within(c), id)
	if err != nil {
		return err
	}
	download := act(c).Doing("sheet.download", "paper", id, map[string]string{"number": p.Content.Number, "copy": p.Content.Copy})
	if err := s.Store.Audit(c.Request().Context(), download, s.Now()); err != nil {
		return err
	}
	return s.pdf(c, "sheet-"+id+".pdf", p.PDF)
}
