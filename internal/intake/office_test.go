package intake_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/disinfection"
	"fugong/internal/housing"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
	"fugong/internal/supply"
)

// shanghai is the zone the samples are written in.
func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

const officeDir = "../../testdata/office"

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(officeDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func matchFile(t testing.TB, name string, content []byte, columns []intake.Column) []intake.Table {
	t.Helper()
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

// spot is what a test compares of a problem.
type spot struct {
	Sheet  string
	Line   int
	Code   intake.Code
	Column string
}

func spots(problems []intake.Problem) []spot {
	var all []spot
	for _, p := range problems {
		all = append(all, spot{p.Sheet, p.Line, p.Code, p.Column})
	}
	return all
}

// decoder reads a table of one KIND and tells how many rows it accepted.
type decoder func(intake.Table) (int, []intake.Problem)

func counting[T any](decode func(intake.Table, *time.Location) ([]T, []intake.Problem)) decoder {
	return func(t intake.Table) (int, []intake.Problem) {
		records, problems := decode(t, shanghai())
		return len(records), problems
	}
}

func plainResults(t intake.Table, loc *time.Location) ([]screening.ResultRecord, []intake.Problem) {
	return screening.DecodeResults(t, loc, nil)
}

// TestOffice reads the files as three site offices keep them. What cannot be seen in one row alone (an unknown room, a person in
// two beds, a row twice) is found later, by the store.
func TestOffice(t *testing.T) {
	tests := []struct {
		file     string
		columns  []intake.Column
		decode   decoder
		accepted map[string]int // by sheet
		unknown  []string       // of the first sheet
		problems []spot
	}{
		{"01标段信息.xlsx", site.SectionColumns, counting(site.DecodeSections), map[string]int{"标段": 3}, nil, nil},
		{
			"02实名制花名册.xlsx", roster.Columns, counting(roster.Decode),
			map[string]int{"LA-01": 44, "LA-02": 31, "DH-01": 103},
			[]string{"序号"},
			[]spot{{"LA-01", 12, intake.IDSci, "证件号码"}, {"LA-01", 32, intake.IDMasked, "证件号码"}},
		},
		{
			"03核酸检测结果_第一批.csv", screening.ResultColumns, counting(plainResults),
			map[string]int{"": 180},
			[]string{"联系电话"},
			[]spot{{"", 182, intake.IDChecksum, "证件号码"}},
		},
		{
			"04核酸检测结果_第二批.xlsx", screening.ResultColumns, counting(plainResults),
			map[string]int{"结果": 110},
			[]string{"序号"},
			nil,
		},
		{"05宿舍房间.xlsx", housing.RoomColumns, counting(housing.DecodeRooms), map[string]int{"房间": 36}, nil, nil},
		{"06住宿人员.xlsx", housing.StayColumns, counting(housing.DecodeStays), map[string]int{"住宿": 183}, nil, nil},
		{"07消毒区域.xlsx", disinfection.AreaColumns, counting(disinfection.DecodeAreas), map[string]int{"区域": 15}, nil, nil},
		{"08消毒记录.csv", disinfection.EntryColumns, counting(disinfection.DecodeEntries), map[string]int{"": 124}, nil, nil},
		{
			"09体温登记.csv", screening.TemperatureColumns, counting(screening.DecodeTemperatures),
			map[string]int{"": 359},
			nil,
			[]spot{{"", 176, intake.Range, "体温"}},
		},
		{"10防疫物资.xlsx", supply.Columns, counting(supply.Decode), map[string]int{"物资": 12}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			tables := matchFile(t, tt.file, readFile(t, tt.file), tt.columns)
			accepted := map[string]int{}
			var problems []spot
			for _, table := range tables {
				n, bad := tt.decode(table)
				accepted[table.Sheet] = n
				problems = append(problems, spots(bad)...)
			}
			if diff := cmp.Diff(tt.accepted, accepted); diff != "" {
				t.Errorf("accepted (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unknown, tables[0].Unknown); diff != "" {
				t.Errorf("unknown columns (-want +got):\n%s", diff)
			}
		})
	}
}
