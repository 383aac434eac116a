package evaluation

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/site"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, d Document) {
	t.Helper()
	got, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// example is the section of the public contract: 丙 was last tested 49 hours ago.
func example() Judged {
	return Judged{
		Section: site.Section{ID: 1, Code: "XY-01", ProjectCode: "XY"},
		Report: criteria.Report{
			SectionID: 1, At: now, Policy: "epidemic-2022", PolicyVersion: 1, Headcount: 3, HousedOnSite: 3,
			Findings: []criteria.Finding{{
				Code: "nat.latest_negative", Status: criteria.Fail, Severity: policy.Block,
				Observed: locale.Say("%d/%d", 2, 3), Required: locale.Say("%d小时内阴性", 48),
				Reason: locale.Say("%d人最近阴性已超过%d小时", 1, 48), HoldsUntil: now,
				Subjects: []criteria.Subject{{
					Kind: criteria.Worker, ID: 9, Name: "丙", Team: "木工班",
					Observed: locale.Say("%s（%s采样）", "49小时0分", "2022-05-04 07:00"), Limit: locale.Say("%d小时", 48),
				}},
			}},
		},
	}
}

func TestDocumentIsThatOfTheContract(t *testing.T) {
	tails := map[int64]string{9: "0055"}
	golden(t, "contract.json", NewDocument([]Judged{example()}, now, now, tails, time.FixedZone("CST", 8*3600)))
}

func TestDocumentOfSeveralPoliciesAndSubjects(t *testing.T) {
	typhoon := Judged{
		Section: site.Section{ID: 2, Code: "XY-02", ProjectCode: "XY"},
		Report: criteria.Report{SectionID: 2, At: now, Policy: "general-safety", PolicyVersion: 3, HoldsUntil: now + 500000, Findings: []criteria.Finding{
			{Code: "saf.order", Status: criteria.Pass, Severity: policy.Block},
			{Code: "room.beds", Status: criteria.Warned, Severity: policy.Warn, Suspend: true, Subjects: []criteria.Subject{
				{Kind: criteria.Room, ID: 9, Name: "A-201"}, {Kind: criteria.Worker, ID: 10, Name: "甲"},
			}},
		}},
	}
	tails := map[int64]string{9: "0055"}
	golden(t, "policies.json", NewDocument([]Judged{example(), typhoon}, now, 0, tails, time.FixedZone("CST", 8*3600)))
	golden(t, "nothing.json", NewDocument[int64](nil, now, now, nil, time.UTC))
}

func TestWorkersAreNamedOnce(t *testing.T) {
	twice := example()
	twice.Findings = append(twice.Findings, twice.Findings[0], criteria.Finding{Subjects: []criteria.Subject{
		{Kind: criteria.Worker, ID: 4}, {Kind: criteria.Room, ID: 5}, {Kind: criteria.Worker},
	}})
	if d := cmp.Diff([]int64{9, 4}, Workers[int64]([]Judged{twice, example()})); d != "" {
		t.Errorf("workers (-want +got):\n%s", d)
	}
	if now.RFC3339(time.FixedZone("CST", 8*3600)) != "2022-05-06T08:00:00+08:00" {
		t.Error("the instant of these tests is not what they say")
	}
}
