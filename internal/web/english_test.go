package web

import (
	"bytes"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	markup "golang.org/x/net/html"

	"fugong/internal/account"
	"fugong/internal/district"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/sheet"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// freeText are the columns in which a district writes what it likes: names, places, remarks. All else in its tables is vocabulary of
// ours, which an English page says in English.
const freeText = "项目名称 标段名称 街道 社区 地址 建设单位 施工单位 监理单位 项目负责人 范围 文号 姓名 所属单位 班组 工种 场外地址 房间号 来源地 采样点 检测机构 楼栋 区域名称 药剂 操作人 审批人 备注"

// stillChinese are texts that an English page may hold in Chinese, each for a reason.
func stillChinese() []string {
	return []string{
		"中文",             // the way to the Chinese pages
		"含氯消毒液", "75%酒精", // offered as what is written into the log, which is the district's
	}
}

// chinese is what an English page may not hold: Chinese characters and the marks of Chinese typesetting.
var chinese = regexp.MustCompile(`[\p{Han}\x{3000}-\x{303f}\x{ff00}-\x{ffef}]+`)

// demoDistrict is an installation with the district of the demonstration in it, judged.
func demoDistrict(t *testing.T) *stage {
	t.Helper()
	w := newStage(t)
	for table := range district.Deliveries(district.Demo(w.now(), storetest.Shanghai()), 1) {
		var b bytes.Buffer
		if err := intake.WriteCSV(&b, table.Header, table.Rows); err != nil {
			t.Fatal(err)
		}
		storetest.ImportAt(t, w.store, table.At, table.Kind, b.String())
	}
	w.judge()
	return w
}

// facts are the texts that the district itself has put into an installation, the longest first.
func facts(t *testing.T, s *store.Store) []string {
	t.Helper()
	all := map[string]bool{}
	for _, kind := range store.Kinds() {
		header, rows, err := s.Export(t.Context(), storetest.Order(kind))
		if err != nil {
			t.Fatal(err)
		}
		for i, column := range header {
			if !slices.Contains(strings.Fields(freeText), column) {
				continue
			}
			for _, row := range rows {
				for _, text := range []string{row[i], shortStreet(row[i]), sheet.MaskText(row[i])} {
					all[text] = chinese.MatchString(text)
				}
			}
		}
	}
	maps.DeleteFunc(all, func(_ string, is bool) bool { return !is })
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int { return len(b) - len(a) })
}

// foreign lists the Chinese of an English page that is neither the district's own nor an exception.
func foreign(page string, known *strings.Replacer) []string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	doc.Find(`[lang^="zh"]`).Remove()
	var found []string
	for n := range doc.Nodes[0].Descendants() {
		said := []string{n.Data}
		if n.Type == markup.ElementNode {
			said = said[:0]
			for _, a := range n.Attr {
				if !slices.Contains([]string{"href", "action", "value"}, a.Key) { // which are read by programs
					said = append(said, a.Val)
				}
			}
		}
		for _, text := range said {
			if left := known.Replace(text); chinese.MatchString(left) {
				found = append(found, strings.Join(strings.Fields(left), " "))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// wantEnglish reads the pages of an installation, by their addresses.
func wantEnglish(t *testing.T, s *store.Store, pages map[string]string) {
	t.Helper()
	var pairs []string
	for _, text := range slices.Concat(facts(t, s), stillChinese()) {
		pairs = append(pairs, text, "")
	}
	known, told := strings.NewReplacer(pairs...), map[string]bool{}
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		for _, text := range foreign(pages[address], known) {
			if !told[text] {
				t.Errorf("%s says %.300q", address, text)
			}
			told[text] = true
		}
	}
}

// TestEnglishPagesHoldNoChinese reads every page file, and the pages of every section of the demonstration's district as its readers
// see them: what is not the district's own is English.
func TestEnglishPagesHoldNoChinese(t *testing.T) {
	t.Run("every page", func(t *testing.T) {
		shown, o := everyPage(t, locale.English)
		pages := map[string]string{}
		for address, page := range shown {
			name, _ := document(t, page).Find("html").Attr("data-page")
			if !slices.Contains([]string{"imports", "upload", "working", "batch"}, name) { // which name the headings that columns of files have to have
				pages[address] = page.Body.String()
			}
		}
		wantEnglish(t, o.store, pages)
	})
	t.Run("the demonstration", func(t *testing.T) {
		w := demoDistrict(t)
		wantEnglish(t, w.store, w.walk())
	})
}

// walk reads the pages of the district and of all its sections in English.
func (w *stage) walk() map[string]string {
	w.Helper()
	pages := map[string]string{}
	read := func(b *browser, addresses ...string) {
		b.header.Set("Accept-Language", "en")
		for _, address := range addresses {
			answer := b.get(address)
			if answer.Code != http.StatusOK {
				w.Fatalf("%s: %d", address, answer.Code)
			}
			pages[address] = answer.Body.String()
		}
	}
	sections, err := w.store.Register(w.Context(), account.Everywhere(), store.RegisterFilter{})
	if err != nil {
		w.Fatal(err)
	}
	manager, all := w.enter(string(account.Manager)), []string{}
	for _, section := range sections {
		all = append(all, sectionURL(section.Code))
		read(manager, sectionURL(section.Code)+"/beds", sectionURL(section.Code)+"/areas", sectionURL(section.Code)+"/people", sectionURL(section.Code)+"/checklists")
	}
	read(w.enter(string(account.District)), slices.Concat(all, []string{"/sections", "/sections?flagged=1", "/totals", "/register", "/zones", "/documents", "/documents?expiry=missing",
		"/policies", "/policies/epidemic-2022/1", "/policies/general-safety/1", "/audit", "/runs"})...)
	return pages
}
