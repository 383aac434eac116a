package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/gate"
	"fugong/internal/roster"
)

// RevealsAnHour is how many covered values of all kinds one user may see within an hour.
const RevealsAnHour = 30

// revealsListed is how many reasons at the gate one look shows.
const revealsListed = 20

// covered is a kind of what roles see covered and may look at for a reason. The audit trail says of it that it was shown, or was not
// because the actor had seen too many.
type covered string

const (
	coveredNumber  covered = "number"
	coveredPhone   covered = "phone"
	coveredPassage covered = "passage"
	coveredRemarks covered = "remarks"
	coveredPeople  covered = "people"
)

func (k covered) shown() string    { return string(k) + ".reveal" }
func (k covered) withheld() string { return string(k) + ".withhold" }

// shownActions are what the trail says of everything that was shown.
func shownActions() []string {
	var all []string
	for _, k := range []covered{coveredNumber, coveredPhone, coveredPassage, coveredRemarks, coveredPeople} {
		all = append(all, k.shown())
	}
	return all
}

// IsReveal reports whether an action of the trail is a look at something covered, granted or not: what its reason says may be about
// somebody's health.
func IsReveal(action string) bool {
	return strings.HasSuffix(action, ".reveal") || strings.HasSuffix(action, ".withhold")
}

// Look is a wish to see something of a section that is covered: within which scope, for what reason, whose and when.
type Look struct {
	Within  account.Scope
	Section string
	Reason  string
	Act     audit.Act
	Now     calendar.Instant
}

// Person is somebody of a section, by name and the last four of the ID number.
type Person struct {
	ID   roster.WorkerID
	Name string
	Tail string
}

// PersonOn finds somebody who is or was on a section within a scope: on its roster, in a room of it or at its gate. It returns a
// fault.NotFound when there is no such section within the scope or no such person on it.
func (s *Store) PersonOn(ctx context.Context, within account.Scope, section string, id roster.WorkerID) (Person, error) {
	row, number, err := s.personOn(ctx, s.read, within, section, id)
	if err != nil {
		return Person{}, err
	}
	return Person{ID: row.ID, Name: row.Name, Tail: tail(number)}, nil
}

func (s *Store) personOn(ctx context.Context, db bun.IDB, within account.Scope, section string, id roster.WorkerID) (workerRow, string, error) {
	var row workerRow
	if !within.Everywhere {
		seen, err := s.sectionsWithin(within).Where("z.code = ?", section).Conn(db).Exists(ctx)
		if err != nil || !seen {
			return row, "", notOn(err, section, id)
		}
	}
	q := db.NewSelect().Model(&row).Column("id", "name", "doc_type", "row_key", "number_sealed").Where("worker.id = ?", id)
	if err := s.visibleWorkers(q, "worker.id", account.Scope{Sections: []string{section}}).Scan(ctx); err != nil {
		return row, "", translate(err)
	}
	number, err := s.vault.Unseal(numberField, row.RowKey, []byte(row.NumberSealed))
	if err != nil {
		return row, "", fmt.Errorf("open seal of worker %d: %w", id, err)
	}
	return row, number, nil
}

func notOn(err error, section string, id roster.WorkerID) error {
	if err != nil {
		return fmt.Errorf("find section %s: %w", section, translate(err))
	}
	return fault.New(fault.NotFound, "标段 %s 没有内部编号为 %d 的人员", section, id)
}

// RevealNumber gives somebody's ID number in full. It returns a fault.NotFound as PersonOn does, and what reveal returns.
func (s *Store) RevealNumber(ctx context.Context, look Look, id roster.WorkerID) (string, error) {
	var number string
	err := s.revealOf(ctx, look, coveredNumber, id, func(_ context.Context, _ bun.Tx, _ workerRow, found string) error {
		number = found
		return nil
	})
	return granted(number, err)
}

// RevealPhone gives the telephone number that a section's roster has of somebody, empty where it has none; faults as of RevealNumber.
func (s *Store) RevealPhone(ctx context.Context, look Look, id roster.WorkerID) (string, error) {
	var phone string
	err := s.revealOf(ctx, look, coveredPhone, id, func(ctx context.Context, tx bun.Tx, who workerRow, _ string) error {
		here, err := s.sectionWithin(ctx, tx, look.Within, look.Section)
		if err != nil {
			return err
		}
		var rows []enrolmentRow
		err = tx.NewSelect().Model(&rows).Where("section_id = ? AND worker_id = ? AND superseded_at IS NULL AND phone_sealed IS NOT NULL", here, id).
			Order("entered_at DESC").Limit(1).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		phone, err = s.vault.Unseal(phoneField, who.RowKey, []byte(rows[0].PhoneSealed))
		return err
	})
	return granted(phone, err)
}

// RevealPassages gives the last times at which somebody passed the gate of a section for a reason that was written down, the newest
// first; faults as of RevealNumber.
func (s *Store) RevealPassages(ctx context.Context, look Look, id roster.WorkerID) ([]gate.Passage, error) {
	var passages []gate.Passage
	err := s.revealOf(ctx, look, coveredPassage, id, func(ctx context.Context, tx bun.Tx, who workerRow, _ string) error {
		here, err := s.sectionWithin(ctx, tx, look.Within, look.Section)
		if err != nil {
			return err
		}
		var rows []passageRow
		err = tx.NewSelect().Model(&rows).Where("section_id = ? AND worker_id = ? AND superseded_at IS NULL AND reason_sealed IS NOT NULL", here, id).
			Order("at DESC").Limit(revealsListed).Scan(ctx)
		passages = nil
		for i := range rows {
			if err = s.openText(reasonField, who.RowKey, &rows[i].Reason, &rows[i].ReasonSealed); err != nil {
				return err
			}
			passages = append(passages, rows[i].passage(who.Name))
		}
		return err
	})
	return granted(passages, err)
}

// RevealRemarks gives the checklists of a section for a day with nothing but their answers on tests and health that have a remark.
// It returns a fault.NotFound when there is no such section within the scope, and what reveal returns.
func (s *Store) RevealRemarks(ctx context.Context, look Look, day calendar.Date) ([]Filed, error) {
	var filed []Filed
	detail := map[string]string{"section": look.Section, "date": day.String()}
	err := s.reveal(ctx, look, coveredRemarks, look.Act.Doing("", "checklist", look.Section+" "+day.String(), detail), func(ctx context.Context, tx bun.Tx) error {
		all, err := s.filedOn(ctx, tx, look.Within, look.Section, day)
		filed = nil
		for _, f := range all {
			f.Answers = slices.DeleteFunc(f.Answers, func(a checklist.Answer) bool { return a.Remark == "" || !OnHealth(a.Item) })
			if len(f.Answers) > 0 {
				filed = append(filed, f)
			}
		}
		return err
	})
	return granted(filed, err)
}

// RevealPeople writes down that the people of a finding about health are shown, n of them: one look, however many they are. It
// returns a fault.NotFound when there is no such section within the scope, and what reveal returns.
func (s *Store) RevealPeople(ctx context.Context, look Look, criterion criteria.Code, n int) error {
	detail := map[string]string{"section": look.Section, "criterion": string(criterion), "people": fmt.Sprint(n)}
	return s.reveal(ctx, look, coveredPeople, look.Act.Doing("", "section", look.Section, detail), func(ctx context.Context, tx bun.Tx) error {
		_, err := s.sectionWithin(ctx, tx, look.Within, look.Section)
		return err
	})
}

// granted is what was opened, or nothing where it is not to be shown.
func granted[T any](opened T, err error) (T, error) {
	if err != nil {
		var nothing T
		return nothing, err
	}
	return opened, nil
}

// revealOf is reveal for something of one person of the section.
func (s *Store) revealOf(
	ctx context.Context, look Look, kind covered, id roster.WorkerID, open func(context.Context, bun.Tx, workerRow, string) error,
) error {
	asked := look.Act.Doing("", "worker", fmt.Sprint(id), map[string]string{"section": look.Section})
	return s.reveal(ctx, look, kind, asked, func(ctx context.Context, tx bun.Tx) error {
		who, number, err := s.personOn(ctx, tx, look.Within, look.Section, id)
		if err != nil {
			return err
		}
		return open(ctx, tx, who, number)
	})
}

// reveal opens something that is covered and writes down who saw it and why, in one transaction: what is not written down is not
// shown. It returns a fault.Limited when the actor has seen as much within the last hour as one may, which is written down, too: who
// asks on is after more than one case.
func (s *Store) reveal(ctx context.Context, look Look, kind covered, asked audit.Act, open func(context.Context, bun.Tx) error) error {
	var held error
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := open(ctx, tx); err != nil {
			return translate(err)
		}
		if err := s.waitForTrail(ctx, tx); err != nil { // so that two at once are counted one after the other
			return err
		}
		asked.Action = kind.shown()
		if held = mayReveal(ctx, tx, look.Act.Actor, look.Now); held != nil {
			if fault.KindOf(held) != fault.Limited {
				return held
			}
			asked.Action = kind.withheld()
		}
		asked.Detail["reason"] = look.Reason
		return s.writeAudit(ctx, tx, asked, look.Now)
	})
	return cmp.Or(err, held)
}

// mayReveal counts what the actor has seen within the last hour, by the trail itself.
func mayReveal(ctx context.Context, tx bun.IDB, actor string, now calendar.Instant) error {
	var times []calendar.Instant
	err := tx.NewSelect().Table("audit").Column("at").Where("actor = ?", actor).Where("action IN (?)", bun.List(shownActions())).
		Where("at > ?", now.Add(-time.Hour)).Order("at DESC").Limit(RevealsAnHour).Scan(ctx, &times)
	if err != nil {
		return fmt.Errorf("count what was seen: %w", err)
	}
	if len(times) < RevealsAnHour {
		return nil
	}
	return &fault.Error{Kind: fault.Limited, Wait: times[len(times)-1].Add(time.Hour).Sub(now),
		Message: "一小时内最多查看 30 项，请稍后再试"}
}
