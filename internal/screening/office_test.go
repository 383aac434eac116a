package screening_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/intake"
	"fugong/internal/screening"
)

// office reads a sample file as a site office keeps it.
func office(t *testing.T, name string, columns []intake.Column) []intake.Table {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../testdata/office", name))
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := intake.Read(name, bytes.NewReader(content), intake.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := intake.MatchAll(sheets, columns)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// shanghai is the zone the samples are written in.
func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

// outcome is what a test compares of a problem.
type outcome struct {
	Line   int
	Code   intake.Code
	Column string
}

func outcomes(problems []intake.Problem) []outcome {
	var all []outcome
	for _, p := range problems {
		all = append(all, outcome{p.Line, p.Code, p.Column})
	}
	return all
}

func TestOfficeResults(t *testing.T) {
	tests := []struct {
		file     string
		rows     int
		unknown  []string
		problems []outcome
	}{
		{"03核酸检测结果_第一批.csv", 181, []string{"联系电话"}, []outcome{{182, intake.IDChecksum, "证件号码"}}},
		{"04核酸检测结果_第二批.xlsx", 110, []string{"序号"}, nil},
	}
	for _, tt := range tests {
		for _, table := range office(t, tt.file, screening.ResultColumns) {
			records, problems := screening.DecodeResults(table, shanghai(), nil)
			if got := len(records) + len(problems); got != tt.rows {
				t.Errorf("%s: %d rows, want %d", tt.file, got, tt.rows)
			}
			if diff := cmp.Diff(tt.problems, outcomes(problems)); diff != "" {
				t.Errorf("%s: problems (-want +got):\n%s", tt.file, diff)
			}
			if diff := cmp.Diff(tt.unknown, table.Unknown); diff != "" {
				t.Errorf("%s: unknown columns (-want +got):\n%s", tt.file, diff)
			}
		}
	}
}

func TestOfficeTemperatures(t *testing.T) {
	for _, table := range office(t, "09体温登记.csv", screening.TemperatureColumns) {
		records, problems := screening.DecodeTemperatures(table, shanghai())
		if len(records) != 359 {
			t.Errorf("%d temperatures, want 359", len(records))
		}
		want := []outcome{{176, intake.Range, "体温"}}
		if diff := cmp.Diff(want, outcomes(problems)); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
	}
}
