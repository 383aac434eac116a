package roster_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/intake"
	"fugong/internal/roster"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

// TestOfficeRoster reads the roster as three site offices keep it: titles, one sheet a section, totals, signatures, a hidden
// sheet, an ID number that a spreadsheet destroyed and one that is masked.
func TestOfficeRoster(t *testing.T) {
	const name = "02实名制花名册.xlsx"
	content, err := os.ReadFile("../../testdata/office/" + name)
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := intake.Read(name, bytes.NewReader(content), intake.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := intake.MatchAll(sheets, roster.Columns)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	var problems []intake.Problem
	for _, table := range tables {
		records, bad := roster.Decode(table, shanghai())
		got[table.Sheet] = len(records)
		problems = append(problems, bad...)
	}
	if diff := cmp.Diff(map[string]int{"LA-01": 44, "LA-02": 31, "DH-01": 103}, got); diff != "" {
		t.Errorf("people by sheet (-want +got):\n%s", diff)
	}
	if len(problems) != 2 || problems[0].Line != 12 || problems[0].Code != intake.IDSci ||
		problems[1].Line != 32 || problems[1].Code != intake.IDMasked || problems[1].Outcome != intake.Quarantined {
		t.Errorf("problems: %v", problems)
	}
}
