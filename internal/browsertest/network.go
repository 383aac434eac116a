package browsertest

import (
	"slices"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A bad mobile network and a cheap phone, as the budgets have them.
const (
	slowBytes   = 400_000 / 8 // a second
	slowLatency = 400         // ms
	slowCPU     = 4
)

// Offline cuts the page and its worker off from the network, or connects them again.
func (p *Page) Offline(off bool) {
	p.Helper()
	p.off = off
	p.network()
}

// Slow gives the page 400 kbit/s, 400 ms and a quarter of the processor, from now on.
func (p *Page) Slow() {
	p.Helper()
	p.slow = true
	p.network()
	_, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowCPU})
	p.must("slow down", err)
}

func (p *Page) network() {
	p.Helper()
	rules := []*network.Conditions{}
	switch {
	case p.off:
		rules = append(rules, &network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	case p.slow:
		rules = append(rules, &network.Conditions{Latency: slowLatency, DownloadThroughput: slowBytes, UploadThroughput: slowBytes})
	}
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule,
		network.EmulateNetworkConditionsByRuleParams{EmulateOfflineServiceWorker: &p.off, MatchedNetworkConditions: rules})
	p.must("change network", err)
	_, err = chromedp.Call(p.ctx, network.OverrideNetworkState,
		network.OverrideNetworkStateParams{Offline: p.off, DownloadThroughput: -1, UploadThroughput: -1})
	p.must("change network state", err)
}

// EmptyCache makes the next visit a first one: nothing comes from the cache or from a worker.
func (p *Page) EmptyCache() {
	p.Helper()
	_, err := chromedp.Call(p.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	p.must("empty the cache", err)
	_, err = chromedp.Call(p.ctx, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true})
	p.must("go past the worker", err)
}

// Request is one that the page made, with what its answer weighed on the way, headers included.
type Request struct {
	Method, URL string
	Bytes       int
}

// Requests gives those of the page since the last Forget.
func (p *Page) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Forget begins to count requests anew.
func (p *Page) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests, p.sent = nil, map[network.RequestID]int{}
}

func (p *Page) count(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.sent[e.RequestID] = len(p.requests)
		p.requests = append(p.requests, Request{Method: e.Request.Method, URL: e.Request.URL})
	case *network.EventLoadingFinished:
		if i, known := p.sent[e.RequestID]; known {
			p.requests[i].Bytes = int(e.EncodedDataLength)
		}
	}
}
