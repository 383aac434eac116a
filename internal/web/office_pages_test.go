package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/store/storetest"
)

// stateCSV says of a section that it is in a state, and since when it stands still.
func stateCSV(state, stopped, reason string) string {
	return "项目编号,项目名称,标段编号,标段名称,街道,状态,停工日期,未复工原因,责任单位\nXY,学苑示范项目,XY-01,一标段,学苑街道," + state + "," + stopped + "," + reason + ",区水利局"
}

// TestOverview: the figures add up, leaders read no section's name, and what changed today is told.
func TestOverview(t *testing.T) {
	w := newStage(t)
	storetest.ImportAt(t, w.store, storetest.At("2022-04-29 08:00"), "sections", sectionsCSV)
	storetest.ImportAt(t, w.store, storetest.At("2022-05-02 08:00"), "sections", stateCSV("未复工", "2022-04-26", "材料运输受阻；人员未到"))
	w.options.Goal = Goal{calendar.Day(2022, 5, 15), 90}
	w.rebuild(Routes())
	w.judge()
	doc := w.page(http.StatusOK, "/totals")
	kpis := texts(doc, ".kpi")
	for i, want := range map[int]string{1: "在管标段32 个街道", 2: "已复工133.3%，较上周 +0.0", 3: "未复工2原因未填 1", 5: "今日未报317:00 截止"} {
		if !strings.HasPrefix(kpis[i], want) {
			t.Errorf("figure %d is %q, want %q", i, kpis[i], want)
		}
	}
	charts := doc.Find("svg.chart").Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("aria-label", "") })
	for _, want := range []string{"各街道复工率，从低到高：学苑 0%，南安桥 50.0%；全区 33.3%", "复工率：4/29 为 33.3%，5/6 为 33.3%", "未复工原因：人员未到 1，材料运输受阻 1，原因未填 1"} {
		if !slices.Contains(charts, want) {
			t.Errorf("the charts say %q, want %q", charts, want)
		}
	}
	if row := words(doc.Find(".board-rest tbody tr").First()); !strings.HasPrefix(row, "学苑示范项目 一标段学苑街道未复工10") || !strings.Contains(row, "区水利局") {
		t.Errorf("the longest at rest: %q", row)
	}
	if got := words(doc.Find("#d6").Parent().Parent()); !strings.Contains(got, "没有变化") {
		t.Errorf("changes: %q", got)
	}
	w.pass(1)
	storetest.ImportAt(t, w.store, w.now(), "sections", stateCSV("施工中", "", ""))
	if got := words(w.page(http.StatusOK, "/totals").Find(".feed")); got != "新增复工 1 个 学苑示范项目 一标段" {
		t.Errorf("changes: %q", got)
	}
	leader := w.enter(string(account.Leader))
	page := leader.get("/totals").Body.String()
	for _, name := range []string{"学苑示范项目", "一标段", "XY-01", "/sections/"} {
		if strings.Contains(page, name) {
			t.Errorf("the leader reads %q", name)
		}
	}
	if !strings.Contains(page, "新增复工 1 个") {
		t.Error("the leader does not read what changed")
	}
}

// TestOverviewOfNothing: an empty district has no rates, not rates of zero.
func TestOverviewOfNothing(t *testing.T) {
	doc := newStage(t).page(http.StatusOK, "/totals")
	if n := doc.Find(".chart-none").Length(); n != 4 || doc.Find("svg.chart").Length() != 0 {
		t.Errorf("%d of 4 figures say that there is nothing", n)
	}
}

// TestPapersDue: what is expired, about to expire or missing is told apart, and the file holds what the page shows.
func TestPapersDue(t *testing.T) {
	w := newDistrict(t)
	storetest.Import(t, w.store, "documents", "标段编号,类型,签发日期,到期日期\nXY-01,承诺书,2022-03-01,2022-05-05\nXY-01,健康证,2022-03-01,2022-05-13\nXY-02,应急预案,2022-03-01,")
	w.judge()
	for address, want := range map[string]int{"/documents": 3, "/documents?expiry=expired": 1, "/documents?expiry=week": 1, "/documents?expiry=unlimited": 1, "/documents?q=xy-02": 1,
		"/documents?expiry=valid": 0, "/documents?offset=nonsense": 3} {
		if n := w.page(http.StatusOK, address).Find("tbody tr").Length(); n != want {
			t.Errorf("%s lists %d papers, want %d", address, n, want)
		}
	}
	missing := texts(w.page(http.StatusOK, "/documents?expiry=missing&q=XY-01"), "tbody tr")
	if all := strings.Join(missing, "\n"); !strings.Contains(all, "施工许可缺失") || strings.Contains(all, "承诺书") {
		t.Errorf("missing: %s", all)
	}
	w.papersInOrder()
	file := w.get("/documents.csv?expiry=expired").Body.String()
	if !strings.Contains(file, "XY-01") || !strings.Contains(file, "2022-05-05") || strings.Contains(file, "健康证") {
		t.Errorf("the file: %s", file)
	}
}

// papersInOrder follows the heads of the list: the order stands in the address, and the file of what is shown has it, too.
func (w *stage) papersInOrder() {
	w.Helper()
	want := map[string]string{"类型": "健康证 应急预案 承诺书", "签发日期": "健康证 承诺书 应急预案", "标段": "健康证 承诺书 应急预案"}
	w.page(http.StatusOK, "/documents").Find("th a.sort").Each(func(_ int, head *goquery.Selection) {
		order, listed := want[head.Text()]
		if !listed {
			return
		}
		delete(want, head.Text())
		href, _ := head.Attr("href")
		doc := w.page(http.StatusOK, href)
		if got := strings.Join(texts(doc, `tbody [data-label="类型"]`), " "); got != order || doc.Find(`th[aria-sort="ascending"]`).Text() != head.Text() {
			w.Errorf("%s: %q, want %q", href, got, order)
		}
		back, _ := doc.Find(`th[aria-sort] a`).Attr("href")
		backwards := texts(w.page(http.StatusOK, back), `tbody [data-label="类型"]`)
		slices.Reverse(backwards)
		if strings.Join(backwards, " ") != order {
			w.Errorf("%s is not the other way round: %q", back, backwards)
		}
		csv, _ := doc.Find(`a[href^="/documents.csv"]`).Attr("href")
		var filed []string
		for line := range strings.Lines(w.get(csv).Body.String()) {
			if fields := strings.Split(line, ","); strings.HasPrefix(fields[0], "XY-") {
				filed = append(filed, fields[3])
			}
		}
		if got := strings.Join(filed, " "); got != order {
			w.Errorf("%s: %q, want %q", csv, got, order)
		}
	})
	if len(want) != 0 {
		w.Errorf("no heads to sort by: %v", want)
	}
	forth, back := texts(w.page(http.StatusOK, "/documents?expiry=missing&sort=type"), "tbody tr"), texts(w.page(http.StatusOK, "/documents?expiry=missing&sort=-type"), "tbody tr")
	if slices.Equal(forth, back) || len(forth) == 0 {
		w.Error("what is missing has no order")
	}
}

// TestTrailIsRead: the district reads all acts and filters them, others read their own whatever they ask for.
func TestTrailIsRead(t *testing.T) {
	w := newDistrict(t)
	manager := w.enter(string(account.Manager))
	all := texts(w.page(http.StatusOK, "/audit"), "tbody tr")
	if len(all) < 5 {
		t.Fatalf("the trail: %v", all)
	}
	if got := texts(w.page(http.StatusOK, "/audit?action=import&object=register&id=roster&day=2022-05-06"), "tbody tr"); len(got) != 1 || !strings.Contains(got[0], "导入台账 花名册") {
		t.Errorf("filtered: %v", got)
	}
	if got := texts(w.page(http.StatusOK, "/audit?day=2022-05-05"), "tbody tr"); len(got) != 0 {
		t.Errorf("of another day: %v", got)
	}
	own := texts(parse(t, manager.get("/audit?actor=district").Body.String()), "tbody tr")
	for _, row := range own {
		if !strings.Contains(row, "manager") {
			t.Errorf("the manager reads %q", row)
		}
	}
	if len(own) == 0 {
		t.Error("the manager does not read his own acts")
	}
}

// TestRulesAreShown: a policy with its numbers and why, as its file has them, and the file itself.
func TestRulesAreShown(t *testing.T) {
	w := newDistrict(t)
	if got := texts(w.page(http.StatusOK, "/policies"), "tbody tr"); len(got) != 2 || !strings.Contains(got[0], "epidemic-20221现行") {
		t.Errorf("policies: %v", got)
	}
	page := words(w.page(http.StatusOK, "/policies/epidemic-2022/1").Find("main"))
	if !strings.Contains(page, "核酸有效期nat_valid_h48 小时") || !strings.Contains(page, "nat.latest_negative") {
		t.Errorf("policy: %.400s", page)
	}
	source := w.get("/policies/epidemic-2022/1/source")
	if source.Code != http.StatusOK || !strings.Contains(source.Body.String(), "name: epidemic-2022") || !strings.Contains(source.Header().Get("Content-Disposition"), "epidemic-2022-1.yaml") {
		t.Errorf("source: %d %v", source.Code, source.Header())
	}
	if got := w.get("/policies/epidemic-2022/2"); got.Code != http.StatusNotFound {
		t.Errorf("a version that is not there: %d", got.Code)
	}
	storetest.Import(t, w.store, "zones", "范围类型,范围,级别,开始时间,结束时间,文号\n街道,南安桥街道,管控区,2022-05-01 08:00,,1号\n街道,学苑街道,封控区,2022-05-07 08:00,,2号\n街道,学苑街道,防范区,2022-05-01 08:00,2022-05-02 08:00,3号")
	zones := texts(w.page(http.StatusOK, "/zones"), "section.card")
	for i, want := range []string{"1号2", "2号1", "3号1"} {
		if !strings.Contains(zones[i], want) {
			t.Errorf("zones %d: %q", i, zones[i])
		}
	}
	for address, want := range map[string]int{"/register": 3, "/register?state=resting": 2, "/register?street=学苑街道": 1, "/register?q=nosuch": 0} {
		if n := w.page(http.StatusOK, address).Find("tbody tr").Length(); n != want {
			t.Errorf("%s lists %d sections, want %d", address, n, want)
		}
	}
}
