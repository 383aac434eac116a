package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/evaluation"
	"fugong/internal/store/storetest"
)

// The small district of these tests. Names and codes hold what a page must not take for its own.
const (
	sectionsCSV = `
		项目编号,项目名称,标段编号,标段名称,街道,社区,施工单位,项目负责人,状态,未复工原因
		XY,学苑示范项目,XY-01,一标段,学苑街道,五一社区,云帆示例建设,李示例,未复工,住宿不达标
		XY,学苑示范项目,XY-02,二标段,南安桥街道,北濠社区,云帆示例建设,李示例,施工中,
		QT,奇特<b>项目</b>,Q/1?A#2%41,<script>alert(1)</script>,南安桥街道,,,,,`
	rosterCSV = `
		标段编号,姓名,证件号码,进场时间,班组,房间号
		XY-01,甲,320699199003070013,2022-04-20 08:00,钢筋班,A-101
		XY-01,乙,320699198511120027,2022-04-20 08:00,木工班,A-101
		XY-01,丙,320699198810010055,2022-04-20 08:00,木工班,A-102`
	resultsCSV = `
		证件号码,采样时间,检测结果,报告时间
		320699199003070013,2022-05-05 09:00,阴性,2022-05-05 18:00
		320699198511120027,2022-05-04 08:00:00,阴性,2022-05-04 18:00
		320699198810010055,2022-05-04 07:00,阴性,2022-05-04 18:00`
	oddCode = "Q/1?A#2%41"
)

// stage is an office whose district user looks at the pages, with a log that the test reads.
type stage struct {
	*browser
	log   *bytes.Buffer
	ready func(*http.Request) error
}

// newStage makes the pages of an installation at 2022-05-06 08:00 that has users, and nothing else.
func newStage(t *testing.T) *stage {
	t.Helper()
	w := &stage{log: &bytes.Buffer{}, ready: func(*http.Request) error { return nil }}
	o := newOffice(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(w.log, nil))
		o.Ready = func(r *http.Request) error { return w.ready(r) }
	})
	o.everyone()
	w.browser = o.enter(string(account.District))
	return w
}

// newDistrict is an installation with the small district in it, judged.
func newDistrict(t *testing.T) *stage {
	t.Helper()
	w := newStage(t)
	storetest.Import(t, w.store, "sections", sectionsCSV)
	storetest.Import(t, w.store, "roster", rosterCSV)
	storetest.Import(t, w.store, "results", resultsCSV)
	w.judge()
	return w
}

func (w *stage) judge() {
	w.Helper()
	if _, err := w.options.Evaluator.All(w.Context(), evaluation.Scheduled); err != nil {
		w.Fatal(err)
	}
}

// page asks for a page that has to come with a status, and parses it.
func (w *stage) page(status int, address string) *goquery.Document {
	w.Helper()
	answer := w.get(address)
	if answer.Code != status || !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		w.Fatalf("%s: %d %s\n%s", address, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	return parse(w, answer.Body.String())
}

func parse(tb testing.TB, html string) *goquery.Document {
	tb.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// words is the text of a selection with single spaces.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// texts are the words of each element that a selector finds.
func texts(doc *goquery.Document, selector string) []string {
	return doc.Find(selector).Map(func(_ int, s *goquery.Selection) string { return words(s) })
}
