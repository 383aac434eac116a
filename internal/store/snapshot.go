package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/fault"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// snapshotChunk is how many sections are read at a time: with a query a register, more of them cost less each, but all their
// rows are in memory together.
const snapshotChunk = 50

// Snapshots reads sections as they were known at an instant (zero: everything recorded so far) and visits each in the order
// of ids. It reads no further back than the window, but for what criteria.Window says is always read. Of results it leaves
// out their ids and where they were made, of temperatures their ids: no criterion asks. It returns a fault.NotFound for an id that is no section.
func (s *Store) Snapshots(
	ctx context.Context, ids []site.SectionID, w criteria.Window, knownAt calendar.Instant, visit func(*criteria.Snapshot) error,
) error {
	return s.readingCompiled(ctx, func(ctx context.Context, tx bun.Tx) error {
		for chunk := range slices.Chunk(ids, snapshotChunk) {
			snapshots, err := loadSnapshots(ctx, tx, s.snapshotScope(chunk, w, knownAt), chunk)
			if err != nil {
				return err
			}
			for _, snapshot := range snapshots {
				if err := visit(snapshot.Snapshot); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// view is a snapshot and the state of its section when it was read, by which it is told whether it still holds.
type view struct {
	*criteria.Snapshot
	state state
}

// loader gathers the snapshots of one chunk, register by register.
type loader struct {
	ctx      context.Context
	tx       bun.Tx
	read     scope
	index    map[site.SectionID]*criteria.Snapshot
	states   map[site.SectionID]state
	sections map[roster.WorkerID][]*criteria.Snapshot // where each person is enrolled
}

// snapshotScope asks for one section as it is now, which is what pages do, by compiled queries.
func (s *Store) snapshotScope(ids []site.SectionID, w criteria.Window, knownAt calendar.Instant) scope {
	if s.compiled != nil && len(ids) == 1 && knownAt == 0 {
		return s.compiled.scope(ids[0], w)
	}
	return newScope(ids, w, knownAt)
}

func loadSnapshots(ctx context.Context, tx bun.Tx, read scope, ids []site.SectionID) ([]view, error) {
	l := &loader{
		ctx: ctx, tx: tx, read: read,
		index:    make(map[site.SectionID]*criteria.Snapshot, len(ids)),
		states:   make(map[site.SectionID]state, len(ids)),
		sections: make(map[roster.WorkerID][]*criteria.Snapshot),
	}
	for _, register := range []struct {
		name string
		load func() error
	}{
		{"sections", l.loadSections}, {"zones", l.loadZones}, {"roster", l.loadPeople}, {"rooms", l.loadRooms},
		{"stays", l.loadStays}, {"guests", l.loadGuests}, {"results", l.loadResults}, {"temperatures", l.loadTemperatures},
		{"areas", l.loadAreas}, {"disinfections", l.loadDisinfections}, {"answers", l.loadAnswers}, {"stocks", l.loadStocks},
		{"passages", l.loadPassages}, {"documents", l.loadDocuments},
	} {
		if err := register.load(); err != nil {
			return nil, fmt.Errorf("load %s: %w", register.name, err)
		}
	}
	snapshots := make([]view, 0, len(ids))
	for _, id := range ids {
		snapshot := l.index[id]
		if snapshot == nil {
			return nil, fault.New(fault.NotFound, "没有内部编号为 %d 的标段", id)
		}
		order(snapshot)
		snapshots = append(snapshots, view{snapshot, l.states[id]})
	}
	return snapshots, nil
}

// order sorts the registers as Snapshot promises. The database mostly gives them so already.
func order(s *criteria.Snapshot) {
	slices.SortFunc(s.People, enrolmentOrder)
	slices.SortFunc(s.Guests, enrolmentOrder)
	slices.SortFunc(s.Results, func(a, b screening.Result) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.SampledAt, b.SampledAt), cmp.Compare(a.Tube, b.Tube))
	})
	slices.SortFunc(s.Temperatures, func(a, b screening.Temperature) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At))
	})
	slices.SortFunc(s.Rooms, func(a, b housing.Room) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(s.Stays, func(a, b housing.Stay) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(s.Areas, func(a, b disinfection.Area) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(s.Disinfections, func(a, b disinfection.Entry) int {
		return cmp.Or(cmp.Compare(a.AreaID, b.AreaID), cmp.Compare(a.At, b.At))
	})
	slices.SortFunc(s.Answers, func(a, b checklist.Answer) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Item, b.Item), cmp.Compare(a.SubmittedAt, b.SubmittedAt))
	})
	slices.SortFunc(s.Stocks, func(a, b supply.Stock) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), a.Date.Compare(b.Date))
	})
	slices.SortFunc(s.Passages, func(a, b gate.Passage) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(s.Documents, func(a, b document.Document) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), a.IssuedOn.Compare(b.IssuedOn))
	})
}

func enrolmentOrder(a, b roster.Enrolment) int {
	return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.EnteredAt, b.EnteredAt), cmp.Compare(a.ID, b.ID))
}
