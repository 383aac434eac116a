package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
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
	ID       roster.WorkerID
	RowKey   string
	Name     string
	enrolled []stint
}

// stint is a current enrolment: where, and until when.
type stint struct {
	section site.SectionID
	left    calendar.Instant
}

// peopleQuery finds people with their current enrolments, a row an enrolment. A file names thousands of people, so this is
// read without mapping.
const peopleQuery = `SELECT w.id, w.row_key, w.number_lookup, w.name, e.section_id, e.left_at FROM workers AS w
	LEFT JOIN enrolments AS e ON e.worker_id = w.id AND e.superseded_at IS NULL WHERE w.number_lookup IN (?)`

// people looks persons up by ID number, the number alone: other files seldom say what kind of document it is. Numbers that
// the district does not know are absent from the answer.
func (l *load) people(ctx context.Context, numbers map[string]bool) (map[string]*person, error) {
	byHash := make(map[string]string, len(numbers))
	hashes := make([]bytea, 0, len(numbers))
	for n := range numbers {
		hash := l.vault.Lookup(numberField, n)
		byHash[string(hash)] = n
		hashes = append(hashes, bytea(hash))
	}
	slices.Sort(hashes) // in the order of their index
	found := make(map[string]*person, len(numbers))
	parts := slices.Collect(slices.Chunk(hashes, chunkSize))
	results := make([]map[string]*person, len(parts))
	atOnce := lookers
	if l.addedPeople {
		atOnce = 1
	}
	err := sideBySide(len(parts), atOnce, func(i int) (err error) {
		results[i], err = l.lookUp(ctx, parts[i], byHash)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look people up: %w", err)
	}
	for _, part := range results {
		maps.Copy(found, part)
	}
	return found, nil
}

// lookers is how many connections look people up at once.
const lookers = 2

// lookUp finds some people. Imports take turns, so another connection sees what this transaction sees, until the transaction
// adds people itself.
func (l *load) lookUp(ctx context.Context, hashes []bytea, byHash map[string]string) (map[string]*person, error) {
	query := l.aside.QueryContext
	if l.addedPeople {
		query = l.tx.QueryContext
	}
	rows, err := query(ctx, peopleQuery, bun.List(hashes))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*person, len(hashes))
	return found, errors.Join(scanPeople(rows, byHash, found), rows.Close())
}

func scanPeople(rows *sql.Rows, byHash map[string]string, found map[string]*person) error {
	for rows.Next() {
		var p person
		var hash sql.RawBytes
		var section, left sql.NullInt64
		if err := rows.Scan(&p.ID, &p.RowKey, &hash, &p.Name, &section, &left); err != nil {
			return err
		}
		number := byHash[string(hash)]
		known := found[number]
		if known == nil {
			known = &p
			found[number] = known
		}
		if section.Valid {
			known.enrolled = append(known.enrolled, stint{site.SectionID(section.Int64), calendar.Instant(left.Int64)})
		}
	}
	return rows.Err()
}

// sectionsFrom gives the sections where the person belongs at an instant or later.
func (p *person) sectionsFrom(now calendar.Instant) []site.SectionID {
	var ids []site.SectionID
	for _, e := range p.enrolled {
		if (e.left.IsZero() || e.left > now) && !slices.Contains(ids, e.section) {
			ids = append(ids, e.section)
		}
	}
	return ids
}

// recognise gives the person a row of another register is about, or nil when the row is refused: the person is on no roster
// that counts, or goes by another name there.
func (l *load) recognise(at place, p *person, doc roster.Document, name string) *person {
	if p == nil || len(p.enrolled) == 0 {
		where := "任何标段"
		if l.mine != nil {
			where = "您负责的标段此时"
		}
		l.refuse(at, intake.NotOnRoster, "证件号码", "证件尾号%s的人员不在%s的花名册上", tail(doc.Number), where)
		return nil
	}
	if name != "" && p.Name != "" && l.misnamed(at, p, doc, p.Name, name) {
		return nil
	}
	return p
}

// misnamed refuses a row that gives a person another name than is known. What the name is, is told where the person is; nobody
// learns of somebody elsewhere, and nobody decides on him.
func (l *load) misnamed(at place, p *person, doc roster.Document, known, found string) bool {
	seen := p == nil || l.seesPerson(p)
	switch {
	case sameName(known, found), l.up.AnyName && seen:
		return false
	case seen:
		l.refuse(at, intake.NameMismatch, "姓名", "证件尾号%s登记的姓名是%s，本行是%s", tail(doc.Number), intake.Quote(known), intake.Quote(found))
	default:
		l.refuse(at, intake.NameMismatch, "姓名", "证件尾号%s已用另一姓名登记，本行是%s，请核对证件", tail(doc.Number), intake.Quote(found))
	}
	return true
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
	l.addedPeople = true
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
