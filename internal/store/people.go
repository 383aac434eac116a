package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// The fields that are sealed, as the vault knows them.
const (
	numberField       = "workers.number"
	phoneField        = "enrolments.phone"
	managerPhoneField = "section_versions.phone"
)

// person is someone of the district as the database knows him at the time of an import.
type person struct {
	workerRow
	enrolled []enrolmentRow // current ones; only section and times are filled
}

// people looks persons up by ID number, the number alone: other files seldom say what kind of document it is. Numbers that
// the district does not know are absent from the answer.
func (l *load) people(ctx context.Context, numbers map[string]bool) (map[string]*person, error) {
	byHash := make(map[bytea]string, len(numbers))
	for n := range numbers {
		byHash[bytea(l.vault.Lookup(numberField, n))] = n
	}
	found := make(map[string]*person, len(numbers))
	byID := make(map[roster.WorkerID]*person, len(numbers))
	err := chunks(slices.Collect(maps.Keys(byHash)), func(hashes []bytea) error {
		var rows []workerRow
		if err := l.tx.NewSelect().Model(&rows).ExcludeColumn("number_sealed").Where("number_lookup IN (?)", bun.In(hashes)).Scan(ctx); err != nil {
			return fmt.Errorf("look people up: %w", err)
		}
		for _, row := range rows {
			p := &person{workerRow: row}
			found[byHash[row.NumberLookup]], byID[row.ID] = p, p
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, l.enrolments(ctx, byID)
}

func (l *load) enrolments(ctx context.Context, byID map[roster.WorkerID]*person) error {
	return chunks(slices.Collect(maps.Keys(byID)), func(ids []roster.WorkerID) error {
		var rows []enrolmentRow
		err := l.tx.NewSelect().Model(&rows).Column("worker_id", "section_id", "entered_at", "left_at").
			Where("superseded_at IS NULL").Where("worker_id IN (?)", bun.In(ids)).Scan(ctx)
		if err != nil {
			return fmt.Errorf("look enrolments up: %w", err)
		}
		for _, row := range rows {
			p := byID[row.WorkerID]
			p.enrolled = append(p.enrolled, row)
		}
		return nil
	})
}

// sectionsFrom gives the sections where the person belongs at an instant or later.
func (p *person) sectionsFrom(now calendar.Instant) []site.SectionID {
	var ids []site.SectionID
	for _, e := range p.enrolled {
		if (e.LeftAt.IsZero() || e.LeftAt > now) && !slices.Contains(ids, e.SectionID) {
			ids = append(ids, e.SectionID)
		}
	}
	return ids
}

// recognise gives the person a row of another register is about, or nil when the row is refused: the person is on no roster,
// or goes by another name there.
func (l *load) recognise(at place, p *person, doc roster.Document, name string) *person {
	if p == nil || len(p.enrolled) == 0 {
		l.refuse(at, intake.NotOnRoster, "证件号码", "证件尾号%s的人员不在任何标段的花名册上", tail(doc.Number))
		return nil
	}
	if name != "" && p.Name != "" && !sameName(name, p.Name) {
		l.mismatch(at, doc, p.Name, name)
		return nil
	}
	return p
}

func (l *load) mismatch(at place, doc roster.Document, known, found string) {
	l.refuse(at, intake.NameMismatch, "姓名", "证件尾号%s登记的姓名是“%s”，本行是“%s”", tail(doc.Number), known, found)
}

// sameName compares names as people mean them: width, spaces and the kinds of middle dots make no difference.
func sameName(a, b string) bool { return a == b || nameKey(a) == nameKey(b) }

func nameKey(name string) string {
	return strings.ReplaceAll(intake.Fold(intake.PersonName(name)), "·", "")
}

// tail is as much of an ID number as a message shows.
func tail(number string) string {
	if len(number) <= 4 {
		return number
	}
	return number[len(number)-4:]
}

// newcomer is somebody a file names whom the district may not know yet; without a name when only a gate saw him.
type newcomer struct {
	doc  roster.Document
	name string
}

// enrolNew adds the people that the district does not know yet, and names those whom only the gate had seen. They are numbered
// as they stand in the file: findings list people by their number, and so in the order of the roster, each time the same.
func (l *load) enrolNew(ctx context.Context, people map[string]*person, all []newcomer) error {
	var rows []workerRow
	for _, n := range all {
		if p := people[n.doc.Number]; p != nil && (p.Name != "" || n.name == "") {
			continue
		}
		row, err := l.newWorker(n.doc, n.name)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	for part := range slices.Chunk(rows, batchSize) {
		_, err := l.tx.NewInsert().Model(&part).ExcludeColumn("id").Returning("NULL").
			On("CONFLICT (number_lookup) DO UPDATE").Set("name = EXCLUDED.name").Set("doc_type = EXCLUDED.doc_type").
			Where("worker.name = ''").Exec(ctx)
		if err != nil {
			return fmt.Errorf("add people: %w", err)
		}
	}
	return l.refresh(ctx, people, all)
}

func (l *load) newWorker(doc roster.Document, name string) (workerRow, error) {
	row := workerRow{
		RowKey: rand.Text(), NumberLookup: bytea(l.vault.Lookup(numberField, doc.Number)), DocType: doc.Type, Name: name,
		RecordedAt: l.now,
	}
	sealed, err := l.vault.Seal(numberField, row.RowKey, doc.Number)
	row.NumberSealed = bytea(sealed)
	return row, err
}

// refresh looks up again those who were added or named.
func (l *load) refresh(ctx context.Context, people map[string]*person, all []newcomer) error {
	numbers := map[string]bool{}
	for _, n := range all {
		numbers[n.doc.Number] = true
	}
	again, err := l.people(ctx, numbers)
	maps.Copy(people, again)
	return err
}
