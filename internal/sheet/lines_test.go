package sheet

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"fugong/internal/sheet/fonts"
)

func family(t testing.TB) *fonts.Family {
	t.Helper()
	f, err := fonts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBreakLines(t *testing.T) {
	face := family(t).Regular
	for _, c := range []struct {
		name, text string
		em         float64
		want       []string
	}{
		{"fits", "围挡高度", 4, []string{"围挡高度"}},
		{"between any two", "围挡高度不应小于规定", 4, []string{"围挡高度", "不应小于", "规定"}},
		{"number with Latin unit", "围挡高度不应小于2.5m", 9, []string{"围挡高度不应小于", "2.5m"}},
		{"number with Chinese unit", "最近采样已过49小时", 7.8, []string{"最近采样已过", "49小时"}},
		{"no closing mark first", "一二三四，五六", 4, []string{"一二三", "四，五六"}},
		{"no two closing marks first", "一二三四）。五", 4, []string{"一二三", "四）。五"}},
		{"no opening mark last", "一二三（四五）", 4, []string{"一二三", "（四五）"}},
		{"word whole", "见表 epidemic 第", 5, []string{"见表 ", "epidemic ", "第"}},
		{"word longer than a line", "abcdefghijklmnop", 3, []string{"abcde", "fghijkl", "mnop"}},
		{"document number whole", "王小明3206**********0055", 11, []string{"王小明", "3206**********0055"}},
		{"day and hour", "最近2022-05-04 07:00采样", 8.5, []string{"最近", "2022-05-04 07:00", "采样"}},
		{"hard break", "一\n二", 9, []string{"一", "二"}},
		{"tick box with its word", "一二三☐四五", 4, []string{"一二三", "☐四五"}},
		{"empty", "", 4, []string{""}},
		{"narrower than a character", "一，二", 0.5, []string{"一", "，", "二"}},
	} {
		got := breakLines(nil, c.text, int(c.em*1000), face)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// pieces are what a random text is made of: marks, numbers and units close together, where the rules bite.
var pieces = []string{"复", "工", "。", "，", "（", "）", "《", "》", "48", "小时", "2.5", "m", "㎡", "人", " ", "\n", "\t", "王", "·", "——", "……",
	"3206**********0055", "epidemic-2022", "☐", "☑", "𠮷", "😀", "\xff", "\x00", "é", "第", "5", "页", "≥", "℃", "：", "/"}

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 60).Draw(t, "pieces"), "")
}

func TestLinesKeepEveryCharacter(t *testing.T) {
	face := family(t).Regular
	rapid.Check(t, func(t *rapid.T) {
		text, _ := printable(drawText(t), face)
		checkLines(t, text, rapid.IntRange(0, 12_000).Draw(t, "width"), face)
	})
}

func checkLines(t interface{ Fatalf(string, ...any) }, text string, width int, face *fonts.Face) {
	lines := breakLines(nil, text, width, face)
	if got, want := strings.Join(lines, ""), strings.ReplaceAll(text, "\n", ""); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	for _, line := range lines {
		solid := strings.TrimRight(line, " ")
		if utf8.RuneCountInString(solid) > 1 && widthOf(solid, face) > width {
			t.Fatalf("%q is wider than %d", line, width)
		}
	}
	if width < 8000 {
		return
	}
	for i, line := range lines[1:] {
		first, _ := utf8.DecodeRuneInString(line)
		last, _ := utf8.DecodeLastRuneInString(lines[i])
		if line != "" && closes(first) && !strings.Contains(text, "\n") && !crowded(lines[i]) {
			t.Fatalf("%q begins with a closing mark, after %q", line, lines[i])
		}
		if opens(last) && !strings.Contains(text, "\n") && !crowded(lines[i]) {
			t.Fatalf("%q ends with an opening mark", lines[i])
		}
	}
}

// crowded tells of a line of nothing but marks and words, where the rules cannot all be kept.
func crowded(line string) bool {
	breaks := 0
	before := rune(0)
	for _, r := range line {
		if before != 0 && before != ' ' && mayBreak(before, r) {
			breaks++
		}
		before = r
	}
	return breaks == 0
}

func FuzzBreakLines(f *testing.F) {
	face := family(f).Regular
	f.Add("围挡高度不应小于2.5m，（详见《通知》）。", 5000)
	f.Add("𠮷\xff\x00\t\r\n——……", 1)
	f.Fuzz(func(t *testing.T, text string, width int) {
		clean, _ := printable(text, face)
		checkLines(t, clean, width%100_000, face)
	})
}

func TestPrintable(t *testing.T) {
	face := family(t).Regular
	for _, c := range []struct {
		text, want string
		replaced   []string
	}{
		{"阿卜杜拉·买买提", "阿卜杜拉·买买提", nil},
		{"𠮷田", "〓田", []string{"U+20BB7"}},
		{"一\t二\r\n三\r四", "一 二\n三\n四", nil},
		{"王\xff明😀", "王〓明〓", []string{"0xFF", "U+1F600"}},
		{"a\x00b", "a〓b", []string{"U+0000"}},
		{"☐☑", "☐☑", nil},
		{"\uFFFD", "〓", []string{"U+FFFD"}},
	} {
		got, replaced := printable(c.text, face)
		if got != c.want || !slices.Equal(replaced, c.replaced) {
			t.Errorf("%q: got %q %q, want %q %q", c.text, got, replaced, c.want, c.replaced)
		}
	}
}
