package intake_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"fugong/internal/intake"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		text   string
		digits int
		want   int64
		bad    bool
	}{
		{"36.5", 1, 365, false},
		{"36.50", 1, 365, false},
		{"36.55", 1, 0, true},
		{"36.5℃", 1, 365, false},
		{"３６．５ ℃", 1, 365, false},
		{"0.1", 3, 100, false},
		{"16", 4, 160000, false},
		{"16.0㎡", 4, 160000, false},
		{"16.0平方米", 4, 160000, false},
		{"1,200", 0, 1200, false},
		{"1,2,00", 0, 0, true},
		{"-3", 0, -3, false},
		{"+3", 0, 3, false},
		{"3.0", 0, 3, false},
		{"3.5", 0, 0, true},
		{"", 0, 0, true},
		{"三", 0, 0, true},
		{"1e3", 0, 0, true},
		{".5", 1, 0, true},
		{"99999999999999999999", 0, 0, true},
		{"㎡", 0, 0, true},
	}
	for _, tt := range tests {
		got, err := intake.ParseDecimal(tt.text, tt.digits, "℃", "㎡", "平方米")
		flaw, isFlaw := errors.AsType[*intake.Flaw](err)
		if got != tt.want || tt.bad != isFlaw || isFlaw && flaw.Code != intake.BadNumber {
			t.Errorf("%q: got %d, %v; want %d", tt.text, got, err, tt.want)
		}
	}
}

func TestFormatDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "n")
		digits := rapid.IntRange(0, 6).Draw(t, "digits")
		text := intake.FormatDecimal(n, digits)
		if got, err := intake.ParseDecimal(text, digits); err != nil || got != n {
			t.Fatalf("%d is written %q and read %d, %v", n, text, got, err)
		}
	})
}

func TestParsePhone(t *testing.T) {
	tests := map[string]string{
		"13910000613": "13910000613", "+86 139-1000-0613": "13910000613", "0086 13910000613": "13910000613", "8613910000613": "13910000613",
		"１３９１００００６１３": "13910000613", "139 1000 0613": "13910000613", "0513-85281234": "051385281234", "(0513)85281234": "051385281234",
		"85281234": "85281234", "400-800-1234": "4008001234", "+852 6123 4567": "+85261234567",
		"1391000061": "", "12910000613": "", "139****0613": "", "13910000613/13910000614": "", "电话": "", "": "",
	}
	for text, want := range tests {
		got, err := intake.ParsePhone(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestPersonName(t *testing.T) {
	tests := map[string]string{
		"王 明": "王明", "王\u3000\u3000明": "王明", "买买提•艾力": "买买提·艾力", "买买提・艾力": "买买提·艾力", "买买提 · 艾力": "买买提·艾力",
		"John  Smith": "John Smith", "李 John": "李 John", "䶮𬭚": "䶮𬭚",
	}
	for text, want := range tests {
		if got := intake.PersonName(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTail(t *testing.T) {
	for text, want := range map[string]string{"320699199003070013": "…0013", "0013": "0013", "": ""} {
		if got := intake.Tail(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
