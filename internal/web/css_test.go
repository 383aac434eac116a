package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fugong/templates"
)

// rule is one of app.css: where it holds, for what, and what it sets.
type rule struct {
	media, selector string
	sets            map[string]string
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssToken   = regexp.MustCompile(`var\((--[\w-]+)\)`)
	ofTile     = regexp.MustCompile(`\.(k[0-9b])\+text`)
)

func stylesheet(t *testing.T) string {
	t.Helper()
	css, err := fs.ReadFile(templates.Files, "static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	return cssComment.ReplaceAllString(string(css), "")
}

// rulesIn reads rules, those within @media and the like with its condition.
func rulesIn(css, media string) []rule {
	var rules []rule
	for {
		head, rest, more := strings.Cut(css, "{")
		if !more {
			return rules
		}
		body := rest[:blockEnd(rest)]
		css = rest[len(body)+1:]
		head = strings.TrimSpace(head)
		if strings.HasPrefix(head, "@media") || strings.HasPrefix(head, "@supports") {
			rules = append(rules, rulesIn(body, head)...)
			continue
		}
		rules = append(rules, rule{media, head, declarations(body)})
	}
}

// blockEnd is where the block ends in whose beginning the text stands.
func blockEnd(text string) int {
	depth := 1
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text) - 1
}

func declarations(body string) map[string]string {
	sets := map[string]string{}
	for d := range strings.SplitSeq(body, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(d), ":"); ok {
			sets[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return sets
}

// looksOf gives the tokens of each look: what dark and paper do not set they have of light.
func looksOf(t *testing.T, rules []rule) map[string]map[string]string {
	t.Helper()
	own := map[string]map[string]string{}
	for _, r := range rules {
		if strings.HasPrefix(r.selector, ":root") {
			own[r.media+r.selector] = r.sets
		}
	}
	light, dark, auto := own[":root"], own["@media screen:root[data-theme=dark]"], own["@media screen and (prefers-color-scheme:dark):root[data-theme=auto]"]
	if len(light) < 40 || len(dark) < 30 || !maps.Equal(dark, auto) || len(own) != 4 {
		t.Fatalf("%d tokens in light, %d in dark, %d in auto, which must be as dark; %d sets of tokens", len(light), len(dark), len(auto), len(own))
	}
	all := map[string]map[string]string{"light": light}
	for name, changed := range map[string]map[string]string{"dark": dark, "paper": own["@media print:root"]} {
		all[name] = maps.Clone(light)
		maps.Copy(all[name], changed)
	}
	return all
}

// TestDesignTokens: each token that is named is there, each that is there is named, and no rule of its own is needed for dark.
func TestDesignTokens(t *testing.T) {
	css := stylesheet(t)
	rules := rulesIn(css, "")
	named := map[string]bool{}
	for _, m := range cssToken.FindAllStringSubmatch(css, -1) {
		named[m[1]] = true
	}
	tokens := looksOf(t, rules)["light"]
	for name := range named {
		if tokens[name] == "" {
			t.Errorf("%s is named and not there", name)
		}
	}
	for name := range tokens {
		if strings.HasPrefix(name, "--") && !named[name] {
			t.Errorf("%s is there and nothing names it", name)
		}
	}
	for _, r := range rules {
		if strings.Contains(r.selector, "data-theme") && !strings.HasPrefix(r.selector, ":root") {
			t.Errorf("%s: would be missing where the theme is auto", r.selector)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(css)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if packed.Len() > 14<<10 {
		t.Errorf("the stylesheet weighs %d bytes, packed, want 14 KB at most", packed.Len())
	}
}

// The pairs that rules do not state together: what is written on what, and what has to be told from what it lies on.
func writtenOn() map[string]string {
	pairs := map[string]string{
		"--ink":     "--bg --surface --surface-2 --surface-3 --sel --bad-soft --warn-soft --ok-soft --none-soft --brand-soft",
		"--ink-2":   "--bg --surface --surface-2 --surface-3 --bad-soft --warn-soft --ok-soft --none-soft --brand-soft",
		"--ink-3":   "--bg --surface --surface-2 --surface-3 --sel --bad-soft --brand-soft",
		"--brand":   "--bg --surface --surface-2 --sel --bad-soft --warn-soft --brand-soft",
		"--nav-ink": "--nav --nav-2", "--nav-ink-2": "--nav --nav-2", "--on-brand": "--brand --brand-2", "--on-bad": "--bad-solid",
		"--brand-2": "--surface --surface-2 --brand-soft",
	}
	for _, state := range []string{"--bad", "--warn", "--ok", "--none"} {
		pairs[state] = "--bg --surface --surface-2 --sel " + state + "-soft"
	}
	return pairs
}

func toldFrom() map[string]string {
	return map[string]string{"--field": "--surface --bg", "--focus": "--surface --bg --surface-2", "--bad-solid": "--surface --bg", "--ok-solid": "--surface --bg",
		"--warn-solid": "--surface --bg", "--none-solid": "--surface --bg", "--brand": "--surface --surface-3"}
}

// TestContrast holds what is written to 4.5:1, and the marks and the borders of controls to 3:1, in every look. axe cannot see the
// letters of figures.
func TestContrast(t *testing.T) {
	rules := rulesIn(stylesheet(t), "")
	for name, tokens := range looksOf(t, rules) {
		hold := func(fore, back string, least float64) {
			f, b := hue(t, tokens, fore), hue(t, tokens, back)
			if got := contrast(f, b); got < least {
				t.Errorf("%s: %s on %s has %.2f:1, want %.1f:1", name, fore, back, got, least)
			}
		}
		for fore, backs := range writtenOn() {
			for back := range strings.FieldsSeq(backs) {
				hold(fore, back, 4.5)
			}
		}
		for fore, backs := range toldFrom() {
			for back := range strings.FieldsSeq(backs) {
				hold(fore, back, 3)
			}
		}
		for _, p := range statedPairs(rules) {
			hold(p[0], p[1], 4.5)
		}
	}
}

// statedPairs are those of rules that set letters and ground, and of letters on the tiles of a figure.
func statedPairs(rules []rule) [][2]string {
	var pairs [][2]string
	tiles := map[string]string{}
	for _, r := range rules {
		tiles[r.selector] = r.sets["fill"]
		fore, back := r.sets["color"], r.sets["background"]+r.sets["background-color"]
		if isHue(fore) && isHue(back) {
			pairs = append(pairs, [2]string{fore, back})
		}
	}
	for _, r := range rules {
		for _, m := range ofTile.FindAllStringSubmatch(r.selector, -1) {
			pairs = append(pairs, [2]string{r.sets["fill"], tiles["."+m[1]]})
		}
	}
	return pairs
}

// TestPairsAreListed: whoever writes with a token that no pair knows is told so.
func TestPairsAreListed(t *testing.T) {
	rules, pairs := rulesIn(stylesheet(t), ""), writtenOn()
	if n := len(statedPairs(rules)); n < 30 {
		t.Errorf("only %d pairs were found in rules", n)
	}
	for _, r := range rules {
		if m := cssToken.FindStringSubmatch(r.sets["color"]); m != nil && pairs[m[1]] == "" {
			t.Errorf("%s writes with %s, of which no test knows on what", r.selector, m[1])
		}
		if strings.Contains(r.selector, "text") && r.sets["opacity"] != "" {
			t.Errorf("%s makes letters paler", r.selector)
		}
	}
}

func isHue(value string) bool {
	return strings.HasPrefix(value, "#") || strings.HasPrefix(value, "var(--") && !strings.Contains(value, " ")
}

// colour is red, green and blue, from 0 to 1.
type colour [3]float64

// hue reads a colour or the token of one.
func hue(t *testing.T, tokens map[string]string, text string) colour {
	t.Helper()
	if m := cssToken.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if strings.HasPrefix(text, "--") {
		text = tokens[text]
	}
	digits := strings.TrimPrefix(text, "#")
	if len(digits) == 3 {
		digits = fmt.Sprintf("%[1]c%[1]c%[2]c%[2]c%[3]c%[3]c", digits[0], digits[1], digits[2])
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		t.Fatalf("%q is no colour", text)
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b colour) float64 {
	bright, dim := max(a.luminance(), b.luminance()), min(a.luminance(), b.luminance())
	return (bright + 0.05) / (dim + 0.05)
}

func (c colour) luminance() float64 {
	var parts [3]float64
	for i := range parts {
		if c[i] <= 0.04045 {
			parts[i] = c[i] / 12.92
		} else {
			parts[i] = math.Pow((c[i]+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*parts[0] + 0.7152*parts[1] + 0.0722*parts[2]
}
