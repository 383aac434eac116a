package store_test

import (
	"strings"
	"testing"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// stricter gives the shipped epidemic policy with a test valid for hours only.
func stricter(t *testing.T, hours string) *policy.Policy {
	t.Helper()
	source := policy.Shipped()[0].Source
	before, after, found := strings.Cut(source, "nat_valid_h:")
	if !found {
		t.Fatal("the shipped policy does not say how long a test is valid")
	}
	_, after, _ = strings.Cut(after, "\n")
	p, err := policy.Parse([]byte(before+`nat_valid_h: {value: `+hours+`, basis: "通告"}`+"\n"+after), storetest.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishedPoliciesStandBesideShippedOnes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		decide(t, s, "2022-05-06 08:05", overfull(0))
		loc, now := storetest.Shanghai(), storetest.At("2022-05-06 09:00")
		p := stricter(t, "24")
		for range 2 { // the same file again is the same version
			if v, err := s.PublishPolicy(t.Context(), act(""), p, now, loc); err != nil || v != 2 {
				t.Fatalf("publish: version %d, %v, want 2", v, err)
			}
		}
		if got := due(t, s, "2022-05-06 09:00"); got != "[1 2]" {
			t.Errorf("due after a new policy: %s, want all", got)
		}
		book, err := s.Policies(t.Context(), 0, loc)
		if err != nil || len(book) != 3 || book[2].Version != 2 || book[2].RecordedAt != now {
			t.Fatalf("policies: %d, %v", len(book), err)
		}
		if in, err := book.InForce("疫情", now); err != nil || in.Version != 2 || in.Source != p.Source {
			t.Errorf("in force is version %d, %v", in.Version, err)
		}
		if early, err := s.Policies(t.Context(), now-1, loc); err != nil || len(early) != 2 {
			t.Errorf("known before: %d policies, %v", len(early), err)
		}
		changed := stricter(t, "12")
		changed.Version = 2
		if _, err := s.PublishPolicy(t.Context(), act(""), changed, now+1, loc); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another text for version 2: %v, want a conflict", err)
		}
		changed.Version = 0
		if v, err := s.PublishPolicy(t.Context(), act(""), changed, now+1, loc); err != nil || v != 3 {
			t.Errorf("the next version: %d, %v", v, err)
		}
		if v, err := s.PublishPolicy(t.Context(), act(""), p, now+2, loc); err != nil || v != 4 {
			t.Errorf("an older text again: %d, %v, want a version of its own", v, err)
		}
	})
}

// TestPoliciesAreTheCallersOwn: whoever adds to the policies it was given, as a simulation does, adds to nobody else's.
func TestPoliciesAreTheCallersOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		loc, now := storetest.Shanghai(), storetest.At("2022-05-06 09:00")
		for i, hours := range []string{"24", "12"} {
			if v, err := s.PublishPolicy(t.Context(), act(""), stricter(t, hours), now+calendar.Instant(i), loc); err != nil || v != i+2 {
				t.Fatalf("publish: version %d, %v", v, err)
			}
		}
		first, err := s.Policies(t.Context(), 0, loc)
		if err != nil || len(first) != 4 || first[2].Version != 2 || first[3].Version != 3 || first[2].RecordedAt != now || first[3].RecordedAt != now+1 {
			t.Fatalf("policies: %d, %v", len(first), err)
		}
		_ = append(first[:2], policy.Policy{Name: "another"})
		second, err := s.Policies(t.Context(), 0, loc)
		if err != nil || len(second) != 4 || second[2].Name != "epidemic-2022" || second[0].Source != policy.Shipped()[0].Source {
			t.Errorf("policies after that: %d, %v", len(second), err)
		}
	})
}
