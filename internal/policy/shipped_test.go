package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/policy"
	"fugong/internal/site"
)

func shipped(t *testing.T, name string) *policy.Policy {
	t.Helper()
	for _, p := range policy.Shipped() {
		if p.Name == name {
			return &p
		}
	}
	t.Fatalf("no policy %s ships", name)
	return nil
}

func TestEpidemicRules(t *testing.T) {
	got := shipped(t, "epidemic-2022").Resolve(site.Section{}, site.Zone{}, 0)
	want := policy.Rules{
		ValidityBasis: policy.SampledAt, NatValid: 48 * time.Hour, PreN: 2, PreWindow: 72 * time.Hour, PreGap: 24 * time.Hour,
		Cadence: 48 * time.Hour, CadenceDays: 14, QuotaPercent: 0,
		NewcomerValid: 48 * time.Hour, NewcomerValidOutside: 24 * time.Hour, SilentDays: 2, AntigenPerDay: 0,
		AcceptSamplingRecord: false, SamplingRecord: 24 * time.Hour,
		UnreportedWarn: 24 * time.Hour, UnreportedBlock: 48 * time.Hour,
		Receive: 4 * time.Hour, TotalReport: 24 * time.Hour, ChainPercent: 95, ChainDays: 7,
		Fever: 373, TempsPerDay: 2, TempsCanteen: 3, TempsGap: 4 * time.Hour, TravelDays: 14, PrereportDays: 7,
		AbsenceLimit: 24 * time.Hour, RoomMax: 6, RoomHardMax: 16, AreaMinCM2: 25000, BunkLevels: 2, AisleCM: 90,
		IsoPer: 50, IsoMin: 2, IsoSingle: true, VentTimes: 2, VentMinutes: 30,
		DisDormitory: 3, DisOffice: 3, DisCanteen: 2, DisPublic: 2, DisToilet: 2, DisIsolation: 4,
		DisIsolationGap: 6 * time.Hour, ChlorineMin: 250, ChlorineMax: 500, ChlorineExcess: 1000, AlcoholPercent: 75,
		ContactMinutes: 30, BackdateLimit: 24 * time.Hour, BurstAreas: 3, PPEDays: 7, PPEWarnDays: 14, KitThermometers: 2, KitDays: 3, OfficerPer: 100,
		TrainingDays: 7, DrillDays: 60, SupervisionDays: 7, ReportDeadline: 17 * time.Hour, ReportMisses: 2, VerifyWorkdays: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestGeneralSafetyRules(t *testing.T) {
	p := shipped(t, "general-safety")
	if got := p.Resolve(site.Section{}, site.Zone{}, 0).RoomMax; got != 16 {
		t.Errorf("room_max = %d, want 16", got)
	}
	if diff := cmp.Diff([]site.Occasion{site.Holiday, site.Typhoon, site.Accident}, p.Occasions); diff != "" {
		t.Errorf("occasions (-want +got):\n%s", diff)
	}
}

// The two national guides were not read clause by clause: no number may lean on them.
func TestShippedBases(t *testing.T) {
	for _, p := range policy.Shipped() {
		if p.Version != 1 || !p.RecordedAt.IsZero() {
			t.Errorf("%s: version %d published %d, want version 1 that was never published", p.Name, p.Version, p.RecordedAt)
		}
		for _, forbidden := range []string{"〔2020〕8号", "489号"} {
			if strings.Contains(p.Source, forbidden) {
				t.Errorf("%s cites %s", p.Name, forbidden)
			}
		}
		for key, v := range p.Parameters {
			if v.Basis == "" || v.Text == "" {
				t.Errorf("%s: %s has value %q, basis %q", p.Name, key, v.Text, v.Basis)
			}
		}
		for _, r := range p.Criteria {
			if r.Basis == "" {
				t.Errorf("%s: %s has no basis", p.Name, r.Criterion)
			}
		}
	}
}

func TestEpidemicGivesEveryParameter(t *testing.T) {
	for key, v := range shipped(t, "epidemic-2022").Parameters {
		if strings.HasPrefix(v.Basis, "规则文件未给出") {
			t.Errorf("%s is left to the program", key)
		}
	}
}
