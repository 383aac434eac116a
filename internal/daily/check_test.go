package daily_test

import (
	"slices"
	"strings"
	"testing"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/daily"
)

var today = calendar.Day(2022, 5, 6)

// facts are those of a section of three people on which nothing is amiss.
func facts() daily.Facts {
	numbers := map[string]string{}
	for _, it := range checklist.On(today).Items {
		for _, f := range it.Figures {
			if f.Source != "" {
				numbers[f.Source] = "3"
			}
		}
	}
	return daily.Facts{Numbers: numbers, Holds: map[string]bool{}}
}

func input() daily.Input {
	return daily.Input{Form: checklist.On(today), Day: today, Facts: facts(), Seed: []byte("of the day")}
}

// filled is a day on which everything is usual, photos taken.
func filled(s *daily.Sheet) daily.Draft {
	d := daily.Draft{"A1": {Choice: checklist.Yes}, "A2.2": {Number: "3"}, "A2.3": {Number: "3"}, "A4.1": {Number: "3"}}
	for _, a := range s.Asks {
		if a.Drawn {
			usual := a.Usual()
			if len(a.Numbers) > 0 {
				usual = checklist.Yes
			}
			d[a.Code] = daily.Entry{Choice: usual, Photos: []string{"one"}}
		}
	}
	for _, step := range s.Form.Steps {
		s.Fill(d, step.Code)
	}
	return d
}

func whats(c daily.Checked) string {
	var all []string
	for _, p := range c.Problems {
		all = append(all, p.Field+" "+p.What)
	}
	return strings.Join(all, ", ")
}

func TestAUsualDayIsComplete(t *testing.T) {
	s := daily.Plan(input())
	c := s.Check(filled(&s))
	if len(c.Problems)+len(c.Questions)+len(c.Exceptions) > 0 {
		t.Fatalf("problems %s, questions %v", whats(c), c.Questions)
	}
	given := map[string]string{}
	for _, a := range c.Answers {
		item, _ := checklist.Find(a.Item)
		if err := item.Validate(a); err != nil {
			t.Errorf("%s: %v", a.Item, err)
		}
		given[a.Item] = a.Number
	}
	if given["A2.2"] != "3" || given["C1.2"] != "3" || given["K1.1"] != "0" || len(c.Bulks) < 30 {
		t.Errorf("answers %v, together %v", given, c.Bulks)
	}
}

func TestNothingIsAnsweredBeforeAnybodyDoes(t *testing.T) {
	s := daily.Plan(input())
	c := s.Check(daily.Draft{})
	if len(c.Answers) > 0 || c.Missing() != len(s.Asks) {
		t.Errorf("%d answers, %d of %d missing", len(c.Answers), c.Missing(), len(s.Asks))
	}
	if d := (daily.Draft{}); s.Fill(d, "works") || len(d) > 0 {
		t.Error("a step was confirmed before the numbers were in")
	}
}

func TestSomeItemsAreConfirmedByThemselves(t *testing.T) {
	in := input()
	in.Facts.Holds["arrivals"], in.Facts.Holds["untested"] = true, true
	in.Earlier = []checklist.Answer{{Item: "J1", Date: today.Add(-1), Choice: checklist.No, Remark: "停用"},
		{Item: "K1.1", Date: today.Add(-1), Choice: checklist.Number, Number: "2"}}
	in.Report.Findings = []criteria.Finding{{Code: "room.occupancy", Status: criteria.Fail},
		{Code: "saf.power", Status: criteria.Fail, Subjects: []criteria.Subject{{Kind: criteria.Item, Name: "J4"}}}}
	s := daily.Plan(in)
	want := map[string]daily.Why{"J1": daily.Abnormal, "K1": daily.Abnormal, "E1": daily.Flagged, "J4": daily.Flagged, "B2": daily.Triggered,
		"C2": daily.Triggered, "A2": daily.Exact}
	for _, a := range s.Asks {
		if w, named := want[a.Code]; named && a.Alone != w {
			t.Errorf("%s: %q, want %q", a.Code, a.Alone, w)
		}
	}
	d := filled(&s)
	if d["J1"].Choice != checklist.Blank || d["B2"].Choice != checklist.Blank {
		t.Error("an item that stands alone was confirmed with others")
	}
	d["J1"] = daily.Entry{Choice: checklist.Yes, How: checklist.Bulk}
	if got := whats(s.Check(d)); !strings.Contains(got, "answer.J1 alone") {
		t.Errorf("problems: %s", got)
	}
}

func TestItemsThatNothingTriggersAreNotAsked(t *testing.T) {
	s := daily.Plan(input())
	if slices.ContainsFunc(s.Asks, func(a daily.Ask) bool { return a.Code == "C2" || a.Code == "C4" }) {
		t.Error("people not tested are asked after, and there are none")
	}
}

func TestEvidenceIsDrawnAndNotSkipped(t *testing.T) {
	s := daily.Plan(input())
	drawn := s.Evidence()
	again := daily.Plan(input())
	if len(drawn) != 2 || !slices.Equal(drawn, again.Evidence()) {
		t.Fatalf("drawn %v, then %v", drawn, again.Evidence())
	}
	d := filled(&s)
	e := d[drawn[0]]
	e.Photos = nil
	d[drawn[0]] = e
	if got := whats(s.Check(d)); got != "photo."+drawn[0]+" photo" {
		t.Errorf("without the photo: %s", got)
	}
	seen := map[string]bool{}
	for i := range 60 {
		in := input()
		in.Seed = []byte{byte(i)}
		other := daily.Plan(in)
		seen[strings.Join(other.Evidence(), " ")] = true
	}
	if len(seen) < 20 {
		t.Errorf("sixty days drew only %d pairs", len(seen))
	}
}

func TestIdenticalDaysRaiseTheEvidence(t *testing.T) {
	in := input()
	for i := 1; i <= 3; i++ {
		in.Earlier = append(in.Earlier, checklist.Answer{Item: "B1", Date: today.Add(-i), Choice: checklist.Yes})
	}
	s := daily.Plan(in)
	if len(s.Evidence()) != 3 {
		t.Errorf("after three equal days: %v", s.Evidence())
	}
	in.Earlier[2].Choice = checklist.NotApplicable
	if s = daily.Plan(in); len(s.Evidence()) != 2 {
		t.Errorf("after another day: %v", s.Evidence())
	}
}

func TestANoNeedsReasonMeasureAndPhoto(t *testing.T) {
	s := daily.Plan(input())
	d := filled(&s)
	d["J3"] = daily.Entry{Choice: checklist.No}
	if got := whats(s.Check(d)); got != "photo.J3 photo, reason.J3 reason, remark.J3 remark" {
		t.Errorf("a bare no: %s", got)
	}
	d["J3"] = daily.Entry{Choice: checklist.No, Reasons: []string{"超载", "防护缺失"}, Remark: "王某今日卸载", Photos: []string{"one"}}
	c := s.Check(d)
	if len(c.Problems) > 0 || !slices.Contains(c.Exceptions, "J3") {
		t.Errorf("problems %s, exceptions %v", whats(c), c.Exceptions)
	}
	i := slices.IndexFunc(c.Answers, func(a checklist.Answer) bool { return a.Item == "J3" })
	if c.Answers[i].Remark != "超载、防护缺失；王某今日卸载" {
		t.Errorf("remark %q", c.Answers[i].Remark)
	}
	if back := s.Again(c.Answers)["J3"]; !slices.Equal(back.Reasons, []string{"超载", "防护缺失"}) || back.Remark != "王某今日卸载" {
		t.Errorf("taken up again: %+v", back)
	}
}

func TestAnUnlikelyNumberIsAskedAbout(t *testing.T) {
	s := daily.Plan(input())
	d := filled(&s)
	d["A2.2"] = daily.Entry{Number: "5"}
	if c := s.Check(d); len(c.Questions) != 1 || !c.Questions[0].Roster || c.Questions[0].Against != "3" {
		t.Errorf("questions %+v", c.Questions)
	}
	in := input()
	delete(in.Facts.Numbers, "present")
	in.Earlier = []checklist.Answer{{Item: "A2", Date: today.Add(-1), Choice: checklist.Number, Number: "100"}}
	s = daily.Plan(in)
	for number, asked := range map[string]int{"80": 0, "79": 1, "120": 0, "121": 1} {
		d["A2.2"] = daily.Entry{Number: number}
		if c := s.Check(d); len(c.Questions) != asked {
			t.Errorf("%s: questions %+v", number, c.Questions)
		}
	}
}

func TestAZeroReportIsShort(t *testing.T) {
	s := daily.Plan(input())
	d := daily.Draft{"A1": {Choice: checklist.No}, "A2.2": {Number: "3"}, "A2.3": {Number: "3"}, "A4.1": {Number: "3"},
		"B1": {Choice: checklist.Yes, Photos: []string{"one"}}, "D2": {Choice: checklist.NotApplicable}, "K2": {Choice: checklist.NotApplicable}}
	c := s.Check(d)
	if got := whats(c); got != "" || len(c.Exceptions) > 0 {
		t.Errorf("problems: %s; amiss %v: a stop is no fault", got, c.Exceptions)
	}
	if i := slices.IndexFunc(c.Answers, func(a checklist.Answer) bool { return a.Item == "A1" }); i < 0 || c.Answers[i].Choice != checklist.No || c.Answers[i].Amiss() {
		t.Errorf("the stop is reported as %+v", c.Answers)
	}
	d["D2"] = daily.Entry{Choice: checklist.No, Reasons: []string{"未报告"}}
	if got := whats(s.Check(d)); got != "remark.D2 remark" {
		t.Errorf("of what is amiss on a day without work: %q", got)
	}
}

// TestWhatCannotBeKnownYetMayStayBlank: in the morning nobody says how many will be measured in the evening, least of all none.
func TestWhatCannotBeKnownYetMayStayBlank(t *testing.T) {
	in := input()
	delete(in.Facts.Numbers, "evening")
	s := daily.Plan(in)
	if got := whats(s.Check(filled(&s))); !strings.Contains(got, "D1") {
		t.Errorf("a number that could be known is not asked for: %q", got)
	}
	in.Facts.Numbers["evening"], in.Facts.Later = "0", map[string]bool{"evening": true}
	s = daily.Plan(in)
	d := filled(&s)
	c := s.Check(d)
	if got := whats(c); got != "" || slices.ContainsFunc(c.Answers, func(a checklist.Answer) bool { return a.Item == "D1.2" }) {
		t.Errorf("problems: %s; answers %+v", got, c.Answers)
	}
	d["D1.2"] = daily.Entry{Number: "2"}
	if c := s.Check(d); !slices.ContainsFunc(c.Answers, func(a checklist.Answer) bool { return a.Item == "D1.2" && a.Number == "2" }) {
		t.Errorf("what is known by hand is lost: %+v", c.Answers)
	}
}
