package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const (
	handSections = "项目编号,项目名称,标段编号,标段名称,街道\nXY,学苑,XY-01,一标段,甲街道\nXY,学苑,XY-02,二标段,甲街道"
	handRoster   = `标段编号,姓名,证件号码,进场时间,手机号码,班组
		XY-01,甲,320699199003070013,2022-04-20 08:00,13812345678,钢筋班
		XY-01,乙,320699198511120027,2022-04-20 08:00,,木工班
		XY-02,丙,320699198810010055,2022-04-20 08:00,,木工班`
)

// byHand makes the upload of rows typed by a person.
func byHand(kind string, columns []intake.Column, rows ...[]string) store.Upload {
	return store.Upload{Kind: kind, Tables: []intake.Table{intake.NewTable("", columns, rows)}, Loc: storetest.Shanghai(), Within: account.Everywhere(),
		Now: storetest.At("2022-05-06 08:00"), By: "test", Whole: true}
}

func TestWholeUploadIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", handSections)
		storetest.Import(t, s, "roster", handRoster)
		for name, bad := range map[string][]string{
			"rejected":    {"320699198511120027", "2022-05-06 07:00", "365"},
			"quarantined": {"320699199602290042", "2022-05-06 07:00", "36.5"},
		} {
			up := byHand("temperatures", screening.TemperatureColumns, []string{"320699199003070013", "2022-05-06 07:00", "36.5"}, bad)
			_, touched, err := s.Import(t.Context(), up)
			refused, ok := errors.AsType[*store.Refused](err)
			if !ok || fault.KindOf(err) != fault.Invalid || len(touched) > 0 {
				t.Fatalf("%s: got %v, want it refused", name, err)
			}
			if len(refused.Report.Rows) != 1 || refused.Report.Rows[0].Line != 2 {
				t.Errorf("%s: the report says %+v", name, refused.Report)
			}
		}
		if _, rows, err := s.Export(t.Context(), storetest.Order("temperatures")); err != nil || len(rows) > 0 {
			t.Errorf("half of it was saved: %v, %v", rows, err)
		}
		again := byHand("temperatures", screening.TemperatureColumns, []string{"320699199003070013", "2022-05-06 07:00", "36.5"})
		if report, _, err := s.Import(t.Context(), again); err != nil || report.Accepted != 1 {
			t.Errorf("the good row alone: %+v, %v", report, err)
		}
	})
}

// TestMovingSomebody ends one stay and begins the next by the two rows of one upload, there and back.
func TestMovingSomebody(t *testing.T) {
	const who = "320699199003070013"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", handSections)
		storetest.Import(t, s, "roster", handRoster)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-101,16,6\nXY-01,A-102,16,6")
		storetest.Import(t, s, "stays", "证件号码,标段编号,房间号,入住时间\n"+who+",XY-01,A-101,2022-04-20 20:00:00")
		for _, move := range [][][]string{
			{{who, "XY-01", "A-101", "2022-04-20 20:00", "2022-05-06 07:30"}, {who, "XY-01", "A-102", "2022-05-06 07:30", ""}},
			{{who, "XY-01", "A-102", "2022-05-06 07:30", "2022-05-06 07:40"}, {who, "XY-01", "A-101", "2022-05-06 07:40", ""}},
		} {
			up := byHand("stays", housing.StayColumns, move...)
			if report, _, err := s.Import(t.Context(), up); err != nil || report.Accepted != 2 {
				t.Fatalf("%v: %+v, %v", move, report, err)
			}
		}
		up := byHand("stays", housing.StayColumns, []string{who, "XY-01", "A-102", "2022-05-06 07:50", ""})
		if _, _, err := s.Import(t.Context(), up); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a second bed at the same time: got %v", err)
		}
		_, rows, err := s.Export(t.Context(), storetest.Order("stays"))
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{who, "XY-01", "A-101", "2022-04-20 20:00:00", "2022-05-06 07:30:00", "甲", roster.IdentityCard},
			{who, "XY-01", "A-101", "2022-05-06 07:40:00", "", "甲", roster.IdentityCard},
			{who, "XY-01", "A-102", "2022-05-06 07:30:00", "2022-05-06 07:40:00", "甲", roster.IdentityCard},
		}
		if d := cmp.Diff(want, rows); d != "" {
			t.Errorf("stays (-want +got):\n%s", d)
		}
	})
}

func TestEnrolledIsOfOnesOwnSection(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", handSections)
		storetest.Import(t, s, "roster", handRoster)
		own := account.Scope{Sections: []string{"XY-01"}}
		ids := map[string]roster.WorkerID{}
		for id := roster.WorkerID(1); id <= 3; id++ {
			for _, section := range []string{"XY-01", "XY-02"} {
				if who, err := s.PersonOn(t.Context(), account.Everywhere(), section, id); err == nil {
					ids[who.Name] = id
				}
			}
		}
		got, err := s.Enrolled(t.Context(), own, "XY-01", ids["甲"])
		if err != nil || got.Document.Number != "320699199003070013" || got.Phone != "13812345678" || got.Enrolment.Team != "钢筋班" {
			t.Errorf("got %+v, %v", got, err)
		}
		for _, ask := range []struct {
			within  account.Scope
			section string
			who     string
		}{
			{own, "XY-02", "丙"}, {own, "XY-01", "丙"}, {account.Scope{}, "XY-01", "甲"}, {account.Everywhere(), "XY-02", "甲"}, {own, "nowhere", "甲"},
		} {
			if _, err := s.Enrolled(t.Context(), ask.within, ask.section, ids[ask.who]); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%+v: got %v, want NotFound", ask, err)
			}
		}
	})
}

func TestTubeOfGivesTheNewestOfItsCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", handSections)
		storetest.Import(t, s, "roster", handRoster)
		storetest.Import(t, s, "results", `证件号码,采样时间,检测结果,采样管编号,混采人数
			320699199003070013,2022-05-01 07:00,阴性,T1,10
			320699199003070013,2022-05-05 07:00,,T1,10
			320699198511120027,2022-05-05 07:05,,T1,10
			320699198810010055,2022-05-05 07:05,,T1,10`)
		own := account.Scope{Sections: []string{"XY-01"}}
		tube, err := s.TubeOf(t.Context(), own, "XY-01", "T1")
		if err != nil || len(tube) != 2 || tube[0].Name != "甲" || tube[1].Document.Number != "320699198511120027" {
			t.Errorf("got %+v, %v", tube, err)
		}
		if tube, err := s.TubeOf(t.Context(), own, "XY-01", "T2"); err != nil || len(tube) > 0 {
			t.Errorf("a tube that is not there: %v, %v", tube, err)
		}
		if _, err := s.TubeOf(t.Context(), own, "XY-02", "T1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("of a foreign section: got %v", err)
		}
	})
}
