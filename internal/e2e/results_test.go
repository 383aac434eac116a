package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/app"
	"fugong/internal/intake"
)

// What the results of a morning may cost whoever brings them.
const (
	broughtResults = 500
	mostClicks     = 6
	mostServerTime = 5 * time.Second
)

// TestFiveHundredResults: a manager of several sections brings the morning's workbook of test results: six clicks from the first
// page, of which the choice of the file is two, and the program works on it for no more than five seconds.
func TestFiveHundredResults(t *testing.T) {
	page := chromium.Page(t) // which skips without a browser
	if live.once.Do(live.start); live.err != nil {
		t.Fatal(live.err)
	}
	file := resultsWorkbook(t)
	if err := live.app.AddUser(t.Context(), app.UserQuery{Name: "bringer", Role: "manager", Sections: everySectionCode(t)}, password); err != nil {
		t.Fatal(err)
	}
	var worked atomic.Int64
	p := &phone{Page: page, name: "bringer", base: timedRoad(t, &worked)}
	p.Size(1440, 900)
	p.signIn()
	clicks := 0
	click := func(selector, then string) { t.Helper(); clicks++; p.Click(selector); p.Wait(then) }
	click(`a[href="/imports"]`, ".imp__kinds")
	click(`a[href="/imports?kind=results"]`, "#f-file")
	p.Upload("#f-file", file)
	clicks += 2 // in the browser's dialog: the file, and open
	worked.Store(0)
	click("main form .btn--p", ".imp__go form")
	if said := p.Text(".imp__go .btn--p"); !strings.Contains(said, fmt.Sprint(broughtResults)) {
		t.Errorf("the preview offers %q", said)
	}
	click(".imp__go .btn--p", `.imp__go a[href="/imports?kind=results"]`)
	took := time.Duration(worked.Load())
	t.Logf("%d results: %d clicks, %s of the program", broughtResults, clicks, took.Round(time.Millisecond))
	if clicks > mostClicks || took > mostServerTime {
		t.Errorf("%d clicks, want at most %d; %s, want at most %s", clicks, mostClicks, took, mostServerTime)
	}
	p.Accessible("results")
	if kept := exported(t, "results", "TJ-0001"); len(kept) != broughtResults {
		t.Errorf("%d results are kept", len(kept))
	}
}

// timedRoad leads to the program and adds up how long it works.
func timedRoad(t *testing.T, worked *atomic.Int64) string {
	t.Helper()
	target, err := url.Parse(live.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	road := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		proxy.ServeHTTP(w, r)
		worked.Add(int64(time.Since(begun)))
	}))
	t.Cleanup(road.Close)
	return road.URL
}

// resultsWorkbook writes results of the people on the rosters, in tubes of ten, as a laboratory does.
func resultsWorkbook(t *testing.T) string {
	t.Helper()
	header := strings.Fields("证件号码 姓名 采样时间 检测结果 报告时间 采样管编号 混采人数")
	people := exported(t, "roster", "")
	var rows [][]string
	for n := range broughtResults {
		one, evening := people[n%len(people)], n/len(people)
		at := fmt.Sprintf("2022-05-%02d 19:%02d:00", 5-evening, n/10%60)
		rows = append(rows, []string{one[2], one[1], at, "阴性", fmt.Sprintf("2022-05-%02d 23:30:00", 5-evening), fmt.Sprintf("TJ-0001-%03d", n/10), "10"})
	}
	var content bytes.Buffer
	if err := intake.WriteXLSX(&content, header, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "核酸结果.xlsx")
	if err := os.WriteFile(name, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// exported are the rows of a register in which a text stands.
func exported(t *testing.T, kind, text string) [][]string {
	t.Helper()
	name := filepath.Join(t.TempDir(), kind+".csv")
	if _, err := live.app.Export(t.Context(), kind, name, nil); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(readCSV(t, name), func(row []string) bool { return !strings.Contains(strings.Join(row, "|"), text) })
}

func everySectionCode(t *testing.T) []string {
	t.Helper()
	var codes []string
	for _, row := range exported(t, "sections", "") {
		codes = append(codes, row[2])
	}
	return codes
}
