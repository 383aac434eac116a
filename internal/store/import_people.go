package store

import (
	"context"
	"slices"

	"fugong/internal/calendar"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// importRoster enrols people and adds those whom the district does not know yet.
func importRoster(ctx context.Context, l *load, records []roster.Record) error {
	if err := findSectionsOf(ctx, l, records, func(r *roster.Record) string { return r.SectionCode }); err != nil {
		return err
	}
	people, err := l.people(ctx, numbersOf(records, func(r *roster.Record) roster.Document { return r.Document }))
	if err != nil {
		return err
	}
	names := map[string]string{} // by number, as this file gives them first
	var fresh []newcomer
	records = keep(records, func(i int) bool {
		r, p := &records[i], at(&records[i].Row)
		if _, ok := l.section(p, r.SectionCode); !ok || l.future(p, dated{"健康申报时间", r.Enrolment.DeclaredAt}) {
			return false
		}
		known, said := names[r.Document.Number]
		if worker := people[r.Document.Number]; worker != nil && worker.Name != "" {
			known, said = worker.Name, true
		}
		if said && l.misnamed(p, people[r.Document.Number], r.Document, known, r.Enrolment.Name) {
			return false
		}
		if !said {
			names[r.Document.Number] = r.Enrolment.Name
			fresh = append(fresh, newcomer{r.Document, r.Enrolment.Name})
		}
		return true
	})
	if err := l.enrolNew(ctx, people, fresh); err != nil {
		return err
	}
	return l.enrol(ctx, records, people)
}

type enrolmentKey struct {
	section site.SectionID
	worker  roster.WorkerID
	entered calendar.Instant
}

func (l *load) enrol(ctx context.Context, records []roster.Record, people map[string]*person) error {
	phones := map[bytea]string{}
	all := make([]candidate[enrolmentRow], 0, len(records))
	for i := range records {
		r := &records[i]
		row := enrolmentOf(l.known[r.SectionCode], people[r.Document.Number].ID, &r.Enrolment)
		if r.Phone != "" {
			row.PhoneLookup = bytea(l.vault.Lookup(phoneField, r.Phone))
			phones[row.PhoneLookup] = r.Phone
		}
		all = append(all, candidate[enrolmentRow]{at(&r.Row), row, []site.SectionID{row.SectionID}})
	}
	g := register[enrolmentKey, enrolmentRow, *enrolmentRow]{key: func(r *enrolmentRow) enrolmentKey {
		return enrolmentKey{r.SectionID, r.WorkerID, r.EnteredAt}
	}}
	all = g.outdo(l, all)
	current, err := currentIn[enrolmentRow](ctx, l.tx, "worker_id", keysOf(all, func(r *enrolmentRow) roster.WorkerID { return r.WorkerID }))
	if err != nil {
		return err
	}
	blank(current, func(r *enrolmentRow) { r.PhoneSealed = "" })
	changes := makeRoom(g.compare(l, all, g.index(current)), current, enrolmentSpan, func(p place, _ *enrolmentRow, other interval) {
		l.overlaps(p, "进场时间", other, "此人在本标段已有重叠的在册时间（%s起）", "此人在本标段已有重叠的在册时间（%s至%s）")
	})
	if err := l.sealPhones(changes, people, phones); err != nil {
		return err
	}
	return g.commit(ctx, l, changes)
}

// sealPhones seals what is about to be written, each phone to the person whose it is.
func (l *load) sealPhones(changes []change[enrolmentRow], people map[string]*person, phones map[bytea]string) error {
	keys := make(map[roster.WorkerID]string, len(people))
	for _, p := range people {
		keys[p.ID] = p.RowKey
	}
	for i := range changes {
		row := &changes[i].row
		if row.PhoneLookup == "" {
			continue
		}
		sealed, err := l.vault.Seal(phoneField, keys[row.WorkerID], phones[row.PhoneLookup])
		if err != nil {
			return err
		}
		row.PhoneSealed = bytea(sealed)
	}
	return nil
}

func enrolmentOf(section site.SectionID, worker roster.WorkerID, e *roster.Enrolment) enrolmentRow {
	return enrolmentRow{
		SectionID: section, WorkerID: worker, EnteredAt: e.EnteredAt, LeftAt: e.LeftAt, Employer: e.Employer, Team: e.Team,
		Trade: e.Trade, Category: e.Category, Lodging: e.Lodging, OffsiteAddress: e.OffsiteAddress, Room: e.Room,
		Origin: e.Origin, FromOutside: e.FromOutside, DeclaredAt: e.DeclaredAt, RestrictedUntil: e.RestrictedUntil,
		EpidemicOfficer: e.EpidemicOfficer,
	}
}

func enrolmentSpan(r *enrolmentRow) (any, interval) {
	return [2]int64{int64(r.WorkerID), int64(r.SectionID)}, interval{r.EnteredAt, r.LeftAt}
}

func importStays(ctx context.Context, l *load, records []housing.StayRecord) error {
	if err := findSectionsOf(ctx, l, records, func(r *housing.StayRecord) string { return r.SectionCode }); err != nil {
		return err
	}
	rooms, err := l.rooms(ctx, l.knownSections())
	if err != nil {
		return err
	}
	people, err := l.people(ctx, numbersOf(records, func(r *housing.StayRecord) roster.Document { return r.Document }))
	if err != nil {
		return err
	}
	all := make([]candidate[stayRow], 0, len(records))
	for i := range records {
		if c, ok := l.stay(&records[i], rooms, people); ok {
			all = append(all, c)
		}
	}
	type key struct {
		worker roster.WorkerID
		room   housing.RoomID
		from   calendar.Instant
	}
	g := register[key, stayRow, *stayRow]{key: func(r *stayRow) key { return key{r.WorkerID, r.RoomID, r.FromAt} }}
	all = g.outdo(l, all)
	current, err := currentIn[stayRow](ctx, l.tx, "worker_id", keysOf(all, func(r *stayRow) roster.WorkerID { return r.WorkerID }))
	if err != nil {
		return err
	}
	changes := makeRoom(g.compare(l, all, g.index(current)), current, staySpan, func(p place, there *stayRow, other interval) {
		if !l.sees(there.SectionID) {
			l.refuse(p, intake.Overlap, "入住时间", "此人同时段在其他标段已有床位，请该标段先登记离开时间")
			return
		}
		l.overlaps(p, "入住时间", other, "此人同时段已有床位（%s起），请先登记前一床位的离开时间", "此人同时段已有床位（%s至%s），请先登记前一床位的离开时间")
	})
	return g.commit(ctx, l, changes)
}

func (l *load) stay(r *housing.StayRecord, rooms map[spot]housing.RoomID, people map[string]*person) (candidate[stayRow], bool) {
	var none candidate[stayRow]
	p := at(&r.Row)
	id, ok := l.section(p, r.SectionCode)
	if !ok {
		return none, false
	}
	room, ok := rooms[spot{id, r.RoomNumber}]
	if !ok {
		l.refuse(p, intake.UnknownRoom, "房间号", "标段%s没有房间%s，请先导入宿舍房间", intake.Quote(r.SectionCode), intake.Quote(r.RoomNumber))
		return none, false
	}
	who := l.recognise(p, l.own(people[r.Document.Number], r.Stay.From), r.Document, r.Name)
	if who == nil {
		return none, false
	}
	row := stayRow{SectionID: id, WorkerID: who.ID, RoomID: room, FromAt: r.Stay.From, UntilAt: r.Stay.Until}
	concerned := who.sectionsFrom(l.now)
	if !slices.Contains(concerned, id) {
		concerned = append(concerned, id)
	}
	return candidate[stayRow]{p, row, concerned}, true
}

func staySpan(r *stayRow) (any, interval) { return r.WorkerID, interval{r.FromAt, r.UntilAt} }

func importTemperatures(ctx context.Context, l *load, records []screening.TemperatureRecord) error {
	people, err := l.people(ctx, numbersOf(records, func(r *screening.TemperatureRecord) roster.Document { return r.Document }))
	if err != nil {
		return err
	}
	all := make([]candidate[temperatureRow], 0, len(records))
	for i := range records {
		r, p := &records[i], at(&records[i].Row)
		if l.future(p, dated{"测量时间", r.Temperature.At}) {
			continue
		}
		who := l.recognise(p, l.own(people[r.Document.Number], r.Temperature.At), r.Document, r.Name)
		if who == nil {
			continue
		}
		row := temperatureRow{WorkerID: who.ID, At: r.Temperature.At, Tenths: r.Temperature.Tenths}
		all = append(all, candidate[temperatureRow]{p, row, who.sectionsFrom(l.now)})
	}
	type key struct {
		worker roster.WorkerID
		at     calendar.Instant
	}
	g := register[key, temperatureRow, *temperatureRow]{key: func(r *temperatureRow) key { return key{r.WorkerID, r.At} }}
	current, err := currentIn[temperatureRow](ctx, l.tx, "worker_id", keysOf(all, func(r *temperatureRow) roster.WorkerID { return r.WorkerID }),
		span("at", all, func(r *temperatureRow) calendar.Instant { return r.At }))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}
