package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
)

// sheet prints one section, as of ?at= (default now) by what was known ?known_at= (default everything), as the ?copy= internal or
// posted.
func (s *server) sheet(c echo.Context) error {
	id, err := s.sectionID(c)
	if err != nil {
		return err
	}
	code, err := sectionCode(c)
	if err != nil {
		return err
	}
	return s.print(c, []site.SectionID{id}, "sheet-"+code+".pdf")
}

// sheets prints what is picked, in the order of the picks, or else all sections that the list shows under the same filter, in its
// order. A pick that is not there to be seen fails the whole: a route with a sheet missing would be noticed only on the way.
func (s *server) sheets(c echo.Context) error {
	ctx, d := c.Request().Context(), newDeskQuery(c.QueryParams())
	codes := d.picked
	if len(codes) == 0 {
		var err error
		if codes, err = s.Store.DeskCodes(ctx, within(c), d.filter(lensOf(actor(c).User.Role)), sheetsAtMost); err != nil {
			return err
		}
	}
	found, err := s.Store.Named(ctx, within(c), codes)
	if err != nil {
		return err
	}
	if len(found) < len(codes) {
		return fault.New(fault.NotFound, "a picked section is not there")
	}
	ids := make([]site.SectionID, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	return s.print(c, ids, "sheets.pdf")
}

// sheetsAtMost is how many sheets one document holds.
const sheetsAtMost = 1000

func (s *server) print(c echo.Context, ids []site.SectionID, name string) error {
	if len(ids) == 0 {
		return fault.New(fault.NotFound, "no section to print")
	}
	which, err := sheet.ParseCopy(c.QueryParam("copy"))
	if err != nil {
		return err
	}
	at, err := instant(c.QueryParam("at"), s.Now())
	if err != nil {
		return err
	}
	known, err := instant(c.QueryParam("known_at"), 0)
	if err != nil {
		return err
	}
	// A whole district takes longer to print than a page may take to send; without this the connection would be cut.
	if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("extend the time to answer: %w", err)
	}
	pdf, err := s.Printer.Print(c.Request().Context(), printing.Order{Within: within(c), Sections: ids, At: at, KnownAt: known, Copy: which, By: actor(c).User.Name,
		Act: act(c)})
	if err != nil {
		return err
	}
	return s.pdf(c, name, pdf)
}

// instant reads an instant of an address; what is not given stands for something else.
func instant(text string, otherwise calendar.Instant) (calendar.Instant, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "时间 %q 无法识别，应为 RFC 3339 格式，如 2022-05-06T08:00:00+08:00", text)
	}
	return calendar.Moment(t), nil
}
