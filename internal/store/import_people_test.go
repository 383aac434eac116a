package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

func TestNobodySleepsInTwoBeds(t *testing.T) {
	const columns = "证件号码,标段编号,房间号,入住时间,离开时间\n"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		storetest.Import(t, s, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-1,16,6\nXY-01,A-2,16,6\nXY-02,B-1,16,6")
		first := columns + wang + ",XY-01,A-1,2022-05-01,\n" + wang + ",XY-02,B-1,2022-05-03,"
		expect(t, take(t, s, morning, "stays", first), 1, "3 rejected OVERLAP")
		expect(t, take(t, s, morning, "stays", first), 0, "2 duplicate DUPLICATE", "3 rejected OVERLAP")

		move := columns + wang + ",XY-01,A-2,2022-05-04,\n" + wang + ",XY-01,A-1,2022-05-01,2022-05-04"
		expect(t, take(t, s, morning, "stays", move), 2)
		expect(t, take(t, s, morning, "stays", move), 0, "2 duplicate DUPLICATE", "3 duplicate DUPLICATE")
		expect(t, take(t, s, morning, "stays", columns+wang+",XY-01,A-1,2022-05-01,2022-05-05"), 0, "2 rejected OVERLAP")
		expect(t, take(t, s, morning, "stays", columns+wang+",XY-02,B-1,2022-04-20,2022-05-01"), 1)
	})
}

func TestRosterChanges(t *testing.T) {
	const columns = "标段编号,姓名,证件号码,进场时间,退场时间,手机号码,班组\n"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		ended := columns + "XY-01,王小明," + wang + ",2022-04-01 08:00,2022-05-01 18:00,13812345678,钢筋班"
		expect(t, take(t, s, morning, "roster", ended), 1)
		expect(t, take(t, s, morning, "roster", ended), 0, "2 duplicate DUPLICATE")
		expect(t, take(t, s, morning, "roster", columns+"XY-01,王小明,"+wang+",2022-04-20,,,钢筋班"), 0, "2 rejected OVERLAP")
		expect(t, take(t, s, morning, "roster", columns+"XY-01,王小明,"+wang+",2022-05-03,,13812345679,钢筋班"), 1)
		expect(t, take(t, s, morning, "roster", columns+"XY-02,王小明,"+wang+",2022-05-03,,,"), 1)
		_, rows, err := s.Export(t.Context(), storetest.Order("roster"))
		if err != nil {
			t.Fatal(err)
		}
		var phones []string
		for _, r := range rows {
			if r[2] == wang {
				phones = append(phones, r[5])
			}
		}
		if !slices.Equal(phones, []string{"13812345678", "13812345679", ""}) {
			t.Errorf("phones %q", phones)
		}
	})
}

func TestOneFileNamesOnePersonTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		expect(t, take(t, s, morning, "roster", "标段编号,姓名,证件号码,进场时间\n"+
			"XY-01,王小明,"+wang+",2022-04-01\nXY-02,王小明,"+wang+",2022-04-01\nXY-02,王大明,"+wang+",2022-04-02"), 2,
			"4 quarantined NAME_MISMATCH")
	})
}

// TestFactsAreSuperseded checks that what was known at an earlier time can still be told.
func TestFactsAreSuperseded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := storetest.At
		states := []struct {
			recorded calendar.Instant
			state    string
		}{{at("2022-05-01 08:00"), "未复工"}, {at("2022-05-03 08:00"), "施工中"}, {at("2022-05-05 08:00"), "停工"}}
		for _, step := range states {
			storetest.ImportAt(t, s, step.recorded, "sections",
				"项目编号,项目名称,标段编号,标段名称,街道,状态\nXY,学苑,XY-01,一标段,学苑街道,"+step.state)
		}
		for i, step := range states {
			if got := known(t, s, step.recorded); !slices.Equal(got, []string{step.state}) {
				t.Errorf("known as it was recorded: %q, want %q", got, step.state)
			}
			before := known(t, s, step.recorded-1)
			if i == 0 && len(before) != 0 || i > 0 && !slices.Equal(before, []string{states[i-1].state}) {
				t.Errorf("known just before step %d: %q", i, before)
			}
		}
	})
}

func known(t *testing.T, s *store.Store, at calendar.Instant) []string {
	t.Helper()
	var states []string
	err := store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
		return tx.NewSelect().Table("section_versions").Column("state").
			Where("recorded_at <= ? AND (superseded_at IS NULL OR superseded_at > ?)", at, at).Scan(ctx, &states)
	})
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func TestLaterRowOfAFileCounts(t *testing.T) {
	const file = "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100\nXY-01,2022-05-05,口罩,90"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		expect(t, take(t, s, morning, "stock", file), 1, "2 duplicate DUPLICATE")
		expect(t, take(t, s, morning, "stock", file), 0, "2 duplicate DUPLICATE", "3 duplicate DUPLICATE")
		expect(t, take(t, s, morning, "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,80"), 1)
		_, rows, err := s.Export(t.Context(), storetest.Order("stock"))
		if err != nil || len(rows) != 1 || !slices.Contains(rows[0], "80") {
			t.Errorf("stock %v, %v", rows, err)
		}
	})
}
