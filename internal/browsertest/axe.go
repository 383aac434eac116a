package browsertest

import (
	_ "embed"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 (MPL-2.0, its licence is beside it) looks for what keeps people out. It goes into tests only, never into the
// program.
//
//go:embed axe/axe.min.js
var axeSource string

const axeRun = `axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
	.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ': ' + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message)))`

// Axe lists what of WCAG 2.2 AA and good practice the page violates, as it is shown now.
func (p *Page) Axe() []string {
	p.Helper()
	if !Eval[bool](p, `!!window.axe`) {
		_, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](axeSource))
		p.must("load axe", err)
	}
	return Eval[[]string](p, axeRun)
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
