package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/district"
	"fugong/internal/evaluation"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// BenchmarkDesk asks a server with 500 and with 5,000 judged sections of a made-up district for the list, filtered, sorted and paged,
// and for a section that fails, in turn with an empty page of the same server to the same user: what signing in, routing and drawing
// the frame cost. It reports the median and the 95th percentile of each in microseconds, and how many times that of the empty page it is.
func BenchmarkDesk(b *testing.B) {
	for _, sections := range []int{500, 5000} {
		b.Run(fmt.Sprint(sections), func(b *testing.B) { benchmarkDesk(b, sections) })
	}
}

func benchmarkDesk(b *testing.B, sections int) {
	w := newOffice(b)
	w.everyone()
	first := w.fillDistrict(sections)
	empty := Route{http.MethodGet, "/empty", Policy{Roles: account.Roles(), Scope: ScopeNone}, func(s *server, c echo.Context) error {
		return s.render(c, http.StatusOK, "runs", runsPage{Frame: s.frame("runs")})
	}}
	w.rebuild(append(Routes(), empty))
	site := httptest.NewServer(w.handler)
	b.Cleanup(site.Close)
	session := w.enter(string(account.Inspector))
	pages := []string{"/empty", "/sections?flagged=1", "/sections?flagged=1&page=5", "/sections?level=serious&sort=heads&street=" + url.QueryEscape(first.Street),
		"/sections?q=-1&sort=-code", "/sections/" + first.Code + "?in=flagged%3D1&at=1"}
	took := make([][]time.Duration, len(pages))
	ask := func(page string) time.Duration {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, site.URL+page, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: sessionName, Value: session.cookies[sessionName]})
		began := time.Now()
		answer, err := site.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		defer answer.Body.Close()
		if n, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK || n == 0 {
			b.Fatalf("%s: %d, %d bytes, %v", page, answer.StatusCode, n, err)
		}
		return time.Since(began)
	}
	for _, page := range pages {
		ask(page)
	}
	for b.Loop() {
		for i, page := range pages {
			took[i] = append(took[i], ask(page))
		}
	}
	names := []string{"empty", "list", "page5", "filter", "search", "section"}
	for i, name := range names {
		b.ReportMetric(float64(percentile(50, took[i]).Microseconds()), name+"-p50-µs")
		b.ReportMetric(float64(percentile(95, took[i]).Microseconds()), name+"-p95-µs")
		b.ReportMetric(float64(percentile(95, took[i]))/float64(percentile(95, took[0])), name+"-×empty")
	}
}

func percentile(n int, all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)*n/100]
}

// fillDistrict makes and judges a district, and gives the first section that an inspector would look at.
func (o *office) fillDistrict(n int) store.Standing {
	o.Helper()
	for table := range district.Tables(district.Spec{Sections: n, Workers: 12, Days: 2, Seed: 2022, Now: o.now(), Loc: storetest.Shanghai()}) {
		for part := range slices.Chunk(slices.Collect(table.Rows), 19_000) {
			var content bytes.Buffer
			if err := csv.NewWriter(&content).WriteAll(append([][]string{table.Header}, part...)); err != nil {
				o.Fatal(err)
			}
			storetest.Take(o, o.store, o.now(), table.Kind, content.String())
		}
	}
	if _, err := o.options.Evaluator.All(o.Context(), evaluation.Scheduled); err != nil {
		o.Fatal(err)
	}
	worst, err := o.store.Desk(o.Context(), account.Everywhere(), store.DeskFilter{}, 0, 1) // the most urgent first
	if err != nil || len(worst) == 0 {
		o.Fatal(worst, err)
	}
	return worst[0]
}

// fillDesk makes and judges sections of 16 streets; the first has people, rooms and tests, the others have none.
func (o *office) fillDesk(n int) {
	o.Helper()
	var sections strings.Builder
	sections.WriteString("项目编号,项目名称,标段编号,标段名称,街道,施工单位,状态,未复工原因\n")
	for i := range n {
		street := "学苑街道"
		if i%16 > 0 {
			street = fmt.Sprintf("街道%d", i%16)
		}
		fmt.Fprintf(&sections, "P%04d,示范项目%d,S-%04d,%d标段,%s,江畔建工,%s\n", i/3, i/3, i+1, i%3+1, street, []string{"未复工,资金", "施工中,", "未复工,"}[i%3])
	}
	storetest.Import(o, o.store, "sections", sections.String())
	people := "标段编号,姓名,证件号码,进场时间,班组,房间号\n"
	results := "证件号码,采样时间,检测结果,报告时间\n"
	for i := range 100 {
		number := identity(i)
		people += fmt.Sprintf("S-0001,工人%d,%s,2022-04-20 08:00,钢筋班,A-%d\n", i, number, i/6)
		results += fmt.Sprintf("%s,2022-05-0%d 09:00,阴性,2022-05-05 18:00\n", number, 4+i%2)
	}
	storetest.Import(o, o.store, "roster", people)
	storetest.Import(o, o.store, "results", results)
	if _, err := o.options.Evaluator.All(o.Context(), evaluation.Scheduled); err != nil {
		o.Fatal(err)
	}
}

// identity makes an ID number that passes its check, of an area that is not assigned.
func identity(i int) string {
	number := fmt.Sprintf("3206991990%02d%02d%03d", i%12+1, i%28+1, i)
	sum := 0
	for k, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(number[k]-'0') * weight
	}
	return number + string("10X98765432"[sum%11])
}
