package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/schedule"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// bothFiles reads the rows of a list's files, which have to hold the same in both forms and to be linked to from the page.
func (b *browser) bothFiles(list string, headings ...string) [][]string {
	b.Helper()
	page := document(b, b.get(list))
	path, query, asked := strings.Cut(list, "?")
	if asked {
		query = "?" + query
	}
	var read [][][]string
	for _, ending := range []string{".csv", ".xlsx"} {
		answer := b.get(path + ending + query)
		read = append(read, exported(b, answer, headings...))
		if got := answer.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || !strings.Contains(got, ending) {
			b.Errorf("%s is sent as %q", path+ending, got)
		}
		if page.Find("main a[href='"+path+ending+query+"']").Length() != 1 {
			b.Errorf("%s does not lead to its %s", list, ending)
		}
	}
	if d := cmp.Diff(read[0], read[1]); d != "" {
		b.Errorf("the files of %s differ (-csv +xlsx):\n%s", list, d)
	}
	return read[0]
}

// onlyFor holds that the files of a list are for some roles and for no others.
func (o *office) onlyFor(list string, roles ...account.Role) {
	o.Helper()
	for _, role := range account.Roles() {
		if _, err := o.store.UserByName(o.Context(), string(role)); err != nil {
			o.hire(string(role), role, account.Everywhere())
		}
		want := http.StatusForbidden
		if slices.Contains(roles, role) {
			want = http.StatusOK
		}
		for _, ending := range []string{".csv", ".xlsx"} {
			wantStatus(o, o.enter(string(role)).get(list+ending), want)
		}
	}
}

// TestPeopleFile: those whom the page lists, by its own search, team, order and whether they have left, of all its pages.
func TestPeopleFile(t *testing.T) {
	w := newDistrict(t)
	table := "标段编号,姓名,证件号码,进场时间,退场时间,班组\n"
	for i := range peopleShown + 5 {
		table += fmt.Sprintf("XY-02,工人%02d,%s,2022-04-20 08:00,,%s\n", i, identity(i), []string{"木工班", "钢筋班"}[i%2])
	}
	storetest.Import(t, w.store, "roster", table+"XY-02,钱离场,"+identity(90)+",2022-04-20 08:00,2022-05-01 08:00,木工班")
	for query, want := range map[string]string{
		"": "55 工人00", "?sort=-name": "55 工人54", "?team=%E9%92%A2%E7%AD%8B%E7%8F%AD": "27 工人01", "?q=%E5%B7%A5%E4%BA%BA4": "10 工人40", "?gone=1": "1 钱离场",
	} {
		rows := w.bothFiles("/sections/XY-02/people"+query, "姓名")
		if got := fmt.Sprint(len(rows), " ", rows[0][0]); got != want {
			t.Errorf("people%s: %q, want %q", query, got, want)
		}
	}
}

// TestZonesFile: the zones in the order of the page, with what it says of them; of a zone that was changed the last that is known.
func TestZonesFile(t *testing.T) {
	w := newDistrict(t)
	storetest.Import(t, w.store, "zones", `范围类型,范围,级别,开始时间,结束时间,文号
		街道,学苑街道,封控区,2022-05-01 00:00,,通告1号
		标段,XY-02,防范区,2022-05-09 00:00,2022-05-20 00:00,
		社区,北濠社区,管控区,2022-04-01 00:00,2022-05-02 00:00,=1+1`)
	storetest.Import(t, w.store, "zones", "范围类型,范围,级别,开始时间,结束时间,文号\n标段,XY-02,防范区,2022-05-09 00:00,2022-05-15 00:00,通告2号")
	rows := w.bothFiles("/zones", "状态", "范围", "范围类型", "级别", "开始时间", "结束时间", "文号", "涉及标段数")
	doc, shown := w.page(http.StatusOK, "/zones"), [][]string{}
	for _, part := range doc.Find("main section").EachIter() {
		for _, row := range part.Find("tbody tr").EachIter() {
			cells := []string{words(part.Find("h2")), words(row.Find("th"))}
			for _, cell := range row.Find("td").EachIter() {
				cells = append(cells, words(cell))
			}
			shown = append(shown, cells)
		}
	}
	for i := range rows {
		rows[i] = append([]string{rows[i][0], rows[i][1] + " " + rows[i][2]}, rows[i][3:]...)
	}
	if d := cmp.Diff(shown, rows); d != "" || len(rows) != 3 {
		t.Errorf("the file is not what the page shows (-page +file):\n%s", d)
	}
	if strings.Contains(w.get("/zones.csv").Body.String(), "2022-05-20") {
		t.Error("the file holds a zone as it was before it was changed")
	}
	w.onlyFor("/zones", account.District, account.Admin)
}

// shownRows are the cells of the tables on a page, row by row.
func shownRows(doc *goquery.Document, selector string) [][]string {
	var rows [][]string
	for _, row := range doc.Find(selector).EachIter() {
		rows = append(rows, row.Find("th, td").Map(func(_ int, cell *goquery.Selection) string { return words(cell) }))
	}
	return rows
}

// TestRunsFile: the file has the runs as the page does, those that are folded away, too; of who sees a street, what came about there.
func TestRunsFile(t *testing.T) {
	w := newDistrict(t)
	w.hire("bridge", account.Inspector, account.Scope{Streets: []string{"学苑街道"}})
	w.ran("full", schedule.Outcome{Judged: 3, Changed: 3})
	w.ran("photos", schedule.Outcome{Changed: 7})
	w.pass(20 * 60e9)
	w.ran("full", schedule.Outcome{Judged: 2, Failed: 1, Note: "judge section XY-02: panic"})
	w.ran("audit", schedule.Outcome{})
	rows := w.bothFiles("/runs", "任务", "时点", "完成时间", "用时", "判定", "变化", "失败", "补跑", "说明")
	if d := cmp.Diff(shownRows(w.page(http.StatusOK, "/runs"), "main tbody tr"), rows); d != "" || len(rows) != 4 {
		t.Errorf("the district's file is not what the page shows (-page +file):\n%s", d)
	}
	w.browser = w.enter("bridge")
	rows = w.bothFiles("/runs", "任务", "时点", "完成时间", "用时", "变化标段", "新增标记", "消除标记", "说明")
	if d := cmp.Diff(shownRows(w.page(http.StatusOK, "/runs"), "main tbody tr"), rows); d != "" || len(rows) != 2 {
		t.Errorf("the inspector's file is not what the page shows (-page +file):\n%s", d)
	}
	for _, foreign := range []string{"XY-02", "panic", "照片"} {
		if strings.Contains(w.get("/runs.csv").Body.String(), foreign) {
			t.Errorf("an inspector of one street is sent %q", foreign)
		}
	}
	w.onlyFor("/runs", account.Inspector, account.District, account.Admin)
}

// TestTubesFile: the file has all tubes, first those of the page, and none of others.
func TestTubesFile(t *testing.T) {
	h := newHands(t)
	results := "证件号码,采样时间,检测结果,采样管编号,混采人数\n32069919910412018X,2022-05-05 08:00,阴性,FOREIGN,10\n"
	for i := range tubesShown + 5 {
		at := storetest.At("2022-05-05 08:00").Add(time.Duration(i) * 30 * time.Minute)
		results += fmt.Sprintf("320699199003070013,%s,%s,=T%d,%d\n", at.Minute(storetest.Shanghai()), []string{"阴性", "检测中", "阳性"}[i%3], i, 1+i%2*9)
	}
	storetest.Import(t, h.store, "results", results)
	for _, name := range []string{"manager", "inspector"} {
		h.browser = h.enter(name)
		rows := h.bothFiles(tubeList, "标段编号", "采样管编号", "人数", "混采人数", "采样时间", "检测结果")
		whole := document(t, h.get(tubeList))
		page := whole.Find("main tbody tr")
		if said := words(whole.Find("main")); !strings.Contains(said, "列出前 20 条，共 25 条") {
			t.Errorf("the page does not say where it ends: %s", said)
		}
		if len(rows) != tubesShown+5 || page.Length() != tubesShown {
			t.Fatalf("%s is sent %d tubes and shown %d", name, len(rows), page.Length())
		}
		for i, row := range page.EachIter() {
			people := rows[i][2] + " 人"
			if rows[i][3] != "" {
				people += " / " + rows[i][3] + " 合 1"
			}
			shown := []string{"XY-01", words(row.Find("th")), words(row.Find("td").First()), words(row.Find("time")), words(row.Find(".st"))}
			if d := cmp.Diff(shown, []string{rows[i][0], rows[i][1], people, rows[i][4], rows[i][5]}); d != "" {
				t.Errorf("%s: tube %d is not what the page shows (-page +file):\n%s", name, i, d)
			}
		}
		if strings.Contains(h.get(tubeList+".csv").Body.String(), "FOREIGN") {
			t.Error("the file holds a tube of another section")
		}
	}
	wantStatus(t, h.enter("manager").get("/sections/XY-02/tubes.csv"), http.StatusNotFound)
	h.onlyFor(tubeList, account.Manager, account.Inspector, account.District)
}

// TestAreasFile: the log of the days of the grid, area by area, beside what the page says of each; an area without a log is there, what
// is older, put right or of other sections is not.
func TestAreasFile(t *testing.T) {
	h := newHands(t)
	storetest.Import(t, h.store, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,N1,=新厕所,厕所")
	storetest.Import(t, h.store, "disinfection", `标段编号,区域编号,消毒时间,药剂,浓度,作用时间,操作人
		XY-01,S/1,2022-04-29 23:59,石灰水,500mg/L,30,赵六
		XY-01,S/1,2022-05-06 07:00,含氯消毒液,500mg/L,30,+钱七
		XY-02,S1,2022-05-06 07:00,含氯消毒液,500mg/L,30,别人`)
	const list = "/sections/XY-01/areas"
	for _, name := range []string{"manager", "inspector"} {
		h.browser = h.enter(name)
		rows := h.bothFiles(list, "区域编号", "区域名称", "区域类型", "状态", "问题", "每日应消毒次数", "今日次数", "昨日次数", "最近", "消毒时间", "药剂", "浓度", "作用分钟", "操作人")
		doc := document(t, h.get(list))
		var stands [][]string
		logged := map[string]int{}
		for _, r := range rows {
			area := []string{r[1] + " " + r[0], r[2], r[6] + " / " + r[5], r[7] + " / " + r[5], r[8], r[3]}
			if len(stands) == 0 || !slices.Equal(stands[len(stands)-1], area) {
				stands = append(stands, area)
			}
			if day, _, is := strings.Cut(r[9], " "); is {
				logged[r[0]+" "+day]++
			}
		}
		var shown [][]string
		for _, row := range doc.Find("#areas tbody tr").EachIter() {
			row.Find(".ent-l, .ent__act .btn").Remove()
			why := strings.Join(row.Find(".ent__why").Map(func(_ int, p *goquery.Selection) string { return words(p) }), "；")
			row.Find(".ent__why").Remove()
			shown = append(shown, row.Find("th, td").Map(func(_ int, cell *goquery.Selection) string { return words(cell) }))
			if i := slices.IndexFunc(rows, func(r []string) bool { return r[0] == words(row.Find("th .num")) }); i < 0 || rows[i][4] != why {
				t.Errorf("%s: of %s the page says %q: %q", name, words(row.Find("th")), why, rows)
			}
		}
		if d := cmp.Diff(shown, stands); d != "" || len(shown) != 3 {
			t.Errorf("%s: the areas are not what the page shows (-page +file):\n%s", name, d)
		}
		days := doc.Find(".agrid thead time").Map(func(_ int, day *goquery.Selection) string { return day.AttrOr("datetime", "") })
		for _, row := range doc.Find(".agrid tbody tr").EachIter() {
			code := words(row.Find("th .num"))
			for i, cell := range row.Find("td").EachIter() {
				done, _, _ := strings.Cut(words(cell.Find(".num")), "/")
				if n := logged[code+" "+days[i]]; done != strconv.Itoa(n) && (done != "" || n > 0) {
					t.Errorf("%s: %s on %s: the grid says %s, the file %d", name, code, days[i], done, n)
				}
			}
		}
		if !slices.ContainsFunc(rows, func(r []string) bool {
			return slices.Equal(r[9:], []string{"2022-05-06 07:00", "含氯消毒液", "500mg/L", "30", "+钱七"})
		}) {
			t.Errorf("%s: a disinfection of today is not there: %q", name, rows)
		}
		for _, r := range rows {
			if slices.Contains(r, "赵六") || slices.Contains(r, "别人") || slices.Contains(r, "S1") {
				t.Errorf("%s: the file holds %q", name, r)
			}
		}
	}
	wantStatus(t, h.enter("manager").get("/sections/XY-02/areas.csv"), http.StatusNotFound)
	h.onlyFor(list, account.Manager, account.Inspector, account.District)
}

// TestChecklistsFile: every version of every day, first those of the page, and none of other sections.
func TestChecklistsFile(t *testing.T) {
	h := newHands(t)
	table := "标段编号,日期,提交时间,项目编号,答案\nXY-02,2022-05-05,2022-05-05 11:11,A1,否\n"
	for day := calendar.Day(2022, 5, 5); day != calendar.Day(2022, 2, 25); day = day.Add(-1) {
		table += fmt.Sprintf("XY-01,%s,%s 16:00,A1,是\n", day, day)
	}
	storetest.Import(t, h.store, "checklists", table)
	storetest.Import(t, h.store, "checklists", "标段编号,日期,提交时间,项目编号,答案\nXY-01,2022-05-04,2022-05-04 17:30,B1,否\nXY-01,2022-05-04,2022-05-04 17:30,B2,是")
	const list = "/sections/XY-01/checklists"
	for _, name := range []string{"manager", "inspector"} {
		h.browser = h.enter(name)
		rows := h.bothFiles(list, "标段编号", "日期", "版本", "收到时间", "报送人", "已答项数", "异常项数", "迟报")
		var file, shown []string
		for _, r := range rows {
			said := []string{"第 " + r[2] + " 版", r[3], r[4], r[5] + " 项"}
			if r[6] != "0" {
				said = append(said, r[6]+" 项异常")
			}
			if r[7] != "" {
				said = append(said, r[7])
			}
			file = append(file, r[1]+" "+strings.Join(said, "|"))
		}
		page := document(t, h.get(list))
		if said := words(page.Find("main")); !strings.Contains(said, "只列出最近 60 天") {
			t.Errorf("the page does not say where it ends: %s", said)
		}
		for _, day := range page.Find(".chk-days li").EachIter() {
			for _, version := range day.Find(".sub").EachIter() {
				said := version.ChildrenFiltered("span").Map(func(_ int, part *goquery.Selection) string { return words(part) })
				shown = append(shown, strings.TrimPrefix(day.Find("a").AttrOr("href", ""), list+"/")+" "+strings.Join(said, "|"))
			}
		}
		if len(shown) != daysShown+1 || len(file) <= len(shown) {
			t.Fatalf("%s: %d versions on the page, %d in the file", name, len(shown), len(file))
		}
		if d := cmp.Diff(shown, file[:len(shown)]); d != "" || !slices.ContainsFunc(file, func(row string) bool { return strings.HasSuffix(row, "异常|迟报") }) {
			t.Errorf("%s: the file is not what the page shows (-page +file):\n%s", name, d)
		}
		if strings.Contains(h.get(list+".csv").Body.String(), "11:11") {
			t.Error("the file holds a checklist of another section")
		}
	}
	wantStatus(t, h.enter("manager").get("/sections/XY-02/checklists.csv"), http.StatusNotFound)
	h.onlyFor(list, account.Manager, account.Inspector, account.District)
}

// brought takes a table in as somebody with a scope brings it.
func (o *office) brought(by string, scope account.Scope, file, kind, csv string) {
	o.Helper()
	up := storetest.Upload(o.now(), kind, csv)
	up.By, up.Within, up.File = by, scope, file
	if _, _, err := o.store.Import(o.Context(), up); err != nil {
		o.Fatal(err)
	}
}

// TestHistoryFile: what was brought, all pages of it, by whom one sees and of the kinds that one brings.
func TestHistoryFile(t *testing.T) {
	w := newDistrict(t)
	own, other := account.Scope{Sections: []string{"XY-01"}}, account.Scope{Sections: []string{"XY-02"}}
	w.hire("own", account.Manager, own)
	w.brought("other", other, "别的标段.csv", "temperatures", "证件号码,测量时间,体温\n320699199003070013,2022-05-06 07:00,36.5")
	for i := range historyShown + 3 {
		w.brought("own", own, fmt.Sprintf("=%d.csv", i), "temperatures", fmt.Sprintf("证件号码,测量时间,体温\n320699199003070013,2022-05-05 07:%02d,36.5", i))
	}
	for name, more := range map[string]int{"own": historyShown + 3, string(account.District): historyShown + 4, string(account.Health): 0} {
		b, shown := w.enter(name), []string{}
		for at := importsPath; at != ""; {
			doc := document(t, b.get(at))
			for _, row := range doc.Find("#history li").EachIter() {
				said := row.Find(".sub span").Map(func(_ int, part *goquery.Selection) string { return words(part) })
				id := strings.TrimPrefix(row.Find("a").AttrOr("href", ""), "/imports/")
				shown = append(shown, strings.Join(append([]string{id, words(row.Find("a")), words(row.Find(".imp__file"))}, said...), "|"))
			}
			at, _, _ = strings.Cut(doc.Find("#history a[href*=before]").AttrOr("href", ""), "#")
		}
		var file []string
		for _, r := range b.bothFiles(importsPath, "导入编号", "表", "文件", "导入时间", "导入人", "采用", "重复", "待处理", "拒绝") {
			file = append(file, strings.Join(append(r[:5:5], fmt.Sprintf("采用 %s，重复 %s，待处理 %s，拒绝 %s", r[5], r[6], r[7], r[8])), "|"))
		}
		foreign := slices.ContainsFunc(file, func(row string) bool { return strings.Contains(row, "别的标段") })
		if d := cmp.Diff(shown, file); d != "" || len(file) < more || foreign != (name == string(account.District)) {
			t.Errorf("%s: %d rows, one of others: %v; the file is not what the page shows (-page +file):\n%s", name, len(file), foreign, d)
		}
	}
	w.onlyFor(importsPath, importers()...)
}

// TestQuarantineFile: the rows kept aside as the page has them and all of them, masked as the role sees people.
func TestQuarantineFile(t *testing.T) {
	w := newDistrict(t)
	storetest.Import(t, w.store, "roster", "标段编号,姓名,证件号码,进场时间\nXY-02,丁土生,32069919910412018X,2022-04-20 08:00")
	w.hire("own", account.Manager, account.Scope{Sections: []string{"XY-01"}})
	var named strings.Builder
	for i := range casesShown + 5 {
		fmt.Fprintf(&named, "\n320699199003070013,错名,2022-05-05 %02d:%02d,阴性", i/60, i%60)
	}
	w.brought("office", account.Everywhere(), "results.csv", "results", "证件号码,姓名,采样时间,检测结果"+named.String())
	w.brought("office", account.Everywhere(), "masked.csv", "roster", "标段编号,姓名,证件号码,进场时间,手机号码\nXY-01,甲,3206**********0013,2022-04-21 08:00,13812345678\nXY-02,丁土生,3206**********018X,2022-04-21 08:00,13987654321")
	for name, all := range map[string]int{"own": 1, string(account.District): casesShown + 7, string(account.Health): casesShown + 5} {
		b, shown := w.enter(name), [][]string{}
		for _, group := range document(t, b.get(quarantinePath)).Find(".imp__cases").EachIter() {
			group.Find("h2 .num").Remove()
			for _, row := range group.Find(".imp__bad > li").EachIter() {
				join := func(selector string) string {
					return strings.Join(row.Find(selector).Map(func(_ int, part *goquery.Selection) string { return words(part) }), "；")
				}
				shown = append(shown, []string{words(group.Find("h2")), join("b"), join(".tag"), join("p:not(.msg)"), join(".sub span:nth-child(1)"),
					join(".sub span:nth-child(2)"), join(".sub span:nth-child(3)"), join(".sub time"), join(".imp__who label")})
			}
		}
		rows := b.bothFiles(quarantinePath, "原因", "表", "内容", "问题", "文件", "行", "导入人", "导入时间", "可能的人员")
		for i := range rows {
			rows[i][5] = "第 " + rows[i][5] + " 行"
		}
		sent := b.get(quarantinePath + ".csv").Body.String()
		for _, secret := range []string{"320699199003070013", "13812345678", "13987654321"} {
			if strings.Contains(sent, secret) {
				t.Errorf("%s is sent %s", name, secret)
			}
		}
		if foreign := strings.Contains(sent, "018X"); foreign != (name == string(account.District)) {
			t.Errorf("%s is sent the row of others: %v", name, foreign)
		}
		if d := cmp.Diff(shown, rows[:min(len(shown), len(rows))]); d != "" || len(rows) != all || len(shown) != min(all, casesShown) {
			t.Errorf("%s: the file is not what the page shows (-page +file):\n%s", name, d)
		}
	}
	w.onlyFor(quarantinePath, importers()...)
}

// TestUsersFile: the accounts as the list has them, and nothing by which one comes in.
func TestUsersFile(t *testing.T) {
	w := newDistrict(t)
	gone := w.hire("gone", account.Inspector, account.Scope{Streets: []string{"学苑街道"}})
	if err := w.store.DisableUser(t.Context(), gone.ID, audit.Act{Actor: "test"}, w.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.AddInvitedUser(t.Context(), account.NewUser{Name: "invited", Role: account.Manager, Scope: account.Scope{Sections: []string{"XY-01", "XY-02"}}},
		store.Request{User: gone.ID, Key: "0123456789abcdef"}, audit.Act{Actor: "test"}, w.now()); err != nil {
		t.Fatal(err)
	}
	secret := w.enter(string(account.Leader)).enrol()
	w.browser = w.enter(string(account.Admin))
	rows := w.bothFiles("/users", "用户名", "状态", "角色", "范围", "登录方式", "创建时间")
	var shown [][]string
	for _, row := range w.page(http.StatusOK, "/users").Find("main .list li").EachIter() {
		said := row.Find(".sub span").Map(func(_ int, part *goquery.Selection) string { return words(part) })
		shown = append(shown, []string{words(row.Find("a")), words(row.Find(".st")), said[0], said[1], said[2], strings.TrimPrefix(said[3], "创建于 ")})
	}
	if d := cmp.Diff(shown, rows); d != "" || len(rows) != len(account.Roles())+2 {
		t.Errorf("the file is not what the page shows (-page +file):\n%s", d)
	}
	if all := w.get("/users.csv").Body.String(); strings.Contains(all, w.hash) || strings.Contains(all, secret) {
		t.Error("the file holds a secret")
	}
	w.onlyFor("/users", account.Admin)
}
