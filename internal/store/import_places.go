package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/disinfection"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/site"
)

// findSections looks up the sections of some codes.
func (l *load) findSections(ctx context.Context, codes map[string]bool) error {
	err := chunks(slices.Collect(maps.Keys(codes)), func(codes []string) error {
		var rows []sectionRow
		if err := l.tx.NewSelect().Model(&rows).Where("code IN (?)", bun.List(codes)).Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			if l.sees(row.ID) {
				l.known[row.Code] = row.ID
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look sections up: %w", err)
	}
	return nil
}

// section gives the section of a row, or false when the row is refused because there is none within the scope.
func (l *load) section(at place, code string) (site.SectionID, bool) {
	id, ok := l.known[code]
	if !ok {
		l.refuse(at, intake.UnknownSection, "标段编号", "没有编号为%s的标段，请先导入标段信息", intake.Quote(code))
	}
	return id, ok
}

// findSectionsOf looks up the sections that records name.
func findSectionsOf[R any](ctx context.Context, l *load, records []R, code func(*R) string) error {
	codes := map[string]bool{}
	for i := range records {
		codes[code(&records[i])] = true
	}
	return l.findSections(ctx, codes)
}

func importSections(ctx context.Context, l *load, records []site.SectionRecord) error {
	code := func(r *site.SectionRecord) string { return r.Section.Code }
	if err := findSectionsOf(ctx, l, records, code); err != nil {
		return err
	}
	var fresh []sectionRow
	for _, r := range records {
		if _, ok := l.known[r.Section.Code]; !ok {
			fresh = append(fresh, sectionRow{Code: r.Section.Code, FactsAt: l.now, DueAt: l.now})
			l.known[r.Section.Code] = 0
		}
	}
	if err := insertRows(ctx, l.tx, fresh, "id"); err != nil {
		return err
	}
	if err := findSectionsOf(ctx, l, records, code); err != nil {
		return err
	}
	return l.sectionVersions(ctx, records)
}

func (l *load) sectionVersions(ctx context.Context, records []site.SectionRecord) error {
	phones := map[site.SectionID]site.Section{}
	all := make([]candidate[sectionVersionRow], 0, len(records))
	for i := range records {
		r := &records[i]
		id := l.known[r.Section.Code]
		row := sectionVersion(id, r.Section)
		if r.Section.Phone != "" {
			row.PhoneLookup = bytea(l.vault.Lookup(managerPhoneField, r.Section.Phone))
			phones[id] = r.Section
		}
		all = append(all, candidate[sectionVersionRow]{at(&r.Row), row, []site.SectionID{id}})
	}
	g := register[site.SectionID, sectionVersionRow, *sectionVersionRow]{key: func(r *sectionVersionRow) site.SectionID { return r.SectionID }}
	all = g.outdo(l, all)
	current, err := currentIn[sectionVersionRow](ctx, l.tx, "section_id", keysOf(all, g.key))
	if err != nil {
		return err
	}
	blank(current, func(r *sectionVersionRow) { r.PhoneSealed = "" })
	changes := g.compare(l, all, g.index(current))
	for i := range changes {
		row := &changes[i].row
		if row.PhoneLookup == "" {
			continue
		}
		of := phones[row.SectionID]
		sealed, err := l.vault.Seal(managerPhoneField, of.Code, of.Phone)
		if err != nil {
			return err
		}
		row.PhoneSealed = bytea(sealed)
	}
	if err := g.commit(ctx, l, changes); err != nil {
		return err
	}
	return placeStandings(ctx, l.tx, keysOf(all, g.key))
}

func sectionVersion(id site.SectionID, s site.Section) sectionVersionRow {
	return sectionVersionRow{
		SectionID: id, Name: s.Name, ProjectCode: s.ProjectCode, ProjectName: s.ProjectName, Street: s.Street,
		Community: s.Community, Address: s.Address, Longitude: s.Longitude, Latitude: s.Latitude, Datum: s.Datum,
		Owner: s.Owner, Contractor: s.Contractor, Supervisor: s.Supervisor, Manager: s.Manager, State: s.State,
		Occasion: s.Occasion, StoppedOn: s.StoppedOn, NotResumedReason: s.NotResumedReason,
		ResponsibleUnit: s.ResponsibleUnit, ExpectedOn: s.ExpectedOn,
	}
}

// keysOf lists the keys of candidates, each once when they are outdone already.
func keysOf[K comparable, R any](all []candidate[R], key func(*R) K) []K {
	keys := make([]K, len(all))
	for i := range all {
		keys[i] = key(&all[i].row)
	}
	return keys
}

// blank clears what never compares: the same text is sealed to other bytes each time.
func blank[R any](rows []R, clear func(*R)) {
	for i := range rows {
		clear(&rows[i])
	}
}

// spot is a room's or an area's name within the district.
type spot struct {
	section site.SectionID
	name    string
}

// rooms looks up the rooms of some sections.
func (l *load) rooms(ctx context.Context, sections []site.SectionID) (map[spot]housing.RoomID, error) {
	found := map[spot]housing.RoomID{}
	err := chunks(sections, func(ids []site.SectionID) error {
		var rows []roomRow
		err := l.tx.NewSelect().Model(&rows).Where("section_id IN (?)", bun.List(ids)).Scan(ctx)
		for _, row := range rows {
			found[spot{row.SectionID, row.Number}] = row.ID
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look rooms up: %w", err)
	}
	return found, nil
}

// areas looks up the areas of some sections.
func (l *load) areas(ctx context.Context, sections []site.SectionID) (map[spot]disinfection.AreaID, error) {
	found := map[spot]disinfection.AreaID{}
	err := chunks(sections, func(ids []site.SectionID) error {
		var rows []areaRow
		err := l.tx.NewSelect().Model(&rows).Where("section_id IN (?)", bun.List(ids)).Scan(ctx)
		for _, row := range rows {
			found[spot{row.SectionID, row.Code}] = row.ID
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look areas up: %w", err)
	}
	return found, nil
}

// knownSections lists the sections found so far.
func (l *load) knownSections() []site.SectionID { return slices.Sorted(maps.Values(l.known)) }

func importRooms(ctx context.Context, l *load, records []housing.RoomRecord) error {
	if err := findSectionsOf(ctx, l, records, func(r *housing.RoomRecord) string { return r.SectionCode }); err != nil {
		return err
	}
	found, err := l.rooms(ctx, l.knownSections())
	if err != nil {
		return err
	}
	var fresh []roomRow
	records = keep(records, func(i int) bool {
		r := &records[i]
		id, ok := l.section(at(&r.Row), r.SectionCode)
		key := spot{id, r.Room.Number}
		if _, there := found[key]; ok && !there {
			fresh, found[key] = append(fresh, roomRow{SectionID: id, Number: key.name}), 0
		}
		return ok
	})
	if err := insertRows(ctx, l.tx, fresh, "id"); err != nil {
		return err
	}
	if found, err = l.rooms(ctx, l.knownSections()); err != nil {
		return err
	}
	all := make([]candidate[roomVersionRow], 0, len(records))
	for i := range records {
		r, id := records[i].Room, l.known[records[i].SectionCode]
		row := roomVersionRow{
			RoomID: found[spot{id, r.Number}], Building: r.Building, Use: r.Use, AreaCM2: r.AreaCM2, Beds: r.Beds, BunkLevels: r.BunkLevels,
		}
		all = append(all, candidate[roomVersionRow]{at(&records[i].Row), row, []site.SectionID{id}})
	}
	g := register[housing.RoomID, roomVersionRow, *roomVersionRow]{key: func(r *roomVersionRow) housing.RoomID { return r.RoomID }}
	current, err := currentIn[roomVersionRow](ctx, l.tx, "room_id", keysOf(all, g.key))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}

func importAreas(ctx context.Context, l *load, records []disinfection.AreaRecord) error {
	if err := findSectionsOf(ctx, l, records, func(r *disinfection.AreaRecord) string { return r.SectionCode }); err != nil {
		return err
	}
	found, err := l.areas(ctx, l.knownSections())
	if err != nil {
		return err
	}
	var fresh []areaRow
	records = keep(records, func(i int) bool {
		r := &records[i]
		id, ok := l.section(at(&r.Row), r.SectionCode)
		key := spot{id, r.Area.Code}
		if _, there := found[key]; ok && !there {
			fresh, found[key] = append(fresh, areaRow{SectionID: id, Code: key.name}), 0
		}
		return ok
	})
	if err := insertRows(ctx, l.tx, fresh, "id"); err != nil {
		return err
	}
	if found, err = l.areas(ctx, l.knownSections()); err != nil {
		return err
	}
	all := make([]candidate[areaVersionRow], 0, len(records))
	for i := range records {
		a, id := records[i].Area, l.known[records[i].SectionCode]
		row := areaVersionRow{AreaID: found[spot{id, a.Code}], Name: a.Name, Kind: a.Kind}
		all = append(all, candidate[areaVersionRow]{at(&records[i].Row), row, []site.SectionID{id}})
	}
	g := register[disinfection.AreaID, areaVersionRow, *areaVersionRow]{key: func(r *areaVersionRow) disinfection.AreaID { return r.AreaID }}
	current, err := currentIn[areaVersionRow](ctx, l.tx, "area_id", keysOf(all, g.key))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}
