package store_test

import (
	"testing"

	"fugong/internal/account"
	"fugong/internal/calendar"
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
