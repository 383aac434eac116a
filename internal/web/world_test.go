package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/templates"
)

// The small district of these tests. Names and codes hold what a page must not take for its own.
const (
	sectionsCSV = `
		项目编号,项目名称,标段编号,标段名称,街道,社区,施工单位,项目负责人,状态,未复工原因
		XY,学苑示范项目,XY-01,一标段,学田街道,五一社区,云帆示例建设,李示例,未复工,住宿不达标
		XY,学苑示范项目,XY-02,二标段,和平桥街道,北濠社区,云帆示例建设,李示例,施工中,
		QT,奇特<b>项目</b>,Q/1?A#2%41,<script>alert(1)</script>,和平桥街道,,,,,`
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

// world is the pages on a database of their own, at a time that the test holds.
type world struct {
	*testing.T
	options Options
	now     calendar.Instant
	handler http.Handler
	log     *bytes.Buffer
	ready   func(*http.Request) error
}

// newWorld makes the pages of an empty installation at 2022-05-06 08:00.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: storetest.At("2022-05-06 08:00"), log: &bytes.Buffer{}, ready: func(*http.Request) error { return nil }}
	s := storetest.Open(t, filepath.Join(t.TempDir(), "fugong.db"), storetest.Keys(t))
	now := func() calendar.Instant { return w.now }
	log := slog.New(slog.NewTextHandler(w.log, nil))
	judge := &evaluation.Evaluator{Ledger: s, Loc: storetest.Shanghai(), Now: now, Log: log}
	paper, err := sheet.NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	w.options = Options{
		Store: s, Evaluator: judge, Printer: &printing.Printer{Store: s, Evaluator: judge, Paper: paper, Loc: storetest.Shanghai(), Now: now},
		Templates: templates.Files, Loc: storetest.Shanghai(), Now: now, Log: log, Ready: func(r *http.Request) error { return w.ready(r) },
	}
	w.rebuild()
	return w
}

// newDistrict is an installation with the small district in it, judged.
func newDistrict(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	storetest.Import(t, w.options.Store, "sections", sectionsCSV)
	storetest.Import(t, w.options.Store, "roster", rosterCSV)
	storetest.Import(t, w.options.Store, "results", resultsCSV)
	w.judge()
	return w
}

// rebuild makes the handler anew after a change of the options.
func (w *world) rebuild() {
	w.Helper()
	var err error
	if w.handler, err = New(w.options); err != nil {
		w.Fatal(err)
	}
}

func (w *world) judge() {
	w.Helper()
	if _, err := w.options.Evaluator.All(w.Context(), evaluation.Scheduled); err != nil {
		w.Fatal(err)
	}
}

func (w *world) store() *store.Store { return w.options.Store }

// request asks as a browser on this machine does.
func (w *world) request(method, address string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, address, nil)
	r.Host = "127.0.0.1:8080"
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

func (w *world) get(address string) *httptest.ResponseRecorder {
	w.Helper()
	return w.request(http.MethodGet, address)
}

// page asks for a page that has to come with a status, and parses it.
func (w *world) page(status int, address string) *goquery.Document {
	w.Helper()
	answer := w.get(address)
	if answer.Code != status || !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		w.Fatalf("%s: %d %s\n%s", address, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	return parse(w.T, answer.Body.String())
}

func parse(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// words is the text of a selection with single spaces.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// texts are the words of each element that a selector finds.
func texts(doc *goquery.Document, selector string) []string {
	return doc.Find(selector).Map(func(_ int, s *goquery.Selection) string { return words(s) })
}
