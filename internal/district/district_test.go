package district

import (
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

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

func morning() calendar.Instant {
	return calendar.Moment(time.Date(2022, time.May, 6, 0, 0, 0, 0, time.UTC))
}

// TestSameSeedSameRows: whoever generates the same Spec anywhere gets the same bytes, and another seed gives other people.
func TestSameSeedSameRows(t *testing.T) {
	a, b := Demo(morning(), nil), Demo(morning(), nil)
	if digest(a) != digest(b) {
		t.Error("two walks over the same Spec differ")
	}
	b.Seed++
	if digest(a) == digest(b) {
		t.Error("another seed gave the same district")
	}
}

func digest(s Spec) uint64 {
	h := fnv.New64a()
	for table := range Tables(s) {
		for row := range table.Rows {
			h.Write([]byte(strings.Join(row, "\x1f") + "\n"))
		}
	}
	return h.Sum64()
}

// TestIdentityNumbers: every number is of the area no place has, has its right check digit and belongs to one person.
func TestIdentityNumbers(t *testing.T) {
	seen := map[string]bool{}
	for n := range 3 * birthdays {
		number := identityNumber(n, n%11 > 0)
		if seen[number] {
			t.Fatalf("person %d has number %s again", n, number)
		}
		seen[number] = true
		if !strings.HasPrefix(number, areaCode) || len(number) != 18 || withCheckDigit(number[:17]) != number {
			t.Fatalf("person %d has number %s", n, number)
		}
	}
	for _, known := range []string{"320699199003070013", "32069919910412018X", "320699198810010055"} {
		if withCheckDigit(known[:17]) != known {
			t.Errorf("check digit of %s came out as %s", known, withCheckDigit(known[:17]))
		}
	}
}

// TestRowsFitHeaders: each row has as many cells as its table has columns, and each table has rows.
func TestRowsFitHeaders(t *testing.T) {
	for table := range Tables(Demo(morning(), nil)) {
		rows := 0
		for row := range table.Rows {
			rows++
			if len(row) != len(table.Header) {
				t.Fatalf("%s: row %q has %d cells, want %d", table.Kind, row, len(row), len(table.Header))
			}
		}
		if rows == 0 {
			t.Errorf("%s has no rows", table.Kind)
		}
	}
}

// TestHeadersAreColumns: what is written is what the registers read.
func TestHeadersAreColumns(t *testing.T) {
	known := map[string][]intake.Column{
		"sections": site.SectionColumns, "zones": site.ZoneColumns, "roster": roster.Columns, "rooms": housing.RoomColumns,
		"stays": housing.StayColumns, "areas": disinfection.AreaColumns, "disinfection": disinfection.EntryColumns,
		"results": screening.ResultColumns, "temperatures": screening.TemperatureColumns, "gate": gate.Columns, "stock": supply.Columns,
		"documents": document.Columns, "checklists": checklist.Columns,
	}
	for table := range Tables(Demo(morning(), nil)) {
		names := intake.Names(known[table.Kind])
		for _, heading := range table.Header {
			if !slices.Contains(names, heading) {
				t.Errorf("%s: nobody reads the column %s", table.Kind, heading)
			}
		}
		for _, c := range known[table.Kind] {
			if c.Required && !slices.Contains(table.Header, c.Name) {
				t.Errorf("%s: the column %s is missing", table.Kind, c.Name)
			}
		}
	}
}

// TestDeliveries: what is sent evening by evening is what the whole tables hold, each row once, and nothing is sent before it
// is known. Of a section whose state changes what was sent last is what the whole table holds.
func TestDeliveries(t *testing.T) {
	spec := Demo(morning(), nil)
	whole, sent := map[string]int{}, map[string]int{}
	for table := range Tables(spec) {
		for row := range table.Rows {
			whole[table.Kind+strings.Join(row, "|")]++
		}
	}
	last := map[string]string{}
	for table := range Deliveries(spec, 3) {
		for row := range table.Rows {
			if table.Kind == "sections" {
				sent[last[row[2]]]--
				last[row[2]] = table.Kind + strings.Join(row, "|")
			}
			sent[table.Kind+strings.Join(row, "|")]++
			if at := slices.Index(table.Header, "消毒时间"); at >= 0 && row[at] > spec.written(table.At) {
				t.Fatalf("%s is sent at %s", row, spec.written(table.At))
			}
		}
	}
	maps.DeleteFunc(sent, func(_ string, n int) bool { return n <= 0 })
	if !maps.Equal(whole, sent) {
		t.Errorf("%d rows in tables, %d in deliveries", len(whole), len(sent))
	}
}

// TestSectionsResume: over the evenings sections apply and begin to work, the last of them this morning; none goes back.
func TestSectionsResume(t *testing.T) {
	spec := Demo(morning(), nil)
	states, working := map[string]string{}, []int{}
	order := []string{string(site.NotResumed), string(site.Applied), string(site.Operating)}
	sent := calendar.Instant(0)
	count := func() {
		n := 0
		for _, state := range states {
			if state == string(site.Operating) {
				n++
			}
		}
		working = append(working, n)
	}
	for table := range Deliveries(spec, spec.Days) {
		if table.At != sent && sent != 0 {
			count()
		}
		sent = table.At
		if table.Kind != "sections" {
			continue
		}
		at := slices.Index(table.Header, "状态")
		for row := range table.Rows {
			if before := states[row[2]]; before != "" && slices.Index(order, row[at]) <= slices.Index(order, before) {
				t.Errorf("%s goes from %s to %s", row[2], before, row[at])
			}
			states[row[2]] = row[at]
		}
	}
	count()
	if len(working) != spec.Days+1 || !slices.IsSorted(working) || working[0] > working[len(working)-1]-6 || working[len(working)-2] == working[len(working)-1] {
		t.Errorf("at work on the evenings: %v", working)
	}
}

// TestRowsStopEarly: whoever needs only the first rows is not made to walk the district.
func TestRowsStopEarly(t *testing.T) {
	for table := range Tables(Spec{Sections: 20000, Workers: 100, Days: 14, Now: morning()}) {
		for range table.Rows {
			break
		}
	}
}

// TestRoomsHoldTheirPeople: nobody sleeps where there is no bed, but on the section that is there to show it.
func TestRoomsHoldTheirPeople(t *testing.T) {
	small, large := lay(Spec{Sections: 60, Workers: 12, Days: 7, Now: morning()}), lay(Spec{Sections: 60, Workers: 60, Days: 7, Now: morning()})
	for i := range 120 {
		p := []*layout{small, large}[i%2].section(i / 2)
		heads := make([]int, len(p.rooms))
		for _, one := range p.staff {
			if one.room != noRoom {
				heads[one.room]++
			}
		}
		for j, room := range p.rooms {
			over := heads[j] > headsMax || heads[j] > room.beds || room.use == housing.Dormitory && room.area < 25*heads[j]
			if over && p.trouble != roomOverfull {
				t.Errorf("section %d, room %s: %d people in %d beds on %d dm²", i, room.number, heads[j], room.beds, room.area*10)
			}
		}
		if p.trouble == roomOverfull && slices.Max(heads) != 7 {
			t.Errorf("section %d: fullest room has %d people, want 7", i, slices.Max(heads))
		}
	}
}

// TestSpecLimits: sizes for which identity numbers would run out are refused.
func TestSpecLimits(t *testing.T) {
	for _, s := range []Spec{{Sections: 0, Workers: 40, Days: 7}, {Sections: 1, Workers: 3, Days: 7}, {Sections: 20000, Workers: 2000, Days: 7}, {Sections: 1, Workers: 40}} {
		if s.Validate() == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
	if err := (Spec{Sections: 300, Workers: 100, Days: 14}).Validate(); err != nil {
		t.Error(err)
	}
}

func BenchmarkTables(b *testing.B) {
	for b.Loop() {
		rows := 0
		for table := range Tables(Spec{Sections: 300, Workers: 100, Days: 14, Now: morning()}) {
			for range table.Rows {
				rows++
			}
		}
		b.ReportMetric(float64(rows), "rows")
	}
}
