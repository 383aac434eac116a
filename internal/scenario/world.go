package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// World is everything recorded so far, kept in memory.
type World struct{ tables []Table }

// NewWorld makes a world of which nothing is known.
func NewWorld() *World { return &World{} }

// Record adds registers.
func (w *World) Record(tables ...Table) { w.tables = append(w.tables, tables...) }

// Snapshot gives what is known of a section by the facts recorded up to an instant (zero: all). It returns an error that
// names file and line when a row is not in order, or refers to what nobody has registered.
func (w *World) Snapshot(section string, knownAt calendar.Instant) (*criteria.Snapshot, error) {
	f := facts{
		sectionIDs: number[string]{}, workerIDs: number[roster.Document]{},
		roomIDs: number[place]{}, areaIDs: number[place]{},
		names: map[roster.WorkerID]string{},
	}
	for _, t := range w.tables {
		if knownAt != 0 && t.Recorded > knownAt {
			continue
		}
		if err := f.read(t); err != nil {
			return nil, fmt.Errorf("read %s.csv: %w", t.Kind, err)
		}
	}
	return f.of(section)
}

// place is a room or an area by what people call it.
type place struct{ section, name string }

// moment is a fact about one worker, room or area at one time.
type moment struct {
	id   int64
	at   calendar.Instant
	what string
}

// facts is the world read: every register under its natural keys.
type facts struct {
	sectionIDs number[string]
	workerIDs  number[roster.Document]
	roomIDs    number[place]
	areaIDs    number[place]

	names        map[roster.WorkerID]string
	sections     keyed[string, site.Section]
	zones        keyed[site.Zone, site.Zone]
	people       keyed[moment, roster.Enrolment]
	results      keyed[moment, screening.Result]
	temperatures keyed[moment, screening.Temperature]
	rooms        keyed[housing.RoomID, housing.Room]
	stays        keyed[moment, housing.Stay]
	areas        keyed[disinfection.AreaID, disinfection.Area]
	logs         keyed[moment, disinfection.Entry]
	answers      keyed[moment, checklist.Answer]
	stocks       keyed[moment, supply.Stock]
	passages     keyed[moment, gate.Passage]
	documents    keyed[moment, document.Document]
}

func (f *facts) read(t Table) error {
	switch t.Kind {
	case "sections":
		return each(t, site.SectionColumns, site.DecodeSections, f.section)
	case "zones":
		return each(t, site.ZoneColumns, site.DecodeZones, f.zone)
	case "roster":
		return each(t, roster.Columns, roster.Decode, f.person)
	case "results":
		return each(t, screening.ResultColumns, decodeResults, f.result)
	case "temperatures":
		return each(t, screening.TemperatureColumns, screening.DecodeTemperatures, f.temperature)
	case "rooms":
		return each(t, housing.RoomColumns, housing.DecodeRooms, f.room)
	case "stays":
		return each(t, housing.StayColumns, housing.DecodeStays, f.stay)
	case "areas":
		return each(t, disinfection.AreaColumns, disinfection.DecodeAreas, f.area)
	case "disinfection":
		return each(t, disinfection.EntryColumns, disinfection.DecodeEntries, func(r disinfection.EntryRecord) {
			f.log(r, t.Recorded)
		})
	case "checklists":
		return each(t, checklist.Columns, checklist.Decode, f.answer)
	case "stock":
		return each(t, supply.Columns, supply.Decode, f.stock)
	case "gate":
		return each(t, gate.Columns, gate.Decode, f.passage)
	case "documents":
		return each(t, document.Columns, document.Decode, f.document)
	}
	return fmt.Errorf("no register is called %s", t.Kind)
}

// decoder is what every register offers.
type decoder[R any] func(intake.Table, *time.Location) ([]R, []intake.Problem)

// each reads a table as an upload is read and takes in every row.
func each[R any](t Table, columns []intake.Column, decode decoder[R], take func(R)) error {
	sheets, err := intake.Read(t.Kind+".csv", strings.NewReader(t.Content), intake.Limits{})
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		table, err := intake.Match(sheet, columns)
		if err != nil {
			return err
		}
		if len(table.Unknown) > 0 {
			return fmt.Errorf("no columns are called %v", table.Unknown)
		}
		left := t.leaveOut(&table)
		records, problems := decode(table, Zone())
		if len(problems) > 0 {
			return fmt.Errorf("line %d: %s: %s", problems[0].Line, problems[0].Column, problems[0].Message)
		}
		if left != len(t.Report) {
			return fmt.Errorf("found %d of the %d lines of the report", left, len(t.Report))
		}
		for _, r := range records {
			take(r)
		}
	}
	return nil
}

// leaveOut drops the rows that are not accepted by the report, and counts them.
func (t Table) leaveOut(table *intake.Table) int {
	before := len(table.Rows)
	table.Rows = slices.DeleteFunc(table.Rows, func(r intake.Row) bool {
		return slices.ContainsFunc(t.Report, func(line string) bool {
			return strings.HasPrefix(line, fmt.Sprintf("%d ", r.Line))
		})
	})
	return before - len(table.Rows)
}

func decodeResults(t intake.Table, loc *time.Location) ([]screening.ResultRecord, []intake.Problem) {
	return screening.DecodeResults(t, loc, screening.Mapping{})
}

func (f *facts) sectionID(code string) site.SectionID { return site.SectionID(f.sectionIDs.of(code)) }

func (f *facts) workerID(d roster.Document) roster.WorkerID {
	return roster.WorkerID(f.workerIDs.of(d))
}

func (f *facts) section(r site.SectionRecord) {
	s := r.Section
	s.ID, s.Phone = f.sectionID(s.Code), ""
	f.sections.put(s.Code, s)
}

func (f *facts) zone(r site.ZoneRecord) {
	key := r.Zone
	key.Until, key.Document = 0, ""
	f.zones.put(key, r.Zone)
}

func (f *facts) person(r roster.Record) {
	e := r.Enrolment
	e.WorkerID, e.SectionID = f.workerID(r.Document), f.sectionID(r.SectionCode)
	e.DocType, e.HasPhone = r.Document.Type, r.Phone != ""
	f.names[e.WorkerID] = e.Name
	f.people.put(moment{int64(e.WorkerID), e.EnteredAt, r.SectionCode}, e)
}

func (f *facts) result(r screening.ResultRecord) {
	res := r.Result
	res.WorkerID = f.workerID(r.Document)
	f.results.put(moment{int64(res.WorkerID), res.SampledAt, res.Tube + "|" + string(res.Method)}, res)
}

func (f *facts) temperature(r screening.TemperatureRecord) {
	t := r.Temperature
	t.WorkerID = f.workerID(r.Document)
	f.temperatures.put(moment{int64(t.WorkerID), t.At, ""}, t)
}

func (f *facts) room(r housing.RoomRecord) {
	room := r.Room
	room.ID = housing.RoomID(f.roomIDs.of(place{r.SectionCode, room.Number}))
	room.SectionID = f.sectionID(r.SectionCode)
	f.rooms.put(room.ID, room)
}

func (f *facts) stay(r housing.StayRecord) {
	s := r.Stay
	s.WorkerID, s.SectionID = f.workerID(r.Document), f.sectionID(r.SectionCode)
	s.RoomID = housing.RoomID(f.roomIDs.of(place{r.SectionCode, r.RoomNumber}))
	f.stays.put(moment{int64(s.WorkerID), s.From, fmt.Sprint(s.RoomID)}, s)
}

func (f *facts) area(r disinfection.AreaRecord) {
	a := r.Area
	a.ID = disinfection.AreaID(f.areaIDs.of(place{r.SectionCode, a.Code}))
	a.SectionID = f.sectionID(r.SectionCode)
	f.areas.put(a.ID, a)
}

func (f *facts) log(r disinfection.EntryRecord, recorded calendar.Instant) {
	e := r.Entry
	e.AreaID = disinfection.AreaID(f.areaIDs.of(place{r.SectionCode, r.AreaCode}))
	e.SectionID, e.RecordedAt = f.sectionID(r.SectionCode), recorded
	f.logs.put(moment{int64(e.AreaID), e.At, ""}, e)
}

func (f *facts) answer(r checklist.Record) {
	a := r.Answer
	a.SectionID = f.sectionID(r.SectionCode)
	f.answers.put(moment{int64(a.SectionID), a.SubmittedAt, a.Item + "|" + a.Date.String()}, a)
}

func (f *facts) stock(r supply.Record) {
	s := r.Stock
	s.SectionID = f.sectionID(r.SectionCode)
	f.stocks.put(moment{int64(s.SectionID), 0, string(s.Item) + "|" + s.Date.String()}, s)
}

func (f *facts) passage(r gate.Record) {
	p := r.Passage
	p.WorkerID, p.SectionID = f.workerID(r.Document), f.sectionID(r.SectionCode)
	f.passages.put(moment{int64(p.WorkerID), p.At, string(p.Direction) + "|" + r.SectionCode}, p)
}

func (f *facts) document(r document.Record) {
	d := r.Document
	d.SectionID = f.sectionID(r.SectionCode)
	f.documents.put(moment{int64(d.SectionID), 0, d.Type + "|" + d.IssuedOn.String()}, d)
}
