package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

func exportSections(ctx context.Context, s *Store, tx bun.Tx, _ *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := currentRows[sectionVersionRow](ctx, tx)
	if err != nil {
		return nil, err
	}
	var texts [][]string
	for i := range rows {
		noun := rows[i].section(sections[rows[i].SectionID])
		if sealed := rows[i].PhoneSealed; sealed != "" {
			if noun.Phone, err = s.vault.Unseal(managerPhoneField, noun.Code, []byte(sealed)); err != nil {
				return nil, fmt.Errorf("open the phone of section %s: %w", noun.Code, err)
			}
		}
		texts = append(texts, site.SectionCells(site.SectionRecord{Section: noun}))
	}
	return texts, nil
}

func exportZones(ctx context.Context, _ *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	return written(ctx, tx, func(r *zoneRow) []string { return site.ZoneCells(site.ZoneRecord{Zone: r.zone()}, loc) })
}

func exportRoster(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	people, err := s.identities(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := currentRows[enrolmentRow](ctx, tx)
	if err != nil {
		return nil, err
	}
	var texts [][]string
	for i := range rows {
		r := &rows[i]
		who := people[r.WorkerID]
		record := roster.Record{
			SectionCode: sections[r.SectionID].Code, Document: who.Document, Enrolment: r.enrolment(who.name, who.Type),
		}
		if r.PhoneSealed != "" {
			if record.Phone, err = s.vault.Unseal(phoneField, who.rowKey, []byte(r.PhoneSealed)); err != nil {
				return nil, fmt.Errorf("open the phone of worker %d: %w", r.WorkerID, err)
			}
		}
		texts = append(texts, roster.Cells(record, loc))
	}
	return texts, nil
}

func exportResults(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	people, err := s.identities(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *resultRow) []string {
		who := people[r.WorkerID]
		return screening.ResultCells(screening.ResultRecord{Document: who.Document, Name: who.name, Result: r.result()}, loc)
	})
}

func exportTemperatures(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	people, err := s.identities(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *temperatureRow) []string {
		who := people[r.WorkerID]
		record := screening.TemperatureRecord{Document: who.Document, Name: who.name, Temperature: r.temperature()}
		return screening.TemperatureCells(record, loc)
	})
}

func exportRooms(ctx context.Context, _ *Store, tx bun.Tx, _ *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	rooms, err := allRooms(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *roomVersionRow) []string {
		room := r.room(rooms[r.RoomID])
		return housing.RoomCells(housing.RoomRecord{SectionCode: sections[room.SectionID].Code, Room: room})
	})
}

func exportStays(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	rooms, err := allRooms(ctx, tx)
	if err != nil {
		return nil, err
	}
	people, err := s.identities(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *stayRow) []string {
		who := people[r.WorkerID]
		return housing.StayCells(housing.StayRecord{
			SectionCode: sections[r.SectionID].Code, RoomNumber: rooms[r.RoomID].Number, Document: who.Document, Name: who.name,
			Stay: r.stay(),
		}, loc)
	})
}

func exportAreas(ctx context.Context, _ *Store, tx bun.Tx, _ *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	areas, err := allAreas(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *areaVersionRow) []string {
		area := r.area(areas[r.AreaID])
		return disinfection.AreaCells(disinfection.AreaRecord{SectionCode: sections[area.SectionID].Code, Area: area})
	})
}

func exportEntries(ctx context.Context, _ *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	areas, err := allAreas(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *disinfectionRow) []string {
		return disinfection.EntryCells(disinfection.EntryRecord{
			SectionCode: sections[r.SectionID].Code, AreaCode: areas[r.AreaID].Code, Entry: r.entry(),
		}, loc)
	})
}

func exportPassages(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	people, err := s.identities(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := currentRows[passageRow](ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		if err := s.openText(reasonField, people[r.WorkerID].rowKey, &r.Reason, &r.ReasonSealed); err != nil {
			return nil, fmt.Errorf("open reason of passage %d: %w", r.ID, err)
		}
	}
	return texts(rows, func(r *passageRow) []string {
		who := people[r.WorkerID]
		return gate.Cells(gate.Record{
			SectionCode: sections[r.SectionID].Code, Document: who.Document, Name: who.name, Passage: r.passage(who.name),
		}, loc)
	}), nil
}

func exportStocks(ctx context.Context, _ *Store, tx bun.Tx, _ *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *stockRow) []string {
		return supply.Cells(supply.Record{SectionCode: sections[r.SectionID].Code, Stock: r.stock()})
	})
}

func exportDocuments(ctx context.Context, _ *Store, tx bun.Tx, _ *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	return written(ctx, tx, func(r *documentRow) []string {
		return document.Cells(document.Record{SectionCode: sections[r.SectionID].Code, Document: r.document()})
	})
}

func exportAnswers(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error) {
	sections, err := allSections(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := currentRows[answerRow](ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if err := s.openRemark(sections[rows[i].SectionID].Code, &rows[i]); err != nil {
			return nil, fmt.Errorf("open remark of answer %d: %w", rows[i].ID, err)
		}
	}
	return texts(rows, func(r *answerRow) []string {
		return checklist.Cells(checklist.Record{SectionCode: sections[r.SectionID].Code, Answer: r.answer()}, loc)
	}), nil
}
