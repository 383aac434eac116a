package audit_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fugong/internal/audit"
	"fugong/internal/calendar"
)

func mac(message []byte) []byte {
	h := hmac.New(sha256.New, []byte("key of the test"))
	h.Write(message)
	return h.Sum(nil)
}

// entries draws entries of few letters that JSON treats specially, so that different ones come close to each other.
func entries() *rapid.Generator[audit.Entry] {
	text := rapid.StringOfN(rapid.SampledFrom([]rune(`a",[]{}:\1<é`)), 0, 3, -1)
	return rapid.Custom(func(t *rapid.T) audit.Entry {
		return audit.Entry{
			Seq: rapid.Int64Range(1, 3).Draw(t, "seq"), At: calendar.Instant(rapid.Int64Range(0, 2).Draw(t, "at")), Previous: text.Draw(t, "previous"),
			Act: audit.Act{
				Actor: text.Draw(t, "actor"), Role: text.Draw(t, "role"), Action: text.Draw(t, "action"), Object: text.Draw(t, "object"),
				ObjectID: text.Draw(t, "id"), RequestID: text.Draw(t, "request"), Address: text.Draw(t, "address"),
				Detail: rapid.MapOfN(text, text, 0, 2).Draw(t, "detail"),
			},
		}
	})
}

// TestCanonicalFormIsInjective: no two different entries have the same text. Moving a piece from the end of one field to the
// beginning of the next is the change that a form made by joining fields does not see.
func TestCanonicalFormIsInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := entries().Draw(t, "a")
		b := entries().Draw(t, "b")
		if rapid.Bool().Draw(t, "shifted") {
			b = a
			whole := []rune(a.Act.Actor + a.Act.Role)
			cut := rapid.IntRange(0, len(whole)).Draw(t, "cut")
			b.Act.Actor, b.Act.Role = string(whole[:cut]), string(whole[cut:])
		}
		same := reflect.DeepEqual(a.Act.Detail, b.Act.Detail) || len(a.Act.Detail)+len(b.Act.Detail) == 0
		x, y := a, b
		x.Act.Detail, y.Act.Detail = nil, nil
		same = same && reflect.DeepEqual(x, y)
		if got := string(a.Canonical()) == string(b.Canonical()); got != same {
			t.Fatalf("texts are equal: %v, entries are: %v\n%s\n%s", got, same, a.Canonical(), b.Canonical())
		}
	})
}

func TestDetailReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		detail := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "detail")
		got, err := audit.ParseDetail(audit.DetailText(detail))
		if err != nil || !maps.Equal(got, detail) {
			t.Fatalf("%q became %q, %v", detail, got, err)
		}
	})
	for _, text := range []string{"", "null", `{"a": "1"}`, `{"b":"1","a":"2"}`, `{"a":"1","a":"2"}`, `{"a":1}`, "{} ", `{"a":"\u0062"}`} {
		if detail, err := audit.ParseDetail(text); err == nil {
			t.Errorf("%s was taken for %q", text, detail)
		}
	}
}

func FuzzParseDetail(f *testing.F) {
	f.Add(`{"a":"1"}`)
	f.Add(`{"a":"\u2028<"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if detail, err := audit.ParseDetail(text); err == nil && audit.DetailText(detail) != text {
			t.Errorf("%q reads as %q, which is written %q", text, detail, audit.DetailText(detail))
		}
	})
}

// FuzzAppendedEntryFollows gives entries whatever strangers can type.
func FuzzAppendedEntryFollows(f *testing.F) {
	f.Add("wang", "import", "rows", "3", int64(1))
	f.Add("a\x00b", "\xff\xfe", "phone", "13812345678", int64(-1))
	f.Fuzz(func(t *testing.T, actor, action, name, value string, at int64) {
		act := audit.Act{Actor: actor, Action: action, Detail: map[string]string{name: value}}
		first := audit.Head{}.Append(act, calendar.Instant(at), mac)
		second := first.Head().Append(act, calendar.Instant(at), mac)
		if err := (audit.Head{}).Follows(first, mac); err != nil {
			t.Error(err)
		}
		if err := first.Head().Follows(second, mac); err != nil {
			t.Error(err)
		}
		if strings.ContainsRune(string(second.Canonical()), 0) {
			t.Error("a NUL is in the entry")
		}
		back, err := audit.ParseDetail(audit.DetailText(second.Act.Detail))
		if err != nil || !maps.Equal(back, second.Act.Detail) {
			t.Errorf("detail %q reads back as %q, %v", second.Act.Detail, back, err)
		}
	})
}

// TestNumbersDoNotReachTheTrail: whoever writes an act must not put personal data into it; if one does, the number is cut.
func TestNumbersDoNotReachTheTrail(t *testing.T) {
	for value, want := range map[string]string{
		"32069919910412018X":                  "****018X",
		"查320699199003070013的结果":              "查****0013的结果",
		"320699900307001 or 13812345678":      "****7001 or ****5678",
		"H12345678, E87654321":                "****5678, ****4321",
		"XY-01":                               "XY-01",
		"1651795200000000":                    "1651795200000000",
		"320699202213010101":                  "320699202213010101", // month 13: a permit, nobody's number
		strings.Repeat("0123456789abcdef", 4): strings.Repeat("0123456789abcdef", 4),
		"2022-05-06T08:00:00+08:00":           "2022-05-06T08:00:00+08:00",
	} {
		e := audit.Head{}.Append(audit.Act{Detail: map[string]string{"reason": value}}, 1, mac)
		if got := e.Act.Detail["reason"]; got != want {
			t.Errorf("%s became %s, want %s", value, got, want)
		}
	}
}

func TestAppendLeavesTheActAlone(t *testing.T) {
	detail := map[string]string{"phone": "13812345678"}
	audit.Head{}.Append(audit.Act{Detail: detail}, 1, mac)
	if detail["phone"] != "13812345678" {
		t.Error("the caller's detail was changed")
	}
}

func TestLongTextIsCut(t *testing.T) {
	long := strings.Repeat("长", 100_000)
	e := audit.Head{}.Append(audit.Act{Actor: long, Detail: map[string]string{"reason": long}}, 1, mac)
	if n := len(e.Canonical()); n > 20_000 {
		t.Errorf("an entry of %d bytes", n)
	}
	if err := (audit.Head{}).Follows(e, mac); err != nil {
		t.Error(err)
	}
}

func TestHeadIsPrintedShort(t *testing.T) {
	for head, want := range map[audit.Head]string{
		{}: "0", {Seq: 10432, MAC: "9f3a" + strings.Repeat("0", 60)}: "10432 · 9f3a000000000000", {Seq: 1, MAC: "ab"}: "1 · ab",
	} {
		if got := fmt.Sprint(head); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestNamesOfFilesAreMasked(t *testing.T) {
	for name, want := range map[string]string{
		"王小明320699199003070013.csv": "王小明****0013.csv", "a_13812345678_wang13611112222x.xlsx": "a_****5678_wang****2222x.xlsx",
		"32069919910412018X": "****018X", "320699910412018.csv": "****2018.csv", "护照E12345678.csv": "护照****5678.csv",
		"20220506180000.csv": "20220506180000.csv", "XY-01 2022-05-06.xlsx": "XY-01 2022-05-06.xlsx", "138123456789.csv": "138123456789.csv",
	} {
		if got := audit.MaskedName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
