package chart

import (
	"encoding/xml"
	"html/template"
	"io"
	"strings"
	"testing"
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
