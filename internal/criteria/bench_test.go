package criteria_test

import (
	"fmt"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// busy makes a section of so many workers with two weeks of daily samples and two days of everything else.
func busy(workers int) *criteria.Snapshot {
	s := &criteria.Snapshot{Section: site.Section{ID: section, Code: "XY-01", State: site.Operating}}
	entered := noon.Add(-30 * 24 * time.Hour)
	for i := range workers {
		id := roster.WorkerID(i + 1)
		late := time.Duration(i) * time.Second
		s.People = append(s.People, roster.Enrolment{
			ID: int64(id), WorkerID: id, SectionID: section, Name: fmt.Sprintf("工%d", i), DocType: "居民身份证", HasPhone: true,
			Employer: "一建", Team: fmt.Sprintf("%d班", i/10), Trade: "木工", Category: roster.Labour, EnteredAt: entered,
			Lodging: roster.OnSite, DeclaredAt: entered.Add(-8 * 24 * time.Hour),
		})
		for d := range 14 {
			at := noon.Add(-time.Duration(d)*24*time.Hour - 5*time.Hour + late)
			s.Results = append(s.Results, screening.Result{
				WorkerID: id, SampledAt: at, ReceivedAt: at.Add(3 * time.Hour), ReportedAt: at.Add(4 * time.Hour),
				Outcome: screening.Negative, Method: screening.NucleicAcid, PoolSize: 10,
			})
		}
		for d := range 4 {
			s.Temperatures = append(s.Temperatures, screening.Temperature{
				WorkerID: id, At: noon.Add(-time.Duration(d)*7*time.Hour - 4*time.Hour + late), Tenths: 365,
			})
		}
		s.Stays = append(s.Stays, housing.Stay{WorkerID: id, RoomID: housing.RoomID(i/5 + 1), SectionID: section, From: entered})
		s.Passages = append(s.Passages, gate.Passage{ID: int64(id), SectionID: section, WorkerID: id, At: entered, Direction: gate.In})
		if i%5 == 0 {
			s.Rooms = append(s.Rooms, housing.Room{
				ID: housing.RoomID(i/5 + 1), SectionID: section, Number: fmt.Sprintf("A-%d", i), AreaCM2: 200000, Beds: 6, BunkLevels: 2,
			})
		}
	}
	for i := range 20 {
		s.Areas = append(s.Areas, disinfection.Area{
			ID: disinfection.AreaID(i + 1), SectionID: section, Code: fmt.Sprintf("Q%d", i), Name: "宿舍", Kind: disinfection.Dormitory,
		})
		for d := range 9 {
			s.Disinfections = append(s.Disinfections, disinfection.Entry{
				AreaID: disinfection.AreaID(i + 1), SectionID: section, At: noon.Add(-time.Duration(d)*5*time.Hour - time.Duration(i)*time.Minute),
				RecordedAt: noon.Add(-time.Duration(d) * 5 * time.Hour),
				Agent:      "84消毒液", Concentration: 500, Unit: disinfection.MilligramsPerLitre, Minutes: 30, Operator: "丁",
			})
		}
	}
	for d := range 8 {
		for _, item := range checklist.Template() {
			at := noon.Add(-time.Duration(d)*24*time.Hour - 4*time.Hour)
			s.Answers = append(s.Answers, checklist.Answer{
				SectionID: section, Date: calendar.On(at, china), SubmittedAt: at, Item: item.Code, Choice: checklist.Yes,
			})
		}
	}
	arrange(s)
	return s
}

// BenchmarkDistrict judges 300 sections of 100 workers: it has to stay small beside loading them.
func BenchmarkDistrict(b *testing.B) {
	s, book := busy(100), policy.Shipped()
	for b.Loop() {
		for range 300 {
			if _, err := criteria.Evaluate(s, book, noon, china); err != nil {
				b.Fatal(err)
			}
		}
	}
}
