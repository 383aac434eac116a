package criteria_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/document"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// noon is the middle of the made-up worlds.
var noon = calendar.Moment(time.Date(2022, 5, 6, 12, 0, 0, 0, china))

const section = site.SectionID(1)

// instants draws instants around noon on a coarse grid with neighbours, so that edges are often met exactly.
func instants(past, future int) *rapid.Generator[calendar.Instant] {
	return rapid.Custom(func(t *rapid.T) calendar.Instant {
		hour := rapid.IntRange(-past, future).Draw(t, "hour")
		near := rapid.SampledFrom([]time.Duration{0, 0, 0, time.Microsecond, -time.Microsecond, 20 * time.Minute}).Draw(t, "near")
		return noon.Add(time.Duration(hour)*time.Hour + near)
	})
}

// world draws a snapshot; future is how many hours after noon its facts may be dated.
func world(future int) *rapid.Generator[*criteria.Snapshot] { return agedWorld(1, future) }

// agedWorld draws a snapshot whose facts reach back so many times as far.
func agedWorld(ages, future int) *rapid.Generator[*criteria.Snapshot] {
	return rapid.Custom(func(t *rapid.T) *criteria.Snapshot {
		s := &criteria.Snapshot{
			Section: site.Section{
				ID: section, Code: "XY-01", Street: "学苑街道",
				State:     rapid.SampledFrom([]site.State{site.NotResumed, site.Operating, site.Suspended}).Draw(t, "state"),
				Occasion:  rapid.SampledFrom([]site.Occasion{"", site.Epidemic, site.Holiday, site.Typhoon, site.Accident}).Draw(t, "occasion"),
				StoppedOn: calendar.Day(2022, 5, 1),
			},
			SectionCodes: map[site.SectionID]string{section: "XY-01", 2: "XY-02"},
		}
		drawPlaces(t, s, ages, future)
		drawPeople(t, s, ages, future)
		drawPapers(t, s, ages, future)
		if rapid.Bool().Draw(t, "zone") {
			from := instants(200, max(future, 0)).Draw(t, "zone from")
			s.Zones = []site.Zone{{ID: 1, Scope: site.ScopeStreet, Place: "学苑街道", Level: site.Controlled, From: from, Until: from.Add(40 * time.Hour)}}
		}
		arrange(s)
		return s
	})
}

func drawPlaces(t *rapid.T, s *criteria.Snapshot, ages, future int) {
	for i := range rapid.IntRange(0, 3).Draw(t, "rooms") {
		s.Rooms = append(s.Rooms, housing.Room{
			ID: housing.RoomID(i + 1), SectionID: section, Number: fmt.Sprintf("A-10%d", i+1),
			Use:        rapid.SampledFrom([]housing.Use{housing.Dormitory, housing.Isolation}).Draw(t, "use"),
			AreaCM2:    int64(rapid.IntRange(2, 20).Draw(t, "area")) * 10000,
			Beds:       rapid.IntRange(1, 9).Draw(t, "beds"),
			BunkLevels: rapid.IntRange(0, 3).Draw(t, "levels"),
		})
	}
	kinds := []disinfection.Kind{disinfection.Dormitory, disinfection.Canteen, disinfection.Toilet, disinfection.Isolation}
	for i := range rapid.IntRange(0, 3).Draw(t, "areas") {
		area := disinfection.Area{
			ID: disinfection.AreaID(i + 1), SectionID: section, Code: fmt.Sprintf("Q%d", i), Name: fmt.Sprintf("区%d", i),
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		}
		s.Areas = append(s.Areas, area)
		for range rapid.IntRange(0, 6).Draw(t, "logs") {
			at := instants(60*ages, future).Draw(t, "log")
			s.Disinfections = append(s.Disinfections, disinfection.Entry{
				ID: int64(len(s.Disinfections) + 1), AreaID: area.ID, SectionID: section, At: at, RecordedAt: at.Add(time.Hour),
				Agent: "84消毒液", Concentration: rapid.SampledFrom([]int{0, 250, 500, 1200}).Draw(t, "mg"), Unit: disinfection.MilligramsPerLitre,
				Minutes: rapid.SampledFrom([]int{0, 30}).Draw(t, "minutes"), Operator: "丁",
			})
		}
	}
}

func drawPeople(t *rapid.T, s *criteria.Snapshot, ages, future int) {
	for i := range rapid.IntRange(0, 4).Draw(t, "people") {
		id := roster.WorkerID(i + 1)
		e := roster.Enrolment{
			ID: int64(id), WorkerID: id, SectionID: section, Name: fmt.Sprintf("工%d", i), DocType: "居民身份证",
			HasPhone: rapid.Bool().Draw(t, "phone"), Employer: "一建", Trade: "木工",
			Team:            rapid.SampledFrom([]string{"", "木工班", "钢筋班"}).Draw(t, "team"),
			Category:        rapid.SampledFrom([]roster.Category{roster.Labour, roster.Logistics, roster.Supervisor}).Draw(t, "category"),
			EnteredAt:       instants(400*ages, future).Draw(t, "entered"),
			Lodging:         rapid.SampledFrom([]roster.Lodging{"", roster.OnSite, roster.OffSite}).Draw(t, "lodging"),
			Room:            rapid.SampledFrom([]string{"", "A-101"}).Draw(t, "room"),
			FromOutside:     rapid.SampledFrom([]roster.Tri{roster.Unsaid, roster.Yes, roster.No}).Draw(t, "outside"),
			EpidemicOfficer: rapid.SampledFrom([]roster.Tri{roster.Unsaid, roster.Yes}).Draw(t, "officer"),
		}
		if future > 0 && rapid.Bool().Draw(t, "leaves") {
			e.LeftAt = max(e.EnteredAt.Add(time.Hour), instants(24, future).Draw(t, "left"))
		}
		if rapid.Bool().Draw(t, "declares") {
			e.DeclaredAt = e.EnteredAt.Add(time.Duration(rapid.IntRange(-200, 1).Draw(t, "declared")) * time.Hour)
		}
		if rapid.Bool().Draw(t, "restricted") {
			e.RestrictedUntil = instants(20, 100).Draw(t, "until")
		}
		s.People = append(s.People, e)
		drawHealth(t, s, id, ages, future)
		drawWhereabouts(t, s, id, ages, future)
	}
}

func drawHealth(t *rapid.T, s *criteria.Snapshot, id roster.WorkerID, ages, future int) {
	for range rapid.IntRange(0, 5).Draw(t, "results") {
		r := screening.Result{
			ID: int64(len(s.Results) + 1), WorkerID: id, SampledAt: instants(100*ages, future).Draw(t, "sampled"),
			Outcome:  screening.Outcome(rapid.SampledFrom([]int{0, 1, 1, 1, 1, 2, 3, 4}).Draw(t, "outcome")),
			Method:   rapid.SampledFrom([]screening.Method{screening.NucleicAcid, screening.NucleicAcid, screening.Antigen}).Draw(t, "method"),
			PoolSize: rapid.SampledFrom([]int{0, 1, 10}).Draw(t, "pool"),
		}
		if r.Outcome != screening.Pending {
			r.ReceivedAt = r.SampledAt.Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "received")) * time.Hour)
			r.ReportedAt = r.ReceivedAt.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "reported")) * time.Hour)
			if future <= 0 {
				r.ReportedAt = min(r.ReportedAt, noon.Add(time.Duration(future)*time.Hour))
			}
		}
		s.Results = append(s.Results, r)
	}
	for range rapid.IntRange(0, 5).Draw(t, "temperatures") {
		s.Temperatures = append(s.Temperatures, screening.Temperature{
			ID: int64(len(s.Temperatures) + 1), WorkerID: id, At: instants(48*ages, future).Draw(t, "measured"),
			Tenths: rapid.SampledFrom([]int{365, 366, 368, 372, 373}).Draw(t, "tenths"),
		})
	}
}

func drawWhereabouts(t *rapid.T, s *criteria.Snapshot, id roster.WorkerID, ages, future int) {
	if len(s.Rooms) > 0 && rapid.Bool().Draw(t, "stays") {
		room := rapid.SampledFrom(s.Rooms).Draw(t, "in")
		stay := housing.Stay{ID: int64(id), WorkerID: id, RoomID: room.ID, SectionID: section, From: instants(90, future).Draw(t, "from")}
		if future > 0 && rapid.Bool().Draw(t, "moves out") {
			stay.Until = stay.From.Add(30 * time.Hour)
		}
		s.Stays = append(s.Stays, stay)
	}
	for range rapid.IntRange(0, 4).Draw(t, "passages") {
		s.Passages = append(s.Passages, gate.Passage{
			ID: int64(len(s.Passages) + 1), SectionID: section, WorkerID: rapid.SampledFrom([]roster.WorkerID{id, id, id, 99}).Draw(t, "who"),
			At:        instants(60*ages, future).Draw(t, "passed"),
			Direction: rapid.SampledFrom([]gate.Direction{gate.In, gate.Out}).Draw(t, "direction"),
			Reason:    rapid.SampledFrom([]string{"", "就医"}).Draw(t, "reason"), Approver: "己",
		})
	}
}

func drawPapers(t *rapid.T, s *criteria.Snapshot, ages, future int) {
	items := checklist.Template()
	for range rapid.IntRange(0, 25).Draw(t, "answers") {
		at := instants(60*ages, future).Draw(t, "submitted")
		s.Answers = append(s.Answers, checklist.Answer{
			ID: int64(len(s.Answers) + 1), SectionID: section, SubmittedAt: at,
			Date:   calendar.On(at, china).Add(-rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "late")),
			Item:   rapid.SampledFrom(items).Draw(t, "item").Code,
			Choice: checklist.Choice(rapid.IntRange(0, 4).Draw(t, "choice")),
			Number: rapid.SampledFrom([]string{"0", "1", "3"}).Draw(t, "number"),
		})
	}
	kinds := []string{"承诺书", "疫情防控方案", "应急预案", "防控专班", "应急演练", "复工指令", "分批进场名册", "进场报备", "有条件复工", "事后复核"}
	for range rapid.IntRange(0, 8).Draw(t, "documents") {
		d := document.Document{
			ID: int64(len(s.Documents) + 1), SectionID: section, Type: rapid.SampledFrom(kinds).Draw(t, "type"),
			IssuedOn: calendar.Day(2022, 5, 6).Add(rapid.IntRange(-70, max(future, 0)/24).Draw(t, "issued")),
		}
		if rapid.Bool().Draw(t, "expires") {
			d.ExpiresOn = d.IssuedOn.Add(rapid.IntRange(0, 80).Draw(t, "expires"))
		}
		s.Documents = append(s.Documents, d)
	}
	goods := []supply.Item{supply.Masks, supply.Disinfectant, supply.Gowns, supply.Thermometers}
	for range rapid.IntRange(0, 5).Draw(t, "stock") {
		s.Stocks = append(s.Stocks, supply.Stock{
			ID: int64(len(s.Stocks) + 1), SectionID: section, Item: rapid.SampledFrom(goods).Draw(t, "goods"),
			Date:     calendar.Day(2022, 5, 6).Add(rapid.IntRange(-5, max(future, 0)/24).Draw(t, "counted")),
			Quantity: int64(rapid.IntRange(0, 100).Draw(t, "quantity")) * 1000, DailyUse: 2000,
		})
	}
}

// arrange sorts the registers as Snapshot promises.
func arrange(s *criteria.Snapshot) {
	slices.SortFunc(s.Results, func(a, b screening.Result) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.SampledAt, b.SampledAt))
	})
	slices.SortFunc(s.Temperatures, func(a, b screening.Temperature) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At))
	})
	slices.SortFunc(s.Disinfections, func(a, b disinfection.Entry) int {
		return cmp.Or(cmp.Compare(a.AreaID, b.AreaID), cmp.Compare(a.At, b.At))
	})
	slices.SortFunc(s.Passages, func(a, b gate.Passage) int {
		return cmp.Or(cmp.Compare(a.WorkerID, b.WorkerID), cmp.Compare(a.At, b.At))
	})
	slices.SortFunc(s.Answers, func(a, b checklist.Answer) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Item, b.Item), cmp.Compare(a.SubmittedAt, b.SubmittedAt))
	})
	slices.SortFunc(s.Documents, func(a, b document.Document) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), a.IssuedOn.Compare(b.IssuedOn))
	})
	slices.SortFunc(s.Stocks, func(a, b supply.Stock) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), a.Date.Compare(b.Date))
	})
}

// strict is a policy that uses what the shipped one leaves off, with an override that ends, beside those that ship.
func strict() policy.Book {
	source := `name: strict
title: 从严
occasions: [疫情]
effective_from: 2022-04-02T00:00:00+08:00
parameters:
  antigen_per_day: {value: 1, basis: "试"}
  quota_pct: {value: 50, basis: "试"}
  accept_sampling_record: {value: true, basis: "试"}
  validity_basis: {value: reported_at, basis: "试"}
overrides:
  - scope: {zone: 管控区}
    from: 2022-05-05T00:00:00+08:00
    until: 2022-05-08T00:00:00+08:00
    parameters: {nat_valid_h: {value: 24, basis: "试"}, room_max: {value: 4, basis: "试"}}
criteria:
`
	for _, k := range criteria.All() {
		source += fmt.Sprintf("  %s: {severity: block}\n", k.Code)
	}
	p, err := policy.Parse([]byte(source), china)
	if err != nil {
		panic(err)
	}
	return append(policy.Shipped(), *p)
}

// drawBook draws one of the two books by its number, so that a failing draw is short.
func drawBook(t *rapid.T) policy.Book {
	if rapid.Bool().Draw(t, "strict") {
		return strict()
	}
	return policy.Shipped()
}
