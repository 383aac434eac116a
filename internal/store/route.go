package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/site"
)

// RouteLimit is how many stops a day's route may have.
const RouteLimit = 100

// routeRow is one stop of somebody's route.
type routeRow struct {
	bun.BaseModel `bun:"table:route_stops,alias:stop"`
	UserID        account.UserID `bun:",pk"`
	Day           calendar.Date  `bun:",pk"`
	Place         int            `bun:",pk"`
	SectionID     site.SectionID
}

// Route gives the codes of the sections where a user means to go on a day, in the order of the visits. What has left the scope since
// is left out.
func (s *Store) Route(ctx context.Context, within account.Scope, user account.UserID, day calendar.Date) ([]string, error) {
	return s.route(ctx, s.read, within, user, day)
}

func (s *Store) route(ctx context.Context, tx bun.IDB, within account.Scope, user account.UserID, day calendar.Date) ([]string, error) {
	codes := []string{}
	q := deskVisible(tx.NewSelect().TableExpr("route_stops AS r").Join("JOIN standings AS d ON d.section_id = r.section_id"), within).
		ColumnExpr("d.code").Where("r.user_id = ?", user).Where("r.day = ?", day).OrderExpr("r.place")
	if err := scanAll(ctx, tx, q.String(), func(c *cells) { codes = append(codes, c.text()) }); err != nil {
		return nil, fmt.Errorf("load route: %w", translate(err))
	}
	return codes, nil
}

// ChangeRoute lets change decide on a user's route of a day and keeps what comes of it; routes of other days are forgotten on the way.
// Codes of no section within the scope are left out, and a section is visited once. Doing the same twice is harmless where change is.
// It returns a fault.Invalid for more than RouteLimit stops.
func (s *Store) ChangeRoute(ctx context.Context, within account.Scope, user account.UserID, day calendar.Date, act audit.Act, now calendar.Instant,
	change func(codes []string) []string) error {
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, err := s.route(ctx, tx, within, user, day)
		if err != nil {
			return err
		}
		stops, err := s.Named(ctx, within, change(before))
		if err != nil {
			return err
		}
		if len(stops) > RouteLimit {
			return fault.New(fault.Invalid, "一天的路线最多 %d 站", RouteLimit)
		}
		if _, err := tx.NewDelete().Model((*routeRow)(nil)).Where("user_id = ?", user).Exec(ctx); err != nil {
			return err
		}
		rows := make([]routeRow, len(stops))
		for i, st := range stops {
			rows[i] = routeRow{UserID: user, Day: day, Place: i + 1, SectionID: st.ID}
		}
		if len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return err
			}
		}
		return s.writeAudit(ctx, tx, act.Doing("route.change", "route", day.String(), map[string]string{"stops": strconv.Itoa(len(rows))}), now)
	})
	if err != nil {
		return fmt.Errorf("change route: %w", err)
	}
	return nil
}
