package store

import (
	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/disinfection"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

type enrolmentRow struct {
	bun.BaseModel `bun:"table:enrolments,alias:enrolment"`
	fact
	SectionID       site.SectionID
	WorkerID        roster.WorkerID
	EnteredAt       calendar.Instant
	LeftAt          calendar.Instant `bun:",nullzero"`
	PhoneSealed     bytea            `bun:",nullzero"`
	PhoneLookup     bytea            `bun:",nullzero"`
	Employer        string
	Team            string
	Trade           string
	Category        roster.Category
	Lodging         roster.Lodging
	OffsiteAddress  string
	Room            string
	Origin          string
	FromOutside     roster.Tri
	DeclaredAt      calendar.Instant `bun:",nullzero"`
	RestrictedUntil calendar.Instant `bun:",nullzero"`
	EpidemicOfficer roster.Tri
}

// enrolment gives the noun; the name and the kind of document are the worker's.
func (r *enrolmentRow) enrolment(name, docType string) roster.Enrolment {
	return roster.Enrolment{
		ID: r.ID, WorkerID: r.WorkerID, SectionID: r.SectionID, Name: name, DocType: docType, HasPhone: r.PhoneSealed != "",
		Employer: r.Employer, Team: r.Team, Trade: r.Trade, Category: r.Category, EnteredAt: r.EnteredAt, LeftAt: r.LeftAt,
		Lodging: r.Lodging, OffsiteAddress: r.OffsiteAddress, Room: r.Room, Origin: r.Origin, FromOutside: r.FromOutside,
		DeclaredAt: r.DeclaredAt, RestrictedUntil: r.RestrictedUntil, EpidemicOfficer: r.EpidemicOfficer,
	}
}

type resultRow struct {
	bun.BaseModel `bun:"table:results,alias:result"`
	fact
	WorkerID   roster.WorkerID
	SampledAt  calendar.Instant
	Tube       string
	Method     screening.Method
	ReceivedAt calendar.Instant `bun:",nullzero"`
	TestedAt   calendar.Instant `bun:",nullzero"`
	ReportedAt calendar.Instant `bun:",nullzero"`
	Outcome    screening.Outcome
	PoolSize   int
	Point      string
	Lab        string
	DateOnly   bool
}

func (r *resultRow) result() screening.Result {
	return screening.Result{
		ID: r.ID, WorkerID: r.WorkerID, SampledAt: r.SampledAt, ReceivedAt: r.ReceivedAt, TestedAt: r.TestedAt,
		ReportedAt: r.ReportedAt, Outcome: r.Outcome, Method: r.Method, Tube: r.Tube, PoolSize: r.PoolSize, Point: r.Point,
		Lab: r.Lab, DateOnly: r.DateOnly,
	}
}

type temperatureRow struct {
	bun.BaseModel `bun:"table:temperatures,alias:temperature"`
	fact
	WorkerID roster.WorkerID
	At       calendar.Instant
	Tenths   int
}

func (r *temperatureRow) temperature() screening.Temperature {
	return screening.Temperature{ID: r.ID, WorkerID: r.WorkerID, At: r.At, Tenths: r.Tenths}
}

// roomRow is a room's identity within its section.
type roomRow struct {
	bun.BaseModel `bun:"table:rooms,alias:room"`
	ID            housing.RoomID `bun:",pk,autoincrement"`
	SectionID     site.SectionID
	Number        string
}

type roomVersionRow struct {
	bun.BaseModel `bun:"table:room_versions,alias:version"`
	fact
	RoomID     housing.RoomID
	Building   string
	Use        housing.Use
	AreaCM2    int64 `bun:"area_cm2"`
	Beds       int
	BunkLevels int // 0: not known
}

func (r *roomVersionRow) room(id *roomRow) housing.Room {
	return housing.Room{
		ID: id.ID, SectionID: id.SectionID, Building: r.Building, Number: id.Number, Use: r.Use, AreaCM2: r.AreaCM2,
		Beds: r.Beds, BunkLevels: r.BunkLevels,
	}
}

type stayRow struct {
	bun.BaseModel `bun:"table:stays,alias:stay"`
	fact
	SectionID site.SectionID // of the room
	WorkerID  roster.WorkerID
	RoomID    housing.RoomID
	FromAt    calendar.Instant
	UntilAt   calendar.Instant `bun:",nullzero"`
}

func (r *stayRow) stay() housing.Stay {
	return housing.Stay{
		ID: r.ID, WorkerID: r.WorkerID, RoomID: r.RoomID, SectionID: r.SectionID, From: r.FromAt, Until: r.UntilAt,
	}
}

// areaRow is an area's identity within its section.
type areaRow struct {
	bun.BaseModel `bun:"table:areas,alias:area"`
	ID            disinfection.AreaID `bun:",pk,autoincrement"`
	SectionID     site.SectionID
	Code          string
}

type areaVersionRow struct {
	bun.BaseModel `bun:"table:area_versions,alias:version"`
	fact
	AreaID disinfection.AreaID
	Name   string
	Kind   disinfection.Kind
}

func (r *areaVersionRow) area(id *areaRow) disinfection.Area {
	return disinfection.Area{ID: id.ID, SectionID: id.SectionID, Code: id.Code, Name: r.Name, Kind: r.Kind}
}

type disinfectionRow struct {
	bun.BaseModel `bun:"table:disinfections,alias:disinfection"`
	fact
	SectionID     site.SectionID
	AreaID        disinfection.AreaID
	At            calendar.Instant
	Agent         string
	Concentration int
	Unit          disinfection.Unit
	Minutes       int
	Operator      string
}

func (r *disinfectionRow) entry() disinfection.Entry {
	return disinfection.Entry{
		ID: r.ID, AreaID: r.AreaID, SectionID: r.SectionID, At: r.At, RecordedAt: r.RecordedAt, Agent: r.Agent,
		Concentration: r.Concentration, Unit: r.Unit, Minutes: r.Minutes, Operator: r.Operator,
	}
}

type passageRow struct {
	bun.BaseModel `bun:"table:passages,alias:passage"`
	fact
	SectionID    site.SectionID
	WorkerID     roster.WorkerID
	At           calendar.Instant
	Direction    gate.Direction
	Reason       string // empty in the database
	ReasonSealed bytea  `bun:",nullzero"`
	Approver     string
}

// passage gives the noun; the name is the worker's.
func (r *passageRow) passage(name string) gate.Passage {
	return gate.Passage{
		ID: r.ID, SectionID: r.SectionID, WorkerID: r.WorkerID, Name: name, At: r.At, Direction: r.Direction,
		Reason: r.Reason, Approver: r.Approver,
	}
}
