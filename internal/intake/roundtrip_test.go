package intake_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
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

// words draws a free text as Read gives it: anything a person may type, also what a spreadsheet takes for a formula.
func words() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"=1+1", "+", "-", "@", "'", "\"", ",", ";", "，", "（甲）", "示例", "A-101", " ", "㎡", "①", "𠮷", "堃", "é", "_x000D_", "0", "1e5", "/", "2022-05-05"})
	return rapid.Custom(func(t *rapid.T) string {
		raw := ""
		for _, p := range rapid.SliceOfN(piece, 0, 4).Draw(t, "pieces") {
			raw += p
		}
		column := []intake.Column{{Name: "x"}}
		return intake.NewTable("", column, [][]string{{raw}}).Rows[0].Text("x")
	})
}

func name() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"甲", "王小明", "买买提·艾力", "John Smith", "䶮𬭚", "-王", "=甲"})
}

func code(format string) *rapid.Generator[string] {
	return rapid.Map(rapid.IntRange(0, 999), func(n int) string { return fmt.Sprintf(format, n) })
}

func instant() *rapid.Generator[calendar.Instant] {
	from, to := time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return rapid.Custom(func(t *rapid.T) calendar.Instant {
		at := calendar.Instant(rapid.Int64Range(from, to).Draw(t, "second")) * 1_000_000
		if rapid.Bool().Draw(t, "finer") {
			at += calendar.Instant(rapid.Int64Range(0, 999_999).Draw(t, "µs"))
		}
		return at
	})
}

// later draws an instant not before another, or none.
func later(t *rapid.T, than calendar.Instant, label string) calendar.Instant {
	if rapid.Bool().Draw(t, label+" not given") {
		return 0
	}
	return than.Add(time.Duration(rapid.IntRange(0, 1e6).Draw(t, label)) * time.Second)
}

func maybe(t *rapid.T, label string) calendar.Instant {
	return later(t, instant().Draw(t, label), label)
}

func day() *rapid.Generator[calendar.Date] {
	return rapid.Map(instant(), func(at calendar.Instant) calendar.Date { return calendar.On(at, time.UTC) })
}

func papers() *rapid.Generator[roster.Document] {
	return rapid.SampledFrom([]roster.Document{
		{Type: roster.IdentityCard, Number: "320699199003070013"}, {Type: roster.IdentityCard, Number: "32069919910412018X"},
		{Type: roster.ResidencePermit, Number: "810000199001010019"}, {Type: roster.Passport, Number: "123456789"},
		{Type: roster.HongKongPermit, Number: "H12345678"}, {Type: roster.TaiwanPermit, Number: "12345678"},
	})
}

func phone() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"", "13910000613", "051385281234", "+85261234567"})
}

// roundTrips holds that records written as a file, of either format, and read again are the same records.
func roundTrips[R any](draw func(*rapid.T) R, columns []intake.Column, cells func(R) []string, decode func(intake.Table) ([]R, []intake.Problem)) func(*rapid.T) {
	writers := map[string]func(io.Writer, []string, iter.Seq[[]string], ...string) error{"csv": intake.WriteCSV, "xlsx": intake.WriteXLSX}
	return func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(draw), 1, 4).Draw(t, "records")
		var rows [][]string
		for _, r := range records {
			rows = append(rows, cells(r))
		}
		titles := [][]string{nil, {"由 甲 于 2022-05-06 08:00 导出；共 4 行"}}[rapid.IntRange(0, 1).Draw(t, "titles")]
		for format, write := range writers {
			var file bytes.Buffer
			if err := write(&file, intake.Names(columns), slices.Values(rows), titles...); err != nil {
				t.Fatal(err)
			}
			sheets, err := intake.Read(format, &file, intake.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			tables, err := intake.MatchAll(sheets, columns)
			if err != nil {
				t.Fatal(err)
			}
			got, problems := decode(tables[0])
			if len(problems) > 0 || len(tables[0].Unknown) > 0 {
				t.Fatalf("%s: problems %v, unknown %v", format, problems, tables[0].Unknown)
			}
			if diff := cmp.Diff(records, got, cmpopts.IgnoreTypes(intake.Row{}), cmp.Comparer(func(a, b calendar.Date) bool { return a == b })); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", format, diff)
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	loc := shanghai()
	t.Run("sections", rapid.MakeCheck(roundTrips(drawSection, site.SectionColumns, site.SectionCells, in(loc, site.DecodeSections))))
	t.Run("zones", rapid.MakeCheck(roundTrips(drawZone, site.ZoneColumns, out(loc, site.ZoneCells), in(loc, site.DecodeZones))))
	t.Run("roster", rapid.MakeCheck(roundTrips(drawEnrolment, roster.Columns, out(loc, roster.Cells), in(loc, roster.Decode))))
	t.Run("results", rapid.MakeCheck(roundTrips(drawResult, screening.ResultColumns, out(loc, screening.ResultCells), in(loc, plainResults))))
	t.Run("temperatures", rapid.MakeCheck(roundTrips(drawTemperature, screening.TemperatureColumns, out(loc, screening.TemperatureCells), in(loc, screening.DecodeTemperatures))))
	t.Run("rooms", rapid.MakeCheck(roundTrips(drawRoom, housing.RoomColumns, housing.RoomCells, in(loc, housing.DecodeRooms))))
	t.Run("stays", rapid.MakeCheck(roundTrips(drawStay, housing.StayColumns, out(loc, housing.StayCells), in(loc, housing.DecodeStays))))
	t.Run("areas", rapid.MakeCheck(roundTrips(drawArea, disinfection.AreaColumns, disinfection.AreaCells, in(loc, disinfection.DecodeAreas))))
	t.Run("disinfection", rapid.MakeCheck(roundTrips(drawEntry, disinfection.EntryColumns, out(loc, disinfection.EntryCells), in(loc, disinfection.DecodeEntries))))
	t.Run("gate", rapid.MakeCheck(roundTrips(drawPassage, gate.Columns, out(loc, gate.Cells), in(loc, gate.Decode))))
	t.Run("stock", rapid.MakeCheck(roundTrips(drawStock, supply.Columns, supply.Cells, in(loc, supply.Decode))))
	t.Run("documents", rapid.MakeCheck(roundTrips(drawDocument, document.Columns, document.Cells, in(loc, document.Decode))))
	t.Run("checklists", rapid.MakeCheck(roundTrips(drawAnswer, checklist.Columns, out(loc, checklist.Cells), in(loc, checklist.Decode))))
}

func in[R any](loc *time.Location, decode func(intake.Table, *time.Location) ([]R, []intake.Problem)) func(intake.Table) ([]R, []intake.Problem) {
	return func(t intake.Table) ([]R, []intake.Problem) { return decode(t, loc) }
}

func out[R any](loc *time.Location, cells func(R, *time.Location) []string) func(R) []string {
	return func(r R) []string { return cells(r, loc) }
}

func drawSection(t *rapid.T) site.SectionRecord {
	return site.SectionRecord{Section: site.Section{
		ProjectCode: code("XY%d").Draw(t, "project"), ProjectName: "项目" + words().Draw(t, "name"), Code: code("XY-%02d").Draw(t, "code"),
		Name: "标段" + words().Draw(t, "section"), Street: "示例街道", Community: words().Draw(t, "community"), Address: words().Draw(t, "address"),
		Longitude: rapid.SampledFrom([]string{"", "120.8", "-0.000000001", "180"}).Draw(t, "x"), Latitude: rapid.SampledFrom([]string{"", "32.01", "-90"}).Draw(t, "y"),
		Datum: words().Draw(t, "datum"), Owner: words().Draw(t, "owner"), Contractor: words().Draw(t, "contractor"), Supervisor: words().Draw(t, "supervisor"),
		Manager: name().Draw(t, "manager"), Phone: phone().Draw(t, "phone"),
		State:     rapid.SampledFrom([]site.State{"", site.NotResumed, site.Applied, site.Operating, site.Suspended, site.Finished}).Draw(t, "state"),
		Occasion:  rapid.SampledFrom([]site.Occasion{site.Epidemic, site.Holiday, site.Typhoon, site.Accident}).Draw(t, "occasion"),
		StoppedOn: day().Draw(t, "stopped"), NotResumedReason: words().Draw(t, "why"), ResponsibleUnit: words().Draw(t, "unit"),
	}}
}

func drawZone(t *rapid.T) site.ZoneRecord {
	from := instant().Draw(t, "from")
	return site.ZoneRecord{Zone: site.Zone{
		Scope: rapid.SampledFrom([]site.Scope{site.ScopeStreet, site.ScopeCommunity, site.ScopeSection}).Draw(t, "scope"),
		Place: code("A-%d").Draw(t, "place"), Level: rapid.SampledFrom([]site.ZoneLevel{site.Locked, site.Controlled, site.Precaution}).Draw(t, "level"),
		From: from, Until: later(t, from, "until"), Document: words().Draw(t, "document"),
	}}
}

func drawEnrolment(t *rapid.T) roster.Record {
	r := roster.Record{SectionCode: code("XY-%02d").Draw(t, "section"), Document: papers().Draw(t, "document"), Phone: phone().Draw(t, "phone")}
	tri := rapid.SampledFrom([]roster.Tri{roster.Unsaid, roster.Yes, roster.No})
	entered := instant().Draw(t, "entered")
	r.Enrolment = roster.Enrolment{
		Name: name().Draw(t, "name"), DocType: r.Document.Type, HasPhone: r.Phone != "", Employer: words().Draw(t, "employer"),
		Team: words().Draw(t, "team"), Trade: words().Draw(t, "trade"),
		Category:  rapid.SampledFrom([]roster.Category{"", roster.Labour, roster.Management, roster.Supervisor, roster.Logistics, roster.Guard}).Draw(t, "category"),
		EnteredAt: entered, LeftAt: later(t, entered, "left"), Lodging: rapid.SampledFrom([]roster.Lodging{"", roster.OnSite, roster.OffSite}).Draw(t, "lodging"),
		OffsiteAddress: words().Draw(t, "address"), Room: rapid.SampledFrom([]string{"", "101", "0101", "A-101", "3-201", "1E5"}).Draw(t, "room"),
		Origin: words().Draw(t, "origin"), FromOutside: tri.Draw(t, "outside"), DeclaredAt: maybe(t, "declared"),
		RestrictedUntil: maybe(t, "restricted"), EpidemicOfficer: tri.Draw(t, "officer"),
	}
	return r
}

func drawResult(t *rapid.T) screening.ResultRecord {
	r := screening.Result{
		SampledAt: instant().Draw(t, "sampled"), Outcome: screening.Outcome(rapid.Int8Range(0, 4).Draw(t, "outcome")),
		Method:   rapid.SampledFrom([]screening.Method{screening.NucleicAcid, screening.Antigen}).Draw(t, "method"),
		Tube:     rapid.SampledFrom([]string{"", "NT22050501001", "000123", "12345678901234567890"}).Draw(t, "tube"),
		PoolSize: rapid.IntRange(0, 20).Draw(t, "pool"), Point: words().Draw(t, "point"), Lab: words().Draw(t, "lab"),
	}
	if r.DateOnly = rapid.Bool().Draw(t, "date only"); r.DateOnly {
		r.SampledAt = calendar.On(r.SampledAt, shanghai()).Start(shanghai())
	}
	r.ReceivedAt = later(t, r.SampledAt, "received")
	r.TestedAt = later(t, max(r.SampledAt, r.ReceivedAt), "tested")
	r.ReportedAt = later(t, max(r.SampledAt, r.ReceivedAt, r.TestedAt), "reported")
	return screening.ResultRecord{Document: papers().Draw(t, "document"), Name: name().Draw(t, "name"), Result: r}
}

func drawTemperature(t *rapid.T) screening.TemperatureRecord {
	return screening.TemperatureRecord{
		Document: papers().Draw(t, "document"), Name: name().Draw(t, "name"),
		Temperature: screening.Temperature{At: instant().Draw(t, "at"), Tenths: rapid.IntRange(300, 450).Draw(t, "tenths")},
	}
}

func drawRoom(t *rapid.T) housing.RoomRecord {
	return housing.RoomRecord{SectionCode: code("XY-%02d").Draw(t, "section"), Room: housing.Room{
		Building: words().Draw(t, "building"), Number: code("A-%d").Draw(t, "number"), AreaCM2: rapid.Int64Range(10_000, 2e7).Draw(t, "area"),
		Use: rapid.SampledFrom([]housing.Use{housing.Dormitory, housing.Isolation}).Draw(t, "use"), Beds: rapid.IntRange(0, 200).Draw(t, "beds"),
		BunkLevels: rapid.IntRange(0, 5).Draw(t, "levels"),
	}}
}

func drawStay(t *rapid.T) housing.StayRecord {
	from := instant().Draw(t, "from")
	return housing.StayRecord{
		SectionCode: code("XY-%02d").Draw(t, "section"), RoomNumber: code("%03d").Draw(t, "room"), Document: papers().Draw(t, "document"),
		Name: name().Draw(t, "name"), Stay: housing.Stay{From: from, Until: later(t, from, "until")},
	}
}

func drawArea(t *rapid.T) disinfection.AreaRecord {
	return disinfection.AreaRecord{SectionCode: code("XY-%02d").Draw(t, "section"), Area: disinfection.Area{
		Code: code("D%d").Draw(t, "code"), Name: "区" + words().Draw(t, "name"),
		Kind: rapid.SampledFrom([]disinfection.Kind{disinfection.Dormitory, disinfection.Canteen, disinfection.Toilet, disinfection.Office, disinfection.Public, disinfection.Isolation}).Draw(t, "kind"),
	}}
}

func drawEntry(t *rapid.T) disinfection.EntryRecord {
	e := disinfection.Entry{At: instant().Draw(t, "at"), Minutes: rapid.IntRange(0, 1440).Draw(t, "minutes"), Operator: name().Draw(t, "operator")}
	switch rapid.IntRange(0, 3).Draw(t, "agent") {
	case 1:
		e.Agent, e.Concentration, e.Unit = "含氯消毒液", rapid.IntRange(1, 1e6).Draw(t, "chlorine"), disinfection.MilligramsPerLitre
	case 2:
		e.Agent, e.Concentration, e.Unit = "酒精", rapid.IntRange(1, 100).Draw(t, "alcohol"), disinfection.Percent
	case 3:
		e.Agent, e.Concentration, e.Unit = "酒精", rapid.IntRange(1, 1e6).Draw(t, "thin alcohol"), disinfection.MilligramsPerLitre
	}
	return disinfection.EntryRecord{SectionCode: code("XY-%02d").Draw(t, "section"), AreaCode: code("D%d").Draw(t, "area"), Entry: e}
}

func drawPassage(t *rapid.T) gate.Record {
	r := gate.Record{
		SectionCode: code("XY-%02d").Draw(t, "section"), Document: papers().Draw(t, "document"), Name: name().Draw(t, "name"),
		Passage: gate.Passage{
			At: instant().Draw(t, "at"), Direction: rapid.SampledFrom([]gate.Direction{gate.In, gate.Out}).Draw(t, "direction"),
			Reason: words().Draw(t, "reason"), Approver: name().Draw(t, "approver"),
		},
	}
	r.Passage.Name = r.Name
	return r
}

func drawStock(t *rapid.T) supply.Record {
	return supply.Record{SectionCode: code("XY-%02d").Draw(t, "section"), Stock: supply.Stock{
		Date:     day().Draw(t, "date"),
		Item:     rapid.SampledFrom([]supply.Item{supply.Masks, supply.Disinfectant, supply.AntigenKits, supply.Gowns, supply.Respirators, supply.Thermometers}).Draw(t, "item"),
		Quantity: rapid.Int64Range(0, 1e12).Draw(t, "quantity"), DailyUse: rapid.Int64Range(supply.NotGiven, 1e6).Draw(t, "use"),
	}}
}

func drawDocument(t *rapid.T) document.Record {
	d := document.Document{Type: rapid.SampledFrom([]string{"承诺书", "施工许可", "应急预案", "我方自拟（一）"}).Draw(t, "type"), IssuedOn: day().Draw(t, "issued")}
	if rapid.Bool().Draw(t, "expires") {
		d.ExpiresOn = d.IssuedOn.Add(rapid.IntRange(0, 1000).Draw(t, "days"))
	}
	return document.Record{SectionCode: code("XY-%02d").Draw(t, "section"), Document: d}
}

func drawAnswer(t *rapid.T) checklist.Record {
	a := checklist.Answer{
		Date: day().Draw(t, "date"), SubmittedAt: instant().Draw(t, "at"), Item: rapid.SampledFrom([]string{"A1", "B1", "J10", "K2"}).Draw(t, "item"),
		Choice: checklist.Choice(rapid.Int8Range(1, 4).Draw(t, "choice")), Remark: words().Draw(t, "remark"),
	}
	if a.Choice == checklist.Number {
		a.Number = rapid.SampledFrom([]string{"0", "12", "0.5"}).Draw(t, "number")
	}
	return checklist.Record{SectionCode: code("XY-%02d").Draw(t, "section"), Answer: a}
}
