package store_test

import (
	"fmt"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/fault"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestDisinfections lists the log of a section from a day on, as it was corrected, for who may see the section.
func TestDisinfections(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,示范项目,XY-01,一标段,学苑街道\nXY,示范项目,XY-02,二标段,江畔街道")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,食堂,食堂\nXY-02,A1,食堂,食堂")
		storetest.Import(t, s, "disinfection", `标段编号,区域编号,消毒时间,药剂
			XY-01,A1,2022-05-04 23:59,酒精
			XY-01,A1,2022-05-05 09:00,酒精
			XY-01,A1,2022-05-05 00:00,酒精
			XY-02,A1,2022-05-05 08:00,酒精`)
		storetest.Import(t, s, "disinfection", "标段编号,区域编号,消毒时间,药剂\nXY-01,A1,2022-05-05 09:00,含氯消毒液")
		ids, err := s.SectionIDs(t.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{"XY-01"}})
		if err != nil {
			t.Fatal(err)
		}
		from := calendar.Day(2022, 5, 5).Start(storetest.Shanghai())
		log, err := s.Disinfections(t.Context(), account.Everywhere(), ids[0], from)
		if err != nil || len(log) != 2 || log[0].At != from || log[1].Agent != "含氯消毒液" {
			t.Errorf("the log is %+v, %v", log, err)
		}
		for _, id := range []site.SectionID{ids[0], 9999} {
			if log, err := s.Disinfections(t.Context(), account.Scope{Sections: []string{"XY-02"}}, id, from); err != nil || len(log) != 0 {
				t.Errorf("who may not see section %d reads %+v, %v", id, log, err)
			}
		}
	})
}

// logByHand enters a disinfection as a form does.
func logByHand(t *testing.T, s *store.Store, now calendar.Instant, csv string) {
	t.Helper()
	up := storetest.Upload(now, "disinfection", csv)
	up.Origin = store.FromForm
	if report, _, err := s.Import(t.Context(), up); err != nil || report.Accepted != 1 {
		t.Fatalf("by hand: %+v, %v", report, err)
	}
}

// TestWithdrawnStayWithdrawn: a file that holds what was withdrawn is told so, whatever else it says of that area and time, and brings
// nothing back. What is entered by hand then stands, also when the file comes once more; and what is exported changes nothing.
func TestWithdrawnStayWithdrawn(t *testing.T) {
	const header = "标段编号,区域编号,消毒时间,药剂\n"
	const first, other, second = header + "XY-01,A1,2022-05-06 07:00,酒精", "XY-01,A1,2022-05-06 07:30,酒精", header + "XY-01,A1,2022-05-06 07:00,含氯消毒液"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,示范项目,XY-01,一标段,学苑街道")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,食堂,食堂")
		id := storetest.ImportAt(t, s, storetest.At("2022-05-06 08:00"), "disinfection", first)[0]
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:01"), "disinfection", second) // a correction
		area, _ := areaOf(t, s, id, 0)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		log := func() (agents []string) {
			t.Helper()
			entries, err := s.Disinfections(t.Context(), account.Everywhere(), id, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				agents = append(agents, e.At.Minute(storetest.Shanghai())[11:]+e.Agent)
			}
			return agents
		}
		withdraw := func(now string) {
			t.Helper()
			_, err := s.WithdrawDisinfection(t.Context(), own(), store.Withdrawal{Section: "XY-01", Area: area, At: storetest.At("2022-05-06 07:00"), Reason: "区域选错",
				Loc: storetest.Shanghai(), Act: by("li"), Now: storetest.At(now)}, store.Request{User: user, Key: now, Content: now})
			if err != nil {
				t.Fatal(err)
			}
		}
		again := func(now, csv string, accepted, duplicate int, say string) {
			t.Helper()
			report, _ := storetest.Take(t, s, storetest.At(now), "disinfection", csv)
			if report.Accepted != accepted || report.Duplicate != duplicate || len(report.Rows) != duplicate || duplicate > 0 && !strings.Contains(report.Rows[0].Message, say) {
				t.Errorf("at %s: %+v", now, report)
			}
		}
		withdraw("2022-05-06 08:10")
		again("2022-05-06 08:11", first+"\n"+other, 1, 1, "已于2022-05-06 08:10撤回")
		again("2022-05-06 08:12", second, 0, 1, "已于2022-05-06 08:10撤回")
		again("2022-05-06 08:13", header+"XY-01,A1,2022-05-06 07:00,过氧乙酸", 0, 1, "已于2022-05-06 08:10撤回")
		if got := fmt.Sprint(log()); got != "[07:30酒精]" {
			t.Errorf("after the files the log is %s", got)
		}
		logByHand(t, s, storetest.At("2022-05-06 08:20"), header+"XY-01,A1,2022-05-06 07:00,84消毒液")
		again("2022-05-06 08:21", first, 0, 1, "已于2022-05-06 08:10撤回")
		again("2022-05-06 08:22", second, 0, 1, "已于2022-05-06 08:10撤回")
		again("2022-05-06 08:23", header+"XY-01,A1,2022-05-06 07:00,84消毒液", 0, 1, "已有相同的记录")
		if got := fmt.Sprint(log()); got != "[07:0084消毒液 07:30酒精]" {
			t.Errorf("entered by hand and brought again the log is %s", got)
		}
		again("2022-05-06 08:24", header+"XY-01,A1,2022-05-06 07:00,过氧乙酸", 1, 0, "") // which corrects what stands
		withdraw("2022-05-06 08:30")
		again("2022-05-06 08:31", header+"XY-01,A1,2022-05-06 07:00,84消毒液", 0, 1, "已于2022-05-06 08:30撤回")
		header, rows, err := s.Export(t.Context(), storetest.Order("disinfection"))
		if err != nil || len(rows) != 1 {
			t.Fatalf("exported is %q, %v", rows, err)
		}
		again("2022-05-06 08:40", strings.Join(header, ",")+"\n"+strings.Join(rows[0], ","), 0, 1, "已有相同的记录")
	})
}

// TestLoggedSince: what is dated from an instant on, or was recorded from then on however it is dated, is listed and may be withdrawn,
// once and by who sees the section; nothing else.
func TestLoggedSince(t *testing.T) {
	const header = "标段编号,区域编号,消毒时间,药剂\n"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,示范项目,XY-01,一标段,学苑街道")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,食堂,食堂\nXY-01,A2,宿舍,宿舍")
		ids := storetest.ImportAt(t, s, storetest.At("2022-05-05 23:59"), "disinfection", header+"XY-01,A1,2022-05-05 09:00,酒精\nXY-01,A1,2022-05-06 00:02,酒精")
		storetest.ImportAt(t, s, storetest.At("2022-05-06 08:00"), "disinfection", header+"XY-01,A1,2022-04-06 07:00,酒精\nXY-01,A2,2022-05-06 07:00,酒精")
		area, _ := areaOf(t, s, ids[0], 0)
		since, user := calendar.Day(2022, 5, 6).Start(storetest.Shanghai()), someone(t, s, "li", account.Manager, "XY-01").ID
		listed := func(within account.Scope) (all []string) {
			t.Helper()
			log, err := s.LoggedSince(t.Context(), within, area, since)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range log {
				all = append(all, e.At.Minute(storetest.Shanghai()))
			}
			return all
		}
		if got := fmt.Sprint(listed(own())); got != "[2022-04-06 07:00 2022-05-06 00:02]" {
			t.Errorf("listed is %s", got)
		}
		if got := listed(account.Scope{Sections: []string{"XY-02"}}); len(got) != 0 {
			t.Errorf("who may not see the section reads %s", got)
		}
		for at, want := range map[string]fault.Kind{"2022-04-06 07:00": fault.Internal, "2022-05-06 00:02": fault.Internal, "2022-05-05 09:00": fault.NotFound} {
			_, err := s.WithdrawDisinfection(t.Context(), own(), store.Withdrawal{Section: "XY-01", Area: area, At: storetest.At(at), Since: since, Reason: "时间填错",
				Loc: storetest.Shanghai(), Act: by("li"), Now: storetest.At("2022-05-06 08:10")}, store.Request{User: user, Key: at, Content: at})
			if (err == nil) != (want == fault.Internal) || err != nil && fault.KindOf(err) != want {
				t.Errorf("withdrawing that of %s gives %v", at, err)
			}
		}
		if got := listed(own()); len(got) != 0 {
			t.Errorf("of what was withdrawn there is %s", got)
		}
	})
}

// areaOf finds the first area of a section, and how many entries of the log are judged by what was known at an instant; 0: by all.
func areaOf(t *testing.T, s *store.Store, id site.SectionID, known calendar.Instant) (area disinfection.Area, entries int) {
	t.Helper()
	err := s.Snapshots(t.Context(), []site.SectionID{id}, week(), known, func(snapshot *criteria.Snapshot) error {
		area, entries = snapshot.Areas[0], len(snapshot.Disinfections)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return area, entries
}

// TestDisinfectionsAreWithdrawn: an entry is taken back once, for who sees the section, with the reason in the trail. It counts no
// more, unless one judges by what was known before; the section is due; and the entry may be made anew.
func TestDisinfectionsAreWithdrawn(t *testing.T) {
	const entry = "标段编号,区域编号,消毒时间,药剂\nXY-01,A1,2022-05-06 07:00,酒精"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", "项目编号,项目名称,标段编号,标段名称,街道\nXY,示范项目,XY-01,一标段,学苑街道\nXY,示范项目,XY-02,二标段,江畔街道")
		storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,食堂,食堂\nXY-02,A1,食堂,食堂")
		ids := storetest.Import(t, s, "disinfection", entry)
		decide(t, s, "2022-05-06 08:05", overfull(0))
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		area, entries := areaOf(t, s, ids[0], 0)
		if entries != 1 || due(t, s, "2022-05-06 08:20") != "[]" {
			t.Fatalf("%d entries, due are %s", entries, due(t, s, "2022-05-06 08:20"))
		}
		wish := store.Withdrawal{Section: "XY-01", Area: area, At: storetest.At("2022-05-06 07:00"), Since: calendar.Day(2022, 5, 6).Start(storetest.Shanghai()), Reason: "区域选错", Loc: storetest.Shanghai(),
			Act: by("li"), Now: storetest.At("2022-05-06 08:10")}
		withdraw := func(within account.Scope, w store.Withdrawal, key string, want fault.Kind) {
			t.Helper()
			id, err := s.WithdrawDisinfection(t.Context(), within, w, store.Request{User: user, Key: key, Content: w.Reason})
			if err == nil && id != ids[0] || (err == nil) != (want == fault.Internal) || err != nil && fault.KindOf(err) != want {
				t.Errorf("withdrawn on section %d, %v", id, err)
			}
		}
		elsewhere := wish
		elsewhere.Section = "XY-02" // where the area is not
		withdraw(account.Everywhere(), elsewhere, "a", fault.NotFound)
		withdraw(account.Scope{Sections: []string{"XY-02"}}, wish, "a", fault.NotFound)
		never := wish
		never.At++
		withdraw(own(), never, "a", fault.NotFound)
		if _, entries := areaOf(t, s, ids[0], 0); entries != 1 || last(t, s).Act.Action == "disinfection.withdraw" {
			t.Error("what was refused was done")
		}
		withdraw(own(), wish, "a", fault.Internal)
		done := last(t, s)
		if d := done.Act.Detail; done.Act.Action != "disinfection.withdraw" || done.Act.ObjectID != "XY-01" || d["reason"] != "区域选错" || d["area"] != "A1" || d["entry"] != "2022-05-06 07:00" {
			t.Errorf("the trail says %+v", done.Act)
		}
		withdraw(own(), wish, "a", fault.Internal) // the same once more
		withdraw(own(), wish, "b", fault.NotFound)
		other := wish
		other.Reason = "重复登记"
		withdraw(own(), other, "a", fault.Conflict)
		if last(t, s).Seq != done.Seq {
			t.Error("what was done once is written down again")
		}
		_, now := areaOf(t, s, ids[0], 0)
		_, then := areaOf(t, s, ids[0], storetest.At("2022-05-06 08:09"))
		_, after := areaOf(t, s, ids[0], wish.Now)
		if now != 0 || then != 1 || after != 0 {
			t.Errorf("%d entries count, %d by what was known before, %d by what was known then", now, then, after)
		}
		if log, err := s.Disinfections(t.Context(), own(), ids[0], 0); err != nil || len(log) != 0 {
			t.Errorf("the log is %+v, %v", log, err)
		}
		if got := due(t, s, "2022-05-06 08:10"); got != fmt.Sprint(ids) {
			t.Errorf("due are %s, want %v", got, ids)
		}
		logByHand(t, s, storetest.At("2022-05-06 08:15"), entry)
		if _, entries := areaOf(t, s, ids[0], 0); entries != 1 {
			t.Errorf("made anew there are %d", entries)
		}
	})
}
