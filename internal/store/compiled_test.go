package store_test

import (
	"reflect"
	"sync"
	"testing"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestOneSectionReadsLikeMany: however a section is asked for, for the first time, again, by another window or among others, what is
// read is the same.
func TestOneSectionReadsLikeMany(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		longer := week()
		longer.Results, longer.Temperatures = storetest.At("2022-04-01 08:00"), storetest.At("2022-05-05 12:00")
		longer.Disinfections, longer.Passages, longer.Answers = storetest.At("2022-04-04 08:00"), storetest.At("2022-05-06 07:30"), calendar.Day(2022, 4, 1)
		for _, w := range []criteria.Window{week(), week(), longer, week()} {
			many := read(t, s, w, "")
			for _, want := range many {
				if alone := read(t, s, w, "", want.Section.Code); len(alone) != 1 || !reflect.DeepEqual(alone[0], want) {
					t.Errorf("%s by itself: %+v\namong many: %+v", want.Section.Code, alone, want)
				}
			}
			if len(many) != 2 {
				t.Errorf("%d sections", len(many))
			}
		}
	})
}

// TestManyReadFirstTogether: readers who come all at once to a database that nobody has asked yet do not wait for each other.
func TestManyReadFirstTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		id := read(t, s, week(), "")[0].Section.ID
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				seen := 0
				err := s.Snapshots(t.Context(), []site.SectionID{id}, week(), 0, func(*criteria.Snapshot) error { seen++; return nil })
				if err != nil || seen != 1 {
					t.Errorf("%d snapshots, %v", seen, err)
				}
			})
		}
		all.Wait()
	})
}
