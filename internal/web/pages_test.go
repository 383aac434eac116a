package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/locale"
	"fugong/internal/schedule"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestHomeLeadsToWhatNeedsAPerson, and who that is depends on the role.
func TestHomeLeadsToWhatNeedsAPerson(t *testing.T) {
	w := newStage(t)
	for role, to := range map[account.Role]string{account.Inspector: "/sections?flagged=1", account.District: "/sections",
		account.Admin: "/users", account.Health: "/sections?positive=1", account.Leader: "/totals"} {
		b := w.enter(string(role))
		wantRedirect(t, b.get("/"), to)
		wantStatus(t, b.get(to), http.StatusOK)
	}
	wantStatus(t, w.enter(string(account.Manager)).get("/"), http.StatusOK)
}

func TestSectionsOfAnEmptyInstallation(t *testing.T) {
	doc := newStage(t).page(http.StatusOK, "/sections")
	if doc.Find("tbody tr").Length() != 0 || !strings.Contains(doc.Find("main").Text(), "fugong import sections") || doc.Find(".acts a").Length() != 0 {
		t.Errorf("the page says %q", words(doc.Find("main")))
	}
}

// TestUnknownFilters narrow nothing, and the list says so instead of showing the bare value as a choice.
func TestUnknownFilters(t *testing.T) {
	w := newDistrict(t)
	for _, name := range []string{"verdict", "level", "criterion"} {
		doc := w.page(http.StatusOK, "/sections?"+name+"=bogus")
		if rows, chips := doc.Find("#rows tbody tr").Length(), doc.Find(".chip--f").Length(); rows != 3 || chips != 0 {
			t.Errorf("%s: %d rows, %d choices", name, rows, chips)
		}
		if got := words(doc.Find(".desk-unknown")); got != "没有“bogus”这个筛选条件，列表没有按它筛选。" {
			t.Errorf("%s: the page says %q", name, got)
		}
		if href, _ := doc.Find(`.acts a[href^="/sections.xlsx"]`).Attr("href"); strings.Contains(href, "bogus") {
			t.Errorf("%s: it lives on in %q", name, href)
		}
	}
	for _, known := range []string{"verdict=none", "verdict=unmet", "level=serious", "criterion=" + string(criteria.All()[0].Code)} {
		if doc := w.page(http.StatusOK, "/sections?"+known); doc.Find(".desk-unknown").Length() != 0 {
			t.Errorf("%s: the page says %q", known, words(doc.Find(".desk-unknown")))
		}
	}
}

// TestTabs: each role has those that its work needs, its home first, and the lit one is that of the page.
func TestTabs(t *testing.T) {
	w := newDistrict(t)
	for role, want := range map[account.Role]struct {
		tabs string
		lit  map[string]string
	}{
		account.Manager: {"我的标段 数据导入 证照文件", map[string]string{"/": "我的标段", "/sections": "我的标段", "/sections/XY-01": "我的标段", "/sections/XY-01/people": "我的标段",
			"/documents": "证照文件", "/account": "", "/audit": ""}},
		account.Health: {"阳性 全部标段 数据导入", map[string]string{"/": "阳性", "/sections": "全部标段", "/sections/XY-01": "全部标段",
			"/sections/XY-01?in=positive%3D1": "阳性", "/quarantine": "数据导入"}},
		account.Inspector: {"重点核查 全部标段 证照文件 核验 定时判定", map[string]string{"/": "重点核查", "/sections/XY-01?in=flagged%3D1": "重点核查"}},
		account.District:  {"重点核查 全部标段 数据导入 复工总览 台账与规则 核验 定时判定", map[string]string{"/sections?positive=1": "全部标段", "/zones": "台账与规则"}},
		account.Leader:    {"复工总览", map[string]string{"/": "复工总览"}},
		account.Admin:     {"账号 全部标段 台账与规则 定时判定", map[string]string{"/": "账号", "/sections?flagged=1": "全部标段"}},
	} {
		b := w.enter(string(role))
		for address, lit := range want.lit {
			answer := b.get(address)
			if to := answer.Header().Get("Location"); to != "" {
				answer = b.get(to)
			}
			doc := document(t, answer)
			if got := strings.Join(texts(doc, ".tab"), " "); got != want.tabs {
				t.Errorf("%s has the tabs %q, want %q", role, got, want.tabs)
			}
			if got := doc.Find(`.tab[aria-current="page"]`).Text(); got != lit {
				t.Errorf("%s on %s: %q is lit, want %q", role, address, got, lit)
			}
		}
	}
}

// TestSections shows each section with its verdict, its people and where they live, and what is wrong first.
func TestSections(t *testing.T) {
	w := newDistrict(t)
	doc := w.page(http.StatusOK, "/sections")
	if got := doc.Find("title").Text(); !strings.HasPrefix(got, "全部标段") {
		t.Errorf("title %q", got)
	}
	if got := doc.Find(`.tab[aria-current="page"]`).Text(); got != "全部标段" {
		t.Errorf("current tab %q", got)
	}
	rows := doc.Find("tbody tr")
	first := rows.FilterFunction(func(_ int, row *goquery.Selection) bool { return strings.Contains(row.Text(), "XY-01") })
	if rows.Length() != 3 || first.Length() != 1 {
		t.Fatalf("%d rows, %d of XY-01", rows.Length(), first.Length())
	}
	for selector, want := range map[string]string{".c-lv": "严重", ".c-site .site": "学苑示范项目 一标段", ".c-heads": "在场 / 住场内 3 / 0", ".c-state": "未复工 住宿不达标未签发过核查表"} {
		if got := words(first.Find(selector)); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	if href, _ := first.Find("a.site").Attr("href"); href != "/sections/XY-01" {
		t.Errorf("link %q", href)
	}
	if got := first.Find(".chip"); got.Length() != chipsShown || !got.First().HasClass("chip--bad") || !strings.Contains(words(first), "另 ") {
		t.Errorf("problems %q", words(first.Find(".c-rules")))
	}
	figures := texts(doc, ".kpi")
	if want := []string{"现有工人3住场内 0，场外或不明 3", "在管标段32 个街道", "已复工133.3%", "未复工2原因未填 1", "需核查3严重 1", "今日未报3"}; !slices.Equal(figures, want) {
		t.Errorf("figures %q, want %q", figures, want)
	}
	if !strings.Contains(words(doc.Find(".page-h")), "共 3 个标段 最近判定于 2022-05-06 08:00") {
		t.Errorf("heading %q", words(doc.Find(".page-h")))
	}
}

// TestUnjudged: silence is not a pass, and not a failure either.
func TestUnjudged(t *testing.T) {
	w := newStage(t)
	storetest.Import(t, w.store, "sections", sectionsCSV)
	doc := w.page(http.StatusOK, "/sections")
	if got := texts(doc, ".c-lv"); !slices.Equal(got, []string{"缺数据", "缺数据", "缺数据"}) {
		t.Errorf("levels %q", got)
	}
	if got := texts(doc, ".kpi"); got[4] != "需核查3严重 0" {
		t.Errorf("figures %q", got)
	}
}

// TestFilters live in the address: the form, the list, its figures and the sheets to print all follow it.
func TestFilters(t *testing.T) {
	w := newDistrict(t)
	for _, tt := range []struct {
		query string
		codes []string
	}{
		{"", []string{oddCode, "XY-01", "XY-02"}},
		{"verdict=unmet", []string{oddCode, "XY-01", "XY-02"}},
		{"verdict=met", nil},
		{"street=" + url.QueryEscape("学苑街道"), []string{"XY-01"}},
		{"street=" + url.QueryEscape("无名街道"), nil},
		{"q=xy-0", []string{"XY-01", "XY-02"}},
		{"q=+" + url.QueryEscape("二标段") + "+", []string{"XY-02"}},
		{"q=xy&verdict=unmet&street=" + url.QueryEscape("南安桥街道"), []string{"XY-02"}},
		{"q=%25", []string{oddCode}},
		{"q=_", nil},
	} {
		t.Run(tt.query, func(t *testing.T) {
			w := w.within(t)
			doc := w.page(http.StatusOK, "/sections?"+tt.query)
			codes := texts(doc, ".c-site .sub .nowrap")
			slices.Sort(codes)
			if !slices.Equal(codes, tt.codes) {
				t.Errorf("sections %q, want %q", codes, tt.codes)
			}
			query, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := doc.Find(`input[name="q"]`).Attr("value"); got != strings.TrimSpace(query.Get("q")) {
				t.Errorf("the form asks for %q", got)
			}
			href, printable := doc.Find("#all-pdf").Attr("href")
			if printable != (len(tt.codes) > 0) {
				t.Errorf("sheets at %q for %d sections", href, len(tt.codes))
			}
			if printable {
				w.prints(href, len(tt.codes))
			}
		})
	}
}

// within is the same world for a part of a test.
func (w *stage) within(t *testing.T) *stage {
	o := &office{TB: t, store: w.store, handler: w.handler, options: w.options, hash: w.hash, clock: w.now()}
	return &stage{&browser{o, w.cookies, w.header, w.address, w.site}, w.log, w.ready}
}

// prints asks for a document and counts the entries of its outline.
func (w *stage) prints(address string, sheets int) {
	w.Helper()
	answer := w.get(address)
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "application/pdf" {
		w.Fatalf("%s: %d %s", address, answer.Code, answer.Header().Get("Content-Type"))
	}
	if n := strings.Count(answer.Body.String(), "/Title ") - 1; n != sheets { // the document has a title, too
		w.Errorf("%s: %d sheets, want %d", address, n, sheets)
	}
}

// TestSelectedOptions keep what was chosen.
func TestSelectedOptions(t *testing.T) {
	doc := newDistrict(t).page(http.StatusOK, "/sections?flagged=1&level=serious&street="+url.QueryEscape("学苑街道"))
	if got := texts(doc, "option[selected]"); !slices.Equal(got, []string{"学苑街道", "全部规则", "全部状态", "全部原因"}) {
		t.Errorf("selected %q", got)
	}
	if got := texts(doc, `select[name="street"] option`); !slices.Equal(got, []string{"全部街道", "南安桥街道", "学苑街道"}) {
		t.Errorf("streets %q", got)
	}
	if got := words(doc.Find(`.segm [aria-current]`)); got != "严重 1" {
		t.Errorf("level %q", got)
	}
	if got := doc.Find(`.tab[aria-current="page"]`).Text(); got != "重点核查" {
		t.Errorf("current tab %q", got)
	}
}

// TestSection judges as of now and names to an inspector whom each finding is about, with no more of a number than its end.
func TestSection(t *testing.T) {
	w := newDistrict(t)
	w.browser = w.enter(string(account.Inspector))
	doc := w.page(http.StatusOK, "/sections/XY-01")
	if got := words(doc.Find(".hd")); !strings.Contains(got, "学苑示范项目 一标段") || !strings.Contains(got, "严重") || !strings.Contains(got, "李示例") {
		t.Errorf("heading %q", got)
	}
	finding := doc.Find(".crit").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "nat.latest_negative") })
	if got := words(finding.Find("tbody tr")); got != "丙 尾号 0055 查看号码 木工班49小时0分（2022-05-04 07:00采样）48小时" {
		t.Errorf("subjects %q", got)
	}
	if got := words(finding.Find(".basis")); !strings.Contains(got, "实测 2/3") {
		t.Errorf("basis %q", got)
	}
	if got := words(finding.Find(".calc")); got != "应查人数3−符合2=缺1符合率66.6%" || finding.Find(".calc svg.meter .f-bad").Length() != 1 {
		t.Errorf("arithmetic %q", got)
	}
	if got := words(finding.Find(".sources")); !strings.Contains(got, "检测结果 2022-05-06 08:00 第 3 批 results.csv（test）") || !strings.Contains(got, "花名册 2022-05-06 08:00 第 2 批") {
		t.Errorf("sources %q", got)
	}
	if href, _ := finding.Find(".links a.rows").Attr("href"); href != "/sections/XY-01/people" {
		t.Errorf("the rows are at %q", href)
	}
	if first := doc.Find(".crit").First(); words(first.Find(".st")) != "不符合" {
		t.Errorf("the first finding is %q, want one that fails", words(first))
	}
	if html, _ := doc.Html(); strings.Contains(html, "320699198810010055") {
		t.Error("a whole number is on the page")
	}
	if got := words(doc.Find(".facts")); !strings.Contains(got, "在场人数3其中住场内0") || !strings.Contains(got, "住宿不达标") {
		t.Errorf("facts %q", got)
	}
	if got := words(doc.Find(".verdict")); !strings.Contains(got, "疫情防控复工条件（2022）第 1 版") || !strings.Contains(got, "不符合 3 项，预警 1 项，缺数据 53 项") || !strings.Contains(got, "判定于 2022-05-06 08:00") {
		t.Errorf("verdict %q", got)
	}
	if n := doc.Find(".crit--unknown details[open]").Length(); n != 0 || doc.Find(".crit--unknown details").Length() == 0 {
		t.Errorf("%d findings without data unfold their subjects", n)
	}
	doc.Find(".crit--unknown .calc").Each(func(_ int, calc *goquery.Selection) {
		if words(calc.Find("b").Eq(1)) == "0" {
			t.Errorf("%s: arithmetic of what has no data", words(calc.Parent().Find(".code")))
		}
	})
	if got := words(doc.Find("#keyhelp")); !strings.Contains(got, "本标段核查表 PDF") || strings.Contains(got, "所选标段") {
		t.Errorf("the help says of the keys %q", got)
	}
	if got := words(doc.Find(".flags")); !strings.Contains(got, "丙自 2022-05-06 07:00未消除") {
		t.Errorf("flags %q", got)
	}
	w.clock = storetest.At("2022-05-06 08:01")
	doc = w.page(http.StatusOK, "/sections/XY-01")
	if got := words(doc.Find(".crit")); !strings.Contains(got, "乙 尾号 0027") {
		t.Error("a minute later the page does not name 乙, whose 48 hours are over")
	}
}

// TestSectionKnowsItsPlaceInTheList that it was opened from, and leads to its neighbours there.
func TestSectionKnowsItsPlaceInTheList(t *testing.T) {
	w := newDistrict(t)
	var addresses []string
	list := w.page(http.StatusOK, "/sections?sort=code&flagged=1")
	list.Find("a.site").Each(func(_ int, a *goquery.Selection) { href, _ := a.Attr("href"); addresses = append(addresses, href) })
	for i, address := range addresses {
		doc := w.page(http.StatusOK, address)
		if got := words(doc.Find(".crumb")); !strings.Contains(got, "重点核查名单") || !strings.Contains(got, fmt.Sprintf("第 %d 个，共 3 个", i+1)) {
			t.Errorf("%s: %q", address, got)
		}
		before, _ := doc.Find("#before").Attr("href")
		after, _ := doc.Find("#after").Attr("href")
		if i > 0 && before != addresses[i-1] || i == 0 && before != "" || i+1 < len(addresses) && after != addresses[i+1] || i+1 == len(addresses) && after != "" {
			t.Errorf("%s lies between %q and %q", address, before, after)
		}
		if back, _ := doc.Find(".crumb a").First().Attr("href"); back != "/sections?flagged=1&sort=code" {
			t.Errorf("back leads to %q", back)
		}
	}
	if doc := w.page(http.StatusOK, "/sections/XY-01?in=%25zz%00"[:len("/sections/XY-01?in=%25zz")]); doc.Find("#before, #after").Length() != 0 {
		t.Error("a list that cannot be read has neighbours")
	}
	past := w.page(http.StatusOK, "/sections/XY-01")
	href, _ := past.Find(`a[href*="sheet.pdf?at="]`).Attr("href")
	w.prints(href, 1)
}

// TestFlagsOfADay stand in one line for each criterion, with everybody of whom it was said; a single episode keeps its minutes.
func TestFlagsOfADay(t *testing.T) {
	episode := func(code criteria.Code, name, since, cleared string) store.FlagLine {
		f := store.FlagLine{Flag: flag.Flag{Code: code, Name: name, Since: storetest.At(since)}}
		if cleared != "" {
			f.ClearedAt = storetest.At(cleared)
		}
		return f
	}
	rows := flagRows([]store.FlagLine{
		episode("E01", "甲", "2022-05-06 07:00", ""), episode("E01", "乙", "2022-05-06 09:00", ""), episode("E01", "甲", "2022-05-06 10:00", ""),
		episode("E02", "丙", "2022-05-06 07:00", ""), episode("E01", "丁", "2022-05-05 23:59", ""), episode("E01", "戊", "2022-05-06 07:00", "2022-05-06 12:00"),
	}, map[criteria.Code]string{"E01": "一", "E02": "二"}, loadWords(t).In(locale.Chinese), storetest.Shanghai())
	var got []string
	for _, row := range rows {
		got = append(got, fmt.Sprint(row.Title, " ", row.Names, " ", row.Begun, " ", row.Over, " ", row.Several))
	}
	want := []string{"一 甲、乙 2022-05-06  true", "二 丙 2022-05-06  false", "一 丁 2022-05-05  false", "一 戊 2022-05-06 2022-05-06 false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHistory keeps what was cleared on the page of its section.
func TestHistory(t *testing.T) {
	w := newDistrict(t)
	w.clock = storetest.At("2022-05-06 12:15")
	w.browser = w.enter(string(account.Inspector)) // the session of the morning is over, and the district reads no names here
	storetest.ImportAt(t, w.store, w.now(), "results", `
		证件号码,采样时间,检测结果,报告时间
		320699198810010055,2022-05-06 06:00,阴性,2022-05-06 12:10`)
	w.judge()
	doc := w.page(http.StatusOK, "/sections/XY-01")
	if got := words(doc.Find(".flags")); !strings.Contains(got, "丙自 2022-05-06 07:00已消除 2022-05-06 12:15") || !strings.Contains(got, "乙自 2022-05-06 08:00未消除") {
		t.Errorf("flags %q", got)
	}
}

// TestOddCode: a code may hold any character and still leads to its page and its sheet.
func TestOddCode(t *testing.T) {
	w := newDistrict(t)
	list := w.page(http.StatusOK, "/sections?street="+url.QueryEscape("南安桥街道"))
	href, _ := list.Find("a.site").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "奇特") }).Attr("href")
	doc := w.page(http.StatusOK, href)
	if got := words(doc.Find(".crumb")); !strings.Contains(got, oddCode) {
		t.Errorf("%s leads to %q", href, got)
	}
	link, _ := doc.Find(".acts a.btn--p").Attr("href")
	answer := w.get(link)
	if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Content-Disposition"), "filename*=utf-8''") && !strings.Contains(answer.Header().Get("Content-Disposition"), `"sheet-Q/1?A#2%41.pdf"`) {
		t.Errorf("%s: %d %q", link, answer.Code, answer.Header().Get("Content-Disposition"))
	}
}

// TestEscaped: what people write into tables is text on a page, never part of it.
func TestEscaped(t *testing.T) {
	w := newDistrict(t)
	storetest.Import(t, w.store, "roster", `
		标段编号,姓名,证件号码,进场时间,班组
		XY-02,张<img src=x onerror=alert(1)>,32069919910412018X,2022-04-20 08:00,"""><script>alert(2)</script>"`)
	for _, address := range []string{"/sections", "/sections/XY-02", "/sections/" + url.PathEscape(oddCode), `/sections?q="><script>alert(3)</script>`, "/sections/<script>"} {
		answer := w.get((&url.URL{Path: strings.Split(address, "?")[0]}).EscapedPath() + queryOf(address))
		doc := parse(t, answer.Body.String())
		if doc.Find(`script:not([src^="/static/"])`).Length() != 0 || doc.Find("img").Length() != 0 || doc.Find("main b b").Length() != 0 {
			t.Errorf("%s holds markup that somebody imported", address)
		}
	}
	doc := w.page(http.StatusOK, "/sections/XY-02")
	if !strings.Contains(doc.Find("main").Text(), "张<img src=x onerror=alert(1)>") {
		t.Error("the name is not shown as it was written")
	}
}

func queryOf(address string) string {
	if _, query, found := strings.Cut(address, "?q="); found {
		return "?q=" + url.QueryEscape(query)
	}
	return ""
}

// TestRuns lists what the clock did, and what it missed.
func TestRuns(t *testing.T) {
	w := newStage(t)
	if doc := w.page(http.StatusOK, "/runs"); !strings.Contains(words(doc.Find("main")), "还没有运行过") {
		t.Errorf("the page says %q", words(doc.Find("main")))
	}
	claim := schedule.Claim{Job: "full", Slot: w.now(), Holder: "test", Now: w.now(), Until: w.now().Add(1)}
	attempt, err := w.store.ClaimSlot(t.Context(), claim)
	if err != nil {
		t.Fatal(err)
	}
	row := w.page(http.StatusOK, "/runs").Find("tbody tr")
	if !strings.Contains(words(row), "全部标段") || !strings.Contains(words(row), "进行中") {
		t.Errorf("a run that goes on is %q", words(row))
	}
	outcome := schedule.Outcome{Judged: 28, Changed: 3, Failed: 1, Note: "judge section <XY-01>"}
	if _, err := w.store.FinishSlot(t.Context(), claim, attempt, w.now(), outcome); err != nil {
		t.Fatal(err)
	}
	row = w.page(http.StatusOK, "/runs").Find("tbody tr")
	for label, want := range map[string]string{"时点": "2022-05-06 08:00", "完成于": "2022-05-06 08:00", "判定": "28", "变化": "3", "失败": "1", "补跑": "0", "说明": "judge section <XY-01>"} {
		if got := row.Find(`[data-label="` + label + `"]`).Text(); got != want {
			t.Errorf("%s is %q, want %q", label, got, want)
		}
	}
}

// TestClockBar: every page says so when the time is not the real one, and none does otherwise.
func TestClockBar(t *testing.T) {
	w := newDistrict(t)
	pages := map[string]int{"/sections": 200, "/sections/XY-01": 200, "/runs": 200, "/nosuch": 404}
	for address, status := range pages {
		if w.page(status, address).Find(".clockbar").Length() != 0 {
			t.Errorf("%s says that the clock is not real", address)
		}
	}
	w.options.Demo = true
	w.rebuild(Routes())
	for address, status := range pages {
		if got := words(w.page(status, address).Find(".clockbar")); !strings.Contains(got, "2022-05-06 08:00") {
			t.Errorf("%s says %q", address, got)
		}
	}
}
