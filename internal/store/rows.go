package store

import (
	"database/sql/driver"
	"fmt"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/document"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// fact is what every row of a register carries beside its noun. SupersededAt is zero while the row is current.
type fact struct {
	ID           int64 `bun:",pk,autoincrement"`
	RecordedAt   calendar.Instant
	BatchID      int64            `bun:",nullzero"`
	SupersededAt calendar.Instant `bun:",nullzero"`
}

func (f *fact) book() *fact { return f }

// bytea is a string of bytes (a seal, a keyed hash) that rows and maps can compare.
type bytea string

// Value stores the bytes; empty ones need the nullzero tag to be NULL.
func (b bytea) Value() (driver.Value, error) { return []byte(b), nil }

// Scan reads what Value stored.
func (b *bytea) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*b = ""
	case []byte:
		*b = bytea(v)
	default:
		return fmt.Errorf("scan bytes: unexpected %T", src)
	}
	return nil
}

// batchRow is one file taken in: who brought what, and what became of it.
type batchRow struct {
	bun.BaseModel `bun:"table:batches,alias:batch"`
	ID            int64 `bun:",pk,autoincrement"`
	Kind          string
	File          string
	SHA256        string `bun:"sha256"`
	RecordedAt    calendar.Instant
	RecordedBy    string
	Accepted      int64
	Duplicate     int64
	Quarantined   int64
	Rejected      int64

	Origin         Origin
	Everywhere     bool  // whoever brought it saw the whole district; otherwise batch_scopes tells what was seen
	ProblemsSealed bytea `bun:",nullzero"`
}

// sectionRow is a section's identity; what is known of it is in sectionVersionRow.
type sectionRow struct {
	bun.BaseModel `bun:"table:sections,alias:section"`
	ID            site.SectionID `bun:",pk,autoincrement"`
	Code          string
	FactsAt       calendar.Instant
	DueAt         calendar.Instant `bun:",nullzero"`
	EvaluatedAt   calendar.Instant `bun:",nullzero"`
}

type sectionVersionRow struct {
	bun.BaseModel `bun:"table:section_versions,alias:version"`
	fact
	SectionID        site.SectionID
	Name             string
	ProjectCode      string
	ProjectName      string
	Street           string
	Community        string
	Address          string
	Longitude        string
	Latitude         string
	Datum            string
	Owner            string
	Contractor       string
	Supervisor       string
	Manager          string
	PhoneSealed      bytea `bun:",nullzero"`
	PhoneLookup      bytea `bun:",nullzero"`
	State            site.State
	Occasion         site.Occasion
	StoppedOn        calendar.Date `bun:",nullzero"`
	NotResumedReason string
	ResponsibleUnit  string
	ExpectedOn       calendar.Date `bun:",nullzero"`
}

// section gives the noun, with the phone still sealed.
func (r *sectionVersionRow) section(s *sectionRow) site.Section {
	return site.Section{
		ID: s.ID, Code: s.Code, Name: r.Name, ProjectCode: r.ProjectCode, ProjectName: r.ProjectName, Street: r.Street,
		Community: r.Community, Address: r.Address, Longitude: r.Longitude, Latitude: r.Latitude, Datum: r.Datum,
		Owner: r.Owner, Contractor: r.Contractor, Supervisor: r.Supervisor, Manager: r.Manager, State: r.State,
		Occasion: r.Occasion, StoppedOn: r.StoppedOn, NotResumedReason: r.NotResumedReason,
		ResponsibleUnit: r.ResponsibleUnit, ExpectedOn: r.ExpectedOn, DataAt: s.FactsAt,
	}
}

type zoneRow struct {
	bun.BaseModel `bun:"table:zones,alias:zone"`
	fact
	Scope    site.Scope
	Place    string
	Level    site.ZoneLevel
	FromAt   calendar.Instant
	UntilAt  calendar.Instant `bun:",nullzero"`
	Document string
}

func (r *zoneRow) zone() site.Zone {
	return site.Zone{
		ID: r.ID, Scope: r.Scope, Place: r.Place, Level: r.Level, From: r.FromAt, Until: r.UntilAt, Document: r.Document,
	}
}

// answerRow is one answer of a daily checklist.
type answerRow struct {
	bun.BaseModel `bun:"table:answers,alias:answer"`
	fact
	SectionID    site.SectionID
	Date         calendar.Date
	SubmittedAt  calendar.Instant
	Item         string
	Choice       checklist.Choice
	Number       string
	Remark       string // empty in the database where it is about health
	RemarkSealed bytea  `bun:",nullzero"`
}

func (r *answerRow) answer() checklist.Answer {
	return checklist.Answer{
		ID: r.ID, SectionID: r.SectionID, Date: r.Date, SubmittedAt: r.SubmittedAt, Item: r.Item, Choice: r.Choice,
		Number: r.Number, Remark: r.Remark,
	}
}

type stockRow struct {
	bun.BaseModel `bun:"table:stocks,alias:stock"`
	fact
	SectionID site.SectionID
	Date      calendar.Date
	Item      supply.Item
	Quantity  int64
	DailyUse  int64 // -1: not given
}

func (r *stockRow) stock() supply.Stock {
	return supply.Stock{ID: r.ID, SectionID: r.SectionID, Date: r.Date, Item: r.Item, Quantity: r.Quantity, DailyUse: r.DailyUse}
}

type documentRow struct {
	bun.BaseModel `bun:"table:documents,alias:document"`
	fact
	SectionID site.SectionID
	Type      string
	IssuedOn  calendar.Date
	ExpiresOn calendar.Date `bun:",nullzero"`
}

func (r *documentRow) document() document.Document {
	return document.Document{ID: r.ID, SectionID: r.SectionID, Type: r.Type, IssuedOn: r.IssuedOn, ExpiresOn: r.ExpiresOn}
}

// quarantineRow is a row of a file that is kept aside until a person or a later import decides on it. Its cells are sealed.
type quarantineRow struct {
	bun.BaseModel `bun:"table:quarantined,alias:quarantined"`
	ID            int64 `bun:",pk,autoincrement"`
	BatchID       int64
	Kind          string
	Sheet         string
	Line          int64
	Code          string
	ColumnName    string
	Message       string
	RowKey        string
	RowSealed     bytea
	RowLookup     bytea
	SectionCode   string // that the row names; empty: none
	Scope         string // of whoever brought it, as the ids of its sections; empty: the whole district
	RecordedAt    calendar.Instant
	DecidedAt     calendar.Instant `bun:",nullzero"`
	Decision      string
}

// workerRow is a person of the district, found by the keyed hash of the ID number.
type workerRow struct {
	bun.BaseModel `bun:"table:workers,alias:worker"`
	ID            roster.WorkerID `bun:",pk,autoincrement"`
	RowKey        string
	NumberLookup  bytea
	NumberSealed  bytea
	DocType       string
	Name          string // empty for someone whom only the gate has seen
	RecordedAt    calendar.Instant
}

// batchSectionRow joins a batch to a section: one that whoever brought it saw (batch_scopes) or whose facts it changed
// (batch_touched).
type batchSectionRow struct {
	BatchID   int64
	SectionID site.SectionID
}
