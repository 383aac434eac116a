package browsertest

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 (MPL-2.0, its licence is beside it) looks for what keeps people out. It goes into tests only, never into the
// program.
//
//go:embed axe/axe.min.js
var axeSource string

const axeRun = `axe.run(document, {runOnly: ONLY})
	.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ': ' + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message)))`

const axeTags = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`

// Axe lists what of WCAG 2.2 AA and good practice the page violates, as it is shown now.
func (p *Page) Axe() []string { p.Helper(); return p.axe(axeTags) }

// AxeColours is Axe by those rules alone that look at colours. Where nothing but these changed since Axe it finds what Axe would.
func (p *Page) AxeColours() []string {
	p.Helper()
	rules, err := json.Marshal(ColourRules())
	p.must("name the rules", err)
	return p.axe(`{type: 'rule', values: ` + string(rules) + `}`)
}

// ColourRules are the rules of axe that look at colours.
func ColourRules() []string { return []string{"color-contrast", "link-in-text-block"} }

func (p *Page) axe(only string) []string {
	p.Helper()
	if !Eval[bool](p, `!!window.axe`) {
		_, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](axeSource))
		p.must("load axe", err)
	}
	return Eval[[]string](p, strings.Replace(axeRun, "ONLY", only, 1))
}

// Accessible fails for each violation that Axe finds, in light and in dark.
func (p *Page) Accessible(where string) {
	p.Helper()
	for _, dark := range []bool{true, false} {
		p.Dark(dark)
		for _, v := range p.Axe() {
			p.Errorf("%s (dark: %t): %s", where, dark, v)
		}
	}
}
