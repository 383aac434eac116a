package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/site"
)

// Checklists come in by the dozen at the same minute, and each statement is a way to the database and back. So those that wait at the
// same time are handed in by the same statements, as many for fifty as for one: what tells them apart stands in rows.

// handIn is a checklist on its way in.
type handIn struct {
	within  account.Scope
	sub     Submission
	request Request
	answer  func(Filed) (Answer, error)

	section site.SectionID
	kept    keptRow
	photos  []answerPhotoRow
	row     submissionRow

	settled  bool // by an answer of before or by a fault: there is nothing to write
	given    Answer
	err      error
	panicked any
}

func (in *handIn) fail(err error) { in.settled, in.err = true, err }

// begin forgets what an undone try has left.
func (in *handIn) begin() {
	in.settled, in.given, in.err, in.panicked, in.photos = false, Answer{}, nil, nil, nil
}

// errUnanswered says that a checklist's answer could not be made; its own err says why. Nothing of the transaction may stay.
var errUnanswered = errors.New("answer to a checklist could not be made")

// Submit hands in a checklist, once however often the request comes, and marks its section as due. It returns a
// fault.NotFound when there is no such section within the scope, and a fault.Invalid with Fields by item when a photo is not
// there to be named. answer says what the request is answered with.
func (s *Store) Submit(ctx context.Context, within account.Scope, sub Submission, r Request, answer func(Filed) (Answer, error)) (Answer, error) {
	in := &handIn{within: within, sub: sub, request: r, answer: answer}
	alone := func(ctx context.Context, tx bun.Tx) error {
		err := s.handInAll(ctx, tx, []*handIn{in})
		if in.panicked != nil {
			panic(in.panicked)
		}
		return errors.Join(in.err, err)
	}
	if err := s.sharing(&waiter{ctx: ctx, fn: alone, list: in}); err != nil {
		return Answer{}, fmt.Errorf("submit checklist of %s: %w", sub.Section, err)
	}
	return in.given, nil
}

// handInAll hands in checklists in one transaction. What is wrong with one stands in its err and holds none of the others up; what
// is returned is of all of them.
func (s *Store) handInAll(ctx context.Context, tx bun.Tx, all []*handIn) error {
	for _, in := range all {
		in.begin()
	}
	for len(all) > 0 {
		first, later := firstOfEachRequest(all)
		p := pile{Store: s, ctx: ctx, tx: tx, all: first}
		if err := p.handIn(); err != nil {
			return err
		}
		all = later
	}
	return nil
}

// firstOfEachRequest takes those apart that come again while their first is being handed in: they get its answer.
func firstOfEachRequest(all []*handIn) (first, later []*handIn) {
	seen := map[requestKey]bool{}
	for _, in := range all {
		if key := in.request.key(); !seen[key] {
			seen[key] = true
			first = append(first, in)
			continue
		}
		later = append(later, in)
	}
	return first, later
}

// pile is checklists that are handed in by the same statements, no two of them the same request.
type pile struct {
	*Store
	ctx context.Context
	tx  bun.Tx
	all []*handIn // that are not settled yet
}

func (p *pile) handIn() error {
	for _, step := range []func() error{
		p.findSections, p.findAnswers, p.findPhotos, p.markDue, p.number, p.insert, p.insertAnswers, p.namePhotos, p.answer, p.keep,
	} {
		if err := step(); err != nil {
			return err
		}
		p.all = slices.DeleteFunc(p.all, func(in *handIn) bool { return in.settled })
		if len(p.all) == 0 {
			return nil
		}
	}
	for _, in := range p.all { // the last thing a transaction does
		if err := p.writeAudit(p.ctx, p.tx, in.sub.act(), in.sub.Now); err != nil {
			return err
		}
	}
	return nil
}

func (sub Submission) act() audit.Act {
	return sub.Act.Doing("checklist.submit", "section", sub.Section,
		map[string]string{"date": sub.Date.String(), "answers": strconv.Itoa(len(sub.Answers))})
}

// findSections finds the section of each, within its own scope.
func (p *pile) findSections() error {
	wanted := make([]wantedSection, len(p.all))
	for i, in := range p.all {
		wanted[i] = wantedSection{in.sub.Section, in.within}
	}
	found, err := p.sectionsWanted(p.ctx, p.tx, wanted)
	if err != nil {
		return err
	}
	for i, in := range p.all {
		if in.section = found[i]; in.section == 0 {
			in.fail(translate(sql.ErrNoRows))
		}
	}
	return nil
}

// markDue also keeps others waiting who hand in for these sections, so that each sees the one before.
func (p *pile) markDue() error {
	type mark struct {
		ID site.SectionID
		At calendar.Instant
	}
	latest := map[site.SectionID]calendar.Instant{}
	for _, in := range p.all {
		latest[in.section] = max(latest[in.section], in.sub.Now)
	}
	marks := make([]mark, 0, len(latest))
	for _, id := range slices.Sorted(maps.Keys(latest)) {
		marks = append(marks, mark{id, latest[id]})
	}
	_, err := p.tx.NewUpdate().With("mark", p.tx.NewValues(&marks)).Model((*sectionRow)(nil)).TableExpr("mark").
		Set("facts_at = mark.at").Set("due_at = mark.at").Where("section.id = mark.id").Exec(p.ctx)
	if err != nil {
		return fmt.Errorf("mark sections as due: %w", err)
	}
	return nil
}

// dayOf is what versions are counted within.
type dayOf struct {
	section site.SectionID
	date    calendar.Date
}

// number gives each its version. The last submission counts, so each is later than the one before it, whatever the clock does.
func (p *pile) number() error {
	last, err := p.lastOfDays()
	if err != nil {
		return err
	}
	for _, in := range p.all {
		told, err := in.sub.provenance()
		if err != nil {
			return err
		}
		day := dayOf{in.section, in.sub.Date}
		before := last[day]
		in.row = submissionRow{SectionID: in.section, Date: in.sub.Date, Version: before.Version + 1, SubmittedAt: max(in.sub.Now, before.SubmittedAt+1),
			DeviceAt: in.sub.DeviceAt, RecordedAt: in.sub.Now, RecordedBy: in.sub.Act.Actor, Template: in.sub.Template, Provenance: told}
		last[day] = in.row
	}
	return nil
}

// lastOfDays gives the version and the instant of the last submission of the days that are handed in. Each day is looked up by the ends
// of its two indexes, however many versions it has.
func (p *pile) lastOfDays() (map[dayOf]submissionRow, error) {
	type day struct {
		SectionID site.SectionID
		Date      string `bun:",type:text"`
	}
	wanted := map[dayOf]bool{}
	var days []day
	for _, in := range p.all {
		if of := (dayOf{in.section, in.sub.Date}); !wanted[of] {
			wanted[of] = true
			days = append(days, day{of.section, of.date.String()})
		}
	}
	ofDay := func(column string) *bun.SelectQuery {
		return p.tx.NewSelect().Table("submissions").ColumnExpr("MAX(?)", bun.Ident(column)).Where("section_id = day.section_id").Where("date = day.date")
	}
	var rows []submissionRow
	err := p.tx.NewSelect().With("day", p.tx.NewValues(&days)).TableExpr("day").ColumnExpr("section_id, date").
		ColumnExpr("COALESCE((?), 0) AS version, COALESCE((?), 0) AS submitted_at", ofDay("version"), ofDay("submitted_at")).Scan(p.ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read last submissions: %w", err)
	}
	last := make(map[dayOf]submissionRow, len(rows))
	for _, r := range rows {
		last[dayOf{r.SectionID, r.Date}] = r
	}
	return last, nil
}

// provenance writes how a checklist came to be; nothing where nothing was told.
func (sub Submission) provenance() (string, error) {
	if len(sub.Drawn) == 0 && len(sub.Ways) == 0 {
		return "", nil
	}
	text, err := json.Marshal(sub.Provenance)
	return string(text), err
}

func (p *pile) insert() error {
	rows := make([]submissionRow, len(p.all))
	for i, in := range p.all {
		rows[i] = in.row
	}
	var given []submissionRow // in any order
	if _, err := p.tx.NewInsert().Model(&rows).Returning("id, section_id, date, version").Exec(p.ctx, &given); err != nil {
		return fmt.Errorf("insert submissions: %w", err)
	}
	type numbered struct {
		dayOf
		version int
	}
	ids := make(map[numbered]int64, len(given))
	for _, r := range given {
		ids[numbered{dayOf{r.SectionID, r.Date}, r.Version}] = r.ID
	}
	for _, in := range p.all {
		in.row.ID = ids[numbered{dayOf{in.section, in.sub.Date}, in.row.Version}]
	}
	return nil
}

func (p *pile) insertAnswers() error {
	var rows []answerRow
	for _, in := range p.all {
		for _, a := range in.sub.Answers {
			row := answerRow{fact: fact{RecordedAt: in.sub.Now}, SectionID: in.section, Date: in.sub.Date, SubmittedAt: in.row.SubmittedAt, Item: a.Item,
				Choice: a.Choice, Number: a.Number, Remark: a.Remark}
			if err := p.sealRemark(in.sub.Section, &row); err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	return insertRows(p.ctx, p.tx, rows, "id", "superseded_at")
}

// answer makes the answers, now that everything is known of what was handed in.
func (p *pile) answer() error {
	for _, in := range p.all {
		if !in.answered() {
			return errUnanswered
		}
	}
	return nil
}

// answered makes the answer and tells whether it could. A panic is its owner's.
func (in *handIn) answered() bool {
	defer func() { in.panicked = recover() }()
	filed, err := in.row.filed(in.sub.Section, in.sub.Answers)
	if err == nil {
		in.given, err = in.answer(filed)
	}
	if err != nil {
		in.fail(err)
	}
	return err == nil
}
