package store

import (
	"context"
	"fmt"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/supply"
)

func importEntries(ctx context.Context, l *load, records []disinfection.EntryRecord) error {
	if err := findSectionsOf(ctx, l, records, func(r *disinfection.EntryRecord) string { return r.SectionCode }); err != nil {
		return err
	}
	areas, err := l.areas(ctx, l.knownSections())
	if err != nil {
		return err
	}
	all := make([]candidate[disinfectionRow], 0, len(records))
	for i := range records {
		r, p := &records[i], at(&records[i].Row)
		id, ok := l.section(p, r.SectionCode)
		if !ok || l.future(p, dated{"消毒时间", r.Entry.At}) {
			continue
		}
		area, ok := areas[spot{id, r.AreaCode}]
		if !ok {
			l.refuse(p, intake.UnknownArea, "区域编号", "标段%s没有编号为%s的区域，请先导入消毒区域", intake.Quote(r.SectionCode), intake.Quote(r.AreaCode))
			continue
		}
		e := r.Entry
		row := disinfectionRow{
			SectionID: id, AreaID: area, At: e.At, Agent: e.Agent, Concentration: e.Concentration, Unit: e.Unit,
			Minutes: e.Minutes, Operator: e.Operator,
		}
		all = append(all, candidate[disinfectionRow]{p, row, []site.SectionID{id}})
	}
	g := register[logKey, disinfectionRow, *disinfectionRow]{key: (*disinfectionRow).key}
	current, err := currentIn[disinfectionRow](ctx, l.tx, "area_id", keysOf(all, func(r *disinfectionRow) disinfection.AreaID { return r.AreaID }),
		span("at", all, func(r *disinfectionRow) calendar.Instant { return r.At }))
	if err != nil {
		return err
	}
	changes, err := l.stayWithdrawn(ctx, g.compare(l, g.outdo(l, all), g.index(current)))
	if err != nil {
		return err
	}
	return g.commit(ctx, l, changes)
}

func importAnswers(ctx context.Context, l *load, records []checklist.Record) error {
	if err := findSectionsOf(ctx, l, records, func(r *checklist.Record) string { return r.SectionCode }); err != nil {
		return err
	}
	all := make([]candidate[answerRow], 0, len(records))
	for i := range records {
		r, p := &records[i], at(&records[i].Row)
		id, ok := l.section(p, r.SectionCode)
		if !ok || l.futureDay(p, "日期", r.Answer.Date) || l.future(p, dated{"提交时间", r.Answer.SubmittedAt}) {
			continue
		}
		a := r.Answer
		row := answerRow{
			SectionID: id, Date: a.Date, SubmittedAt: a.SubmittedAt, Item: a.Item, Choice: a.Choice, Number: a.Number, Remark: a.Remark,
		}
		all = append(all, candidate[answerRow]{p, row, []site.SectionID{id}})
	}
	type key struct {
		section site.SectionID
		date    calendar.Date
		item    string
		at      calendar.Instant
	}
	g := register[key, answerRow, *answerRow]{key: func(r *answerRow) key { return key{r.SectionID, r.Date, r.Item, r.SubmittedAt} }}
	current, err := currentIn[answerRow](ctx, l.tx, "section_id", keysOf(all, func(r *answerRow) site.SectionID { return r.SectionID }),
		span("submitted_at", all, func(r *answerRow) calendar.Instant { return r.SubmittedAt }))
	if err != nil {
		return err
	}
	codes := map[site.SectionID]string{}
	for code, id := range l.known {
		codes[id] = code
	}
	for i := range current {
		if err := l.openRemark(codes[current[i].SectionID], &current[i]); err != nil {
			return fmt.Errorf("open remark of answer %d: %w", current[i].ID, err)
		}
	}
	changes := g.compare(l, g.outdo(l, all), g.index(current))
	for i := range changes {
		if err := l.sealRemark(codes[changes[i].row.SectionID], &changes[i].row); err != nil {
			return err
		}
	}
	if err := g.commit(ctx, l, changes); err != nil {
		return err
	}
	return l.numberSubmissions(ctx, all)
}

func importStocks(ctx context.Context, l *load, records []supply.Record) error {
	if err := findSectionsOf(ctx, l, records, func(r *supply.Record) string { return r.SectionCode }); err != nil {
		return err
	}
	all := make([]candidate[stockRow], 0, len(records))
	for i := range records {
		r, p := &records[i], at(&records[i].Row)
		id, ok := l.section(p, r.SectionCode)
		if !ok || l.futureDay(p, "日期", r.Stock.Date) {
			continue
		}
		s := r.Stock
		row := stockRow{SectionID: id, Date: s.Date, Item: s.Item, Quantity: s.Quantity, DailyUse: max(s.DailyUse, -1)}
		all = append(all, candidate[stockRow]{p, row, []site.SectionID{id}})
	}
	type key struct {
		section site.SectionID
		item    supply.Item
		date    calendar.Date
	}
	g := register[key, stockRow, *stockRow]{key: func(r *stockRow) key { return key{r.SectionID, r.Item, r.Date} }}
	current, err := currentIn[stockRow](ctx, l.tx, "section_id", keysOf(all, func(r *stockRow) site.SectionID { return r.SectionID }))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}

func importDocuments(ctx context.Context, l *load, records []document.Record) error {
	if err := findSectionsOf(ctx, l, records, func(r *document.Record) string { return r.SectionCode }); err != nil {
		return err
	}
	all := make([]candidate[documentRow], 0, len(records))
	for i := range records {
		r, p := &records[i], at(&records[i].Row)
		id, ok := l.section(p, r.SectionCode)
		if !ok {
			continue
		}
		row := documentRow{SectionID: id, Type: r.Document.Type, IssuedOn: r.Document.IssuedOn, ExpiresOn: r.Document.ExpiresOn}
		all = append(all, candidate[documentRow]{p, row, []site.SectionID{id}})
	}
	type key struct {
		section site.SectionID
		kind    string
		issued  calendar.Date
	}
	g := register[key, documentRow, *documentRow]{key: func(r *documentRow) key { return key{r.SectionID, r.Type, r.IssuedOn} }}
	current, err := currentIn[documentRow](ctx, l.tx, "section_id", keysOf(all, func(r *documentRow) site.SectionID { return r.SectionID }))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}

// importPassages takes in whom the gate saw. A person the district does not know is added without a name: that he is on no
// roster is what the gate is there to find.
func importPassages(ctx context.Context, l *load, records []gate.Record) error {
	if err := findSectionsOf(ctx, l, records, func(r *gate.Record) string { return r.SectionCode }); err != nil {
		return err
	}
	people, err := l.people(ctx, numbersOf(records, func(r *gate.Record) roster.Document { return r.Document }))
	if err != nil {
		return err
	}
	var strangers []newcomer
	seen := map[string]bool{}
	records = keep(records, func(i int) bool {
		r, p := &records[i], at(&records[i].Row)
		if _, ok := l.section(p, r.SectionCode); !ok || l.future(p, dated{"时间", r.Passage.At}) {
			return false
		}
		known := people[r.Document.Number]
		switch {
		case known == nil && !seen[r.Document.Number]:
			seen[r.Document.Number] = true
			strangers = append(strangers, newcomer{doc: r.Document})
		case known == nil || r.Name == "" || known.Name == "":
		case l.misnamed(p, known, r.Document, known.Name, r.Name):
			return false
		}
		return true
	})
	if err := l.enrolNew(ctx, people, strangers); err != nil {
		return err
	}
	return l.passages(ctx, records, people)
}

func (l *load) passages(ctx context.Context, records []gate.Record, people map[string]*person) error {
	all := make([]candidate[passageRow], 0, len(records))
	for i := range records {
		r, id := &records[i], l.known[records[i].SectionCode]
		row := passageRow{
			SectionID: id, WorkerID: people[r.Document.Number].ID, At: r.Passage.At, Direction: r.Passage.Direction,
			Reason: r.Passage.Reason, Approver: r.Passage.Approver,
		}
		all = append(all, candidate[passageRow]{at(&r.Row), row, []site.SectionID{id}})
	}
	type key struct {
		section   site.SectionID
		worker    roster.WorkerID
		at        calendar.Instant
		direction gate.Direction
	}
	g := register[key, passageRow, *passageRow]{key: func(r *passageRow) key { return key{r.SectionID, r.WorkerID, r.At, r.Direction} }}
	current, err := currentIn[passageRow](ctx, l.tx, "section_id", keysOf(all, func(r *passageRow) site.SectionID { return r.SectionID }),
		span("at", all, func(r *passageRow) calendar.Instant { return r.At }))
	if err != nil {
		return err
	}
	keys := map[roster.WorkerID]string{}
	for _, p := range people {
		keys[p.ID] = p.RowKey
	}
	for i := range current {
		r := &current[i]
		if keys[r.WorkerID] == "" {
			continue // somebody the file does not name
		}
		if err := l.openText(reasonField, keys[r.WorkerID], &r.Reason, &r.ReasonSealed); err != nil {
			return fmt.Errorf("open reason of passage %d: %w", r.ID, err)
		}
	}
	changes := g.compare(l, g.outdo(l, all), g.index(current))
	for i := range changes {
		r := &changes[i].row
		if err := l.sealText(reasonField, keys[r.WorkerID], &r.Reason, &r.ReasonSealed); err != nil {
			return err
		}
	}
	return g.commit(ctx, l, changes)
}

// numbersOf lists the ID numbers of records.
func numbersOf[R any](records []R, doc func(*R) roster.Document) map[string]bool {
	numbers := make(map[string]bool, len(records))
	for i := range records {
		numbers[doc(&records[i]).Number] = true
	}
	return numbers
}
