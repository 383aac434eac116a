package chart

import (
	"encoding/xml"
	"html/template"
	"io"
	"strings"
	"testing"

	"fugong/internal/calendar"
)

// wellFormed fails unless a drawing is XML, has no style of its own, says what it shows, and leaks no markup of its words.
func wellFormed(t *testing.T, drawn template.HTML) {
	t.Helper()
	text := string(drawn)
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	for _, bad := range []string{"style=", "<script", "<b>", "NaN", "Inf", "e+"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in %s", bad, text)
		}
	}
	if strings.HasPrefix(text, "<svg") && !strings.Contains(text, `aria-label="a &lt;b&gt; &#34;c&#34;"`) {
		t.Errorf("the finding is not said: %s", text)
	}
}

func said() Said { return Said{Label: `a <b> "c"`, Empty: `no <b> data`} }

func has(t *testing.T, drawn template.HTML, wants ...string) {
	t.Helper()
	wellFormed(t, drawn)
	for _, want := range wants {
		if !strings.Contains(string(drawn), want) {
			t.Errorf("%q is not in %s", want, drawn)
		}
	}
}

func TestPercentIsRoundedDown(t *testing.T) {
	for want, of := range map[string][2]int{
		"—": {0, 0}, "0%": {0, 5}, "100%": {5, 5}, "99.9%": {9996, 10000}, "70.0%": {7, 10}, "57.1%": {8, 14}, "0.1%": {1, 999}, "33.3%": {1, 3},
	} {
		if got := Percent(of[0], of[1]); got != want {
			t.Errorf("%v is %s, want %s", of, got, want)
		}
	}
}

func TestNothingIsNotZero(t *testing.T) {
	for name, drawn := range map[string]template.HTML{
		"strip": Strip{Said: said()}.SVG(), "share": Share{Said: said()}.SVG(), "share below": Share{Said: said(), Part: 3, Whole: -1}.SVG(),
		"rates": Rates{Said: said()}.SVG(), "counts": Counts{Said: said()}.SVG(), "trend": Trend{Said: said()}.SVG(), "tiles": Tiles{Said: said()}.SVG(),
	} {
		if want := `<p class="chart-none">no &lt;b&gt; data</p>`; string(drawn) != want {
			t.Errorf("%s without data is %s", name, drawn)
		}
	}
}

func TestStrip(t *testing.T) {
	days := []Day{{"26", "4月26日 <b>", Good}, {"27", "", Warned}, {"28", "", Bad}, {"29", "", NoRecord}, {"30", "", NotDue}}
	drawn := Strip{Said: said(), Days: days}.SVG()
	has(t, drawn, `viewBox="0 0 112 42"`, `<title>4月26日 &lt;b&gt;</title>`, `>26</text>`, "d-ok-mark", "d-warn-mark", "d-bad-mark", "d-none-mark", "d-none-dot")
	small := Strip{Said: said(), Days: days, Small: true}.SVG()
	has(t, small, `viewBox="0 0 58 17"`, "d-ok-solid", "d-warn-frame", "d-bad-solid", "d-none")
	if strings.Contains(string(small), "<text") {
		t.Errorf("a small strip has labels: %s", small)
	}
}

func TestShare(t *testing.T) {
	has(t, Share{Said: said(), Part: 5, Whole: 5}.SVG(), `<rect class="f-none" x="0" y="0" width="1000" height="8"/></svg>`, `preserveAspectRatio="none"`)
	has(t, Share{Said: said(), Part: 0, Whole: 5}.SVG(), `><rect class="f-bad" x="0" y="0" width="1000" height="8"/></svg>`)
	has(t, Share{Said: said(), Part: 9999, Whole: 10000}.SVG(), `class="f-bad" x="985`, `width="14.1"`) // one of ten thousand is seen
	has(t, Share{Said: said(), Part: 7, Unknown: 9, Whole: 10}.SVG(), `y="2.5"`)
	if drawn := string((Share{Said: said(), Part: 99, Whole: 10}).SVG()); strings.Contains(drawn, "f-bad") {
		t.Errorf("more than the whole misses something: %s", drawn)
	}
}

func TestFit(t *testing.T) {
	for text, want := range map[string]string{"学苑": "学苑", "学苑街道办事处辖区": "学苑街…", "": ""} {
		if got := fit(text, 48); got != want {
			t.Errorf("%s is cut to %s, want %s", text, got, want)
		}
	}
}

func TestRates(t *testing.T) {
	rows := []Rate{{"学苑<b>", 8, 14, "学苑 57.1%"}, {"永和", 11, 12, ""}, {"空", 0, 0, ""}, {"零", 0, 3, ""}}
	drawn := Rates{Said: said(), Rows: rows, Whole: Rate{Part: 19, Whole: 26}}.SVG()
	has(t, drawn, `viewBox="0 0 420 104"`, "学苑&lt;b&gt;", `class="f-bad"`, "57.1%", "8/14", "91.6%", `class="l-ref"`, ">—</text>", ">0/0</text>")
	if n := strings.Count(string(drawn), `class="f-b`); n != 3 {
		t.Errorf("%d bars, want one for each street that has sections: %s", n, drawn)
	}
	has(t, drawn, `<rect class="f-bad" x="54.4" y="77" width="4" height="15" rx="2"/>`) // none resumed: the worst is seen
}

func TestCounts(t *testing.T) {
	rows := []Count{{Name: "人员核酸结果未齐", N: 19}, {Name: "未填", N: 3, Blank: true}, {Name: "x", N: 2, Shown: "<5"}}
	drawn := Counts{Said: said(), Rows: rows}.SVG()
	has(t, drawn, `class="f-none"`, ">19</text>", ">&lt;5</text>", `width="271"`)
	if n := strings.Count(string(drawn), "<rect"); n != 2 {
		t.Errorf("%d bars, want none for what is not told: %s", n, drawn)
	}
}

func day(n int) calendar.Date { return calendar.Day(2022, 5, n) }

func TestTrend(t *testing.T) {
	points := []Point{{day(1), "5/1", 31, 100}, {day(2), "5/2", 40, 100}, {day(3), "5/3", 0, 0}, {day(4), "5/4", 738, 1000}}
	drawn := Trend{Said: said(), Points: points, Goal: Goal{day(10), "5/10", 90}}.SVG()
	has(t, drawn, `class="s-brand" d="M30 `, `class="s-target"`, ">73.8%</text>", ">90%</text>", ">5/10</text>", ">20</text>", ">100</text>")
	if n := strings.Count(string(drawn), "s-brand"); n != 1 {
		t.Errorf("%d lines, want one before the gap and a dot after it: %s", n, drawn)
	}
	past := Trend{Said: said(), Points: points, Goal: Goal{day(4), "5/4", 90}}.SVG()
	if wellFormed(t, past); strings.Contains(string(past), "s-target") {
		t.Error("a goal that is past is still ahead")
	}
	one := Trend{Said: said(), Points: points[3:]}.SVG()
	has(t, one, "<circle", ">5/4</text>")
	if none := (Trend{Said: said(), Points: points[2:3]}).SVG(); !strings.Contains(string(none), "chart-none") {
		t.Errorf("no record is drawn: %s", none)
	}
}

func TestTiles(t *testing.T) {
	tiles := []Tile{{Rate: Rate{Name: "学苑", Part: 8, Whole: 14, Title: "学苑 57.1%"}, Column: 3, Row: 2, Href: "/sections?street=a&b"},
		{Rate: Rate{Name: "永和", Part: 11, Whole: 12}, Column: 3, Row: 2}, {Rate: Rate{Name: "新桥"}}, {Rate: Rate{Name: "远", Part: 1, Whole: 1}, Column: 99, Row: 1}}
	drawn := Tiles{Said: said(), Tiles: tiles}.SVG()
	has(t, drawn, `role="group"`, `href="/sections?street=a&amp;b"`, `class="tile kb" x="144" y="46"`, "tile-low", `class="tile k0"`, ">—</text>", `class="tile k4" x="0" y="92"`)
	wellFormed(t, drawn)
	seen := map[place]bool{}
	for _, p := range (Tiles{Tiles: append(tiles, tiles...)}).places() {
		if seen[p] {
			t.Errorf("two streets lie on %v", p)
		}
		seen[p] = true
	}
	has(t, Tiles{Said: said(), Tiles: tiles[1:]}.SVG(), `role="img"`)
}
