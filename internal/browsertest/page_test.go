package browsertest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

var chromium Chromium

func TestMain(m *testing.M) { chromium.Main(m) }

const house = `<!doctype html><html lang="zh-Hans-CN"><head><meta name="viewport" content="width=device-width"><title>房子</title></head><body><main><h1>房子</h1>
<form><label for="n">人数</label> <input id="n" name="n" value="7"> <button>送出</button></form>
<p id="told"></p><div style="height:3000px"></div><button id="far" type="button">远处</button></main>
<script>document.querySelector('#far').addEventListener('click', e => { e.target.dataset.hit = 1 })</script></body></html>`

func serve(t *testing.T) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.Replace(house, `id="told">`, `id="told">`+r.URL.Query().Get("n"), 1))
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// TestPage: what a test does with a page happens on the page, and taps are counted.
func TestPage(t *testing.T) {
	site := serve(t)
	p := chromium.Page(t)
	p.Phone()
	p.Open(site)
	if width := Eval[int](p, `innerWidth`); width != 390 {
		t.Errorf("a phone is %d wide", width)
	}
	p.Tap("#far")
	p.Wait("#far[data-hit]")
	p.Fill("#n", "186")
	p.Tap("form button")
	p.Wait("#told:not(:empty)")
	if p.Text("#told") != "186" || p.Path() != "/?n=186" || p.Taps() != 2 {
		t.Errorf("%q at %s after %d taps", p.Text("#told"), p.Path(), p.Taps())
	}
	if paper := p.PDF(); !bytes.HasPrefix(paper, []byte("%PDF-")) {
		t.Errorf("printed %q", paper[:min(20, len(paper))])
	}
	other := p.Tab()
	p.Do(`localStorage.setItem('mine', 1)`)
	other.Open(site)
	stranger := chromium.Page(t)
	stranger.Open(site)
	if Eval[bool](stranger, `!!localStorage.getItem('mine')`) || !Eval[bool](other, `!!localStorage.getItem('mine')`) {
		t.Error("a tab shares with its own and with nobody else")
	}
}

// TestAxeFinds: what finds nothing elsewhere must be able to find something, in each theme.
func TestAxeFinds(t *testing.T) {
	p := chromium.Page(t)
	p.Open(serve(t))
	if found := p.Axe(); len(found) != 0 {
		t.Errorf("found in a good house: %q", found)
	}
	p.Do(`document.querySelector('#told').insertAdjacentHTML('beforeend', '<img src="x.png"><span style="color:#eee;background:#fff">淡得看不清</span>')`)
	found := strings.Join(p.Axe(), "\n")
	if !strings.Contains(found, "image-alt") || !strings.Contains(found, "color-contrast") {
		t.Errorf("a picture without words and pale text were planted; found %q", found)
	}
	if found = strings.Join(p.AxeColours(), "\n"); strings.Contains(found, "image-alt") || !strings.Contains(found, "color-contrast") {
		t.Errorf("of these, those that look at colours found %q", found)
	}
	if p.Dark(true); !Eval[bool](p, `matchMedia('(prefers-color-scheme: dark)').matches`) {
		t.Error("not dark")
	}
}

// TestNetwork: offline nothing comes through, slow takes its time, and what was asked for is counted.
func TestNetwork(t *testing.T) {
	site := serve(t)
	p := chromium.Page(t)
	p.Open(strings.Replace(site, "127.0.0.1", Plain, 1))
	if Eval[bool](p, `isSecureContext`) {
		t.Error("the plain name is trusted")
	}
	p.Requests()
	p.Forget()
	p.Offline(true)
	if Eval[bool](p, `fetch('/a').then(() => true, () => navigator.onLine)`) {
		t.Error("something came through")
	}
	p.Offline(false)
	p.Slow()
	if ms := Eval[float64](p, `(async () => { const t = performance.now(); await fetch('/b'); return performance.now() - t })()`); ms < slowLatency {
		t.Errorf("slow took %.0f ms", ms)
	}
	weight := map[string]int{}
	p.Until("the weight of what came", func() bool {
		for _, r := range p.Requests() {
			weight[r.URL[strings.LastIndex(r.URL, "/"):]] = r.Bytes
		}
		return weight["/b"] > 0
	})
	if lost, asked := weight["/a"]; weight["/b"] < len(house) || lost != 0 || !asked {
		t.Errorf("weights %v", weight)
	}
}
