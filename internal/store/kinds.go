package store

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/checklist"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/fault"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// kind is one kind of table that goes in and out.
type kind struct {
	name    string
	columns []intake.Column
	decode  func([]intake.Table, *Upload) (apply, []intake.Problem)
	export  func(ctx context.Context, s *Store, tx bun.Tx, loc *time.Location) ([][]string, error)
}

// whole reports whether a table is about the district and not about single sections of it, so that only those who see all of
// it may bring one.
func (k kind) whole() bool { return k.name == "sections" || k.name == "zones" }

// OfDistrict reports whether a kind of table is about the whole district.
func OfDistrict(name string) bool { return kind{name: name}.whole() }

// apply brings the decoded rows of a file into the database.
type apply func(ctx context.Context, l *load) error

// kinds lists what can be imported and exported, in the order in which files that refer to each other are taken in.
func kinds() []kind {
	return []kind{
		{"sections", site.SectionColumns, decoder(site.DecodeSections, importSections), exportSections},
		{"zones", site.ZoneColumns, decoder(site.DecodeZones, importZones), exportZones},
		{"roster", roster.Columns, decoder(roster.Decode, importRoster), exportRoster},
		{"results", screening.ResultColumns, decodeResults, exportResults},
		{"rooms", housing.RoomColumns, decoder(housing.DecodeRooms, importRooms), exportRooms},
		{"stays", housing.StayColumns, decoder(housing.DecodeStays, importStays), exportStays},
		{"areas", disinfection.AreaColumns, decoder(disinfection.DecodeAreas, importAreas), exportAreas},
		{"disinfection", disinfection.EntryColumns, decoder(disinfection.DecodeEntries, importEntries), exportEntries},
		{"temperatures", screening.TemperatureColumns, decoder(screening.DecodeTemperatures, importTemperatures), exportTemperatures},
		{"gate", gate.Columns, decoder(gate.Decode, importPassages), exportPassages},
		{"stock", supply.Columns, decoder(supply.Decode, importStocks), exportStocks},
		{"documents", document.Columns, decoder(document.Decode, importDocuments), exportDocuments},
		{"checklists", checklist.Columns, decoder(checklist.Decode, importAnswers), exportAnswers},
	}
}

// Kinds names the kinds of tables, in the order in which files that refer to each other are to be imported.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Columns gives the columns of a kind of table, for templates and help. An unknown kind gives a fault.Invalid.
func Columns(name string) ([]intake.Column, error) {
	k, err := kindOf(name)
	return k.columns, err
}

func kindOf(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fault.New(fault.Invalid, "没有“%s”这种表，可用的是：%s", name, strings.Join(Kinds(), " "))
}

// decoder joins a register's Decode to what brings its records into the database.
func decoder[R any](decode func(intake.Table, *time.Location) ([]R, []intake.Problem), bring func(context.Context, *load, []R) error) func([]intake.Table, *Upload) (apply, []intake.Problem) {
	return func(tables []intake.Table, up *Upload) (apply, []intake.Problem) {
		records, problems := decodeParts(tables, func(t intake.Table) ([]R, []intake.Problem) { return decode(t, up.Loc) })
		return func(ctx context.Context, l *load) error { return bring(ctx, l, records) }, problems
	}
}

// decodeParts decodes tables in parts, side by side: rows do not depend on each other.
func decodeParts[R any](tables []intake.Table, decode func(intake.Table) ([]R, []intake.Problem)) (records []R, problems []intake.Problem) {
	var parts []intake.Table
	for _, t := range tables {
		for rows := range slices.Chunk(t.Rows, partSize) {
			parts = append(parts, intake.Table{Sheet: t.Sheet, Rows: rows})
		}
	}
	r, p := make([][]R, len(parts)), make([][]intake.Problem, len(parts))
	_ = sideBySide(len(parts), runtime.GOMAXPROCS(0), func(i int) error { // decoding gives problems, never an error
		r[i], p[i] = decode(parts[i])
		return nil
	})
	return slices.Concat(r...), slices.Concat(p...)
}

// partSize is how many rows are decoded in one go.
const partSize = 2000

// decodeResults is decoder with the words that the source uses for its results.
func decodeResults(tables []intake.Table, up *Upload) (apply, []intake.Problem) {
	decode := func(t intake.Table, loc *time.Location) ([]screening.ResultRecord, []intake.Problem) {
		return screening.DecodeResults(t, loc, up.Words)
	}
	return decoder(decode, importResults)(tables, up)
}
