package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/evaluation"
	"fugong/internal/roster"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const officeFiles = "../../testdata/office"

// office lists what must come of the files of three site offices, as reckoned by hand from the documents.
func office() []expected {
	rejected, quarantined := "rejected", "quarantined"
	return []expected{
		{file: "01标段信息.xlsx", kind: "sections", accepted: 3},
		{file: "02实名制花名册.xlsx", kind: "roster", accepted: 178, quarantined: 1, rejected: 1, rows: []expectedRow{
			{"LA-01", 12, rejected, "ID_SCI", "证件号码"},
			{"LA-01", 32, quarantined, "ID_MASKED", "证件号码"},
		}},
		{file: "03核酸检测结果_第一批.csv", kind: "results", accepted: 178, duplicate: 1, quarantined: 1, rejected: 1, rows: []expectedRow{
			{"", 10, quarantined, "NOT_ON_ROSTER", "证件号码"}, // his roster row was rejected
			{"", 42, "duplicate", "DUPLICATE", ""},         // not the eleventh of its tube
			{"", 182, rejected, "ID_CHECKSUM", "证件号码"},
		}},
		{file: "04核酸检测结果_第二批.xlsx", kind: "results", accepted: 110},
		{file: "05宿舍房间.xlsx", kind: "rooms", accepted: 36},
		{file: "06住宿人员.xlsx", kind: "stays", accepted: 178, quarantined: 2, rejected: 3, rows: []expectedRow{
			{"住宿", 12, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"住宿", 32, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"住宿", 184, rejected, "OVERLAP", "入住时间"},
			{"住宿", 185, rejected, "OVERLAP", "入住时间"},
			{"住宿", 186, rejected, "OVERLAP", "入住时间"},
		}},
		{file: "07消毒区域.xlsx", kind: "areas", accepted: 15},
		{file: "08消毒记录.csv", kind: "disinfection", accepted: 124},
		{file: "09体温登记.csv", kind: "temperatures", accepted: 355, quarantined: 4, rejected: 1, rows: []expectedRow{
			{"", 18, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"", 19, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"", 58, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"", 59, quarantined, "NOT_ON_ROSTER", "证件号码"},
			{"", 176, rejected, "RANGE", "体温"},
		}},
		{file: "10防疫物资.xlsx", kind: "stock", accepted: 12},
	}
}

// found is what must be found of a section by one criterion. Subjects are those that are named, people in the order of the
// roster; "*" when only their number counts. An empty observed is left open.
type found struct {
	criterion, status, observed string
	count                       int
	subjects                    string
}

func officeFindings() map[string][]found {
	return map[string][]found{"LA-01": appliedSection(), "LA-02": waitingSection(), "DH-01": workingSection()}
}

// appliedSection is LA-01, which has applied and has not tested everybody in time.
func appliedSection() []found {
	return []found{
		{"roster.complete", "fail", "0/44", 44, "*"},
		{"nat.latest_negative", "fail", "39/44", 5, "韩生娜0082 钱杰刚071X 许芳波1345 华福1979 曹伟2672"},
		{"nat.pre_resumption", "fail", "0/44", 44, "*"},
		{"nat.coverage", "warn", "39/44", 5, "韩生娜0082 钱杰刚071X 许芳波1345 华福1979 曹伟2672"},
		{"nat.cadence", "na", "", 0, ""},
		{"nat.pool_recheck", "pass", "", 0, ""},
		{"nat.positive", "pass", "", 0, ""},
		{"nat.inconclusive", "pass", "", 0, ""},
		{"nat.unreported", "pass", "", 0, ""},
		{"nat.chain", "pass", "100%（44/44）", 0, ""},
		{"health.temp", "pass", "44/44", 0, ""},
		{"health.fever", "pass", "44/44", 0, ""},
		{"room.occupancy", "pass", "", 0, ""},
		{"room.area", "fail", "", 3, "A-101 A-104 A-202"},
		{"room.beds", "warn", "", 8, "A-101 A-102 A-103 A-104 A-105 A-201 A-202 A-203"},
		{"room.no_mixing", "warn", "", 7, "A-102 A-103 A-104 A-105 A-201 A-202 A-203"},
		{"iso.rooms", "pass", "", 0, ""},
		{"dis.frequency", "pass", "", 0, ""},
		{"dis.area_coverage", "pass", "5/5", 0, ""},
		{"dis.max_gap", "warn", "", 1, "应急处置区"},
		{"dis.concentration", "pass", "", 0, ""},
		{"ppe.stock", "warn", "", 1, "口罩"},
		{"org.officer", "pass", "", 0, ""},
		{"loop.lodging_known", "pass", "44/44", 0, ""},
		{"entry.newcomer", "na", "", 0, ""},
	}
}

// waitingSection is LA-02, which has not resumed: a fever, a canteen nobody cleaned, masks for six days.
func waitingSection() []found {
	return []found{
		{"roster.complete", "fail", "0/31", 31, "*"},
		{"nat.latest_negative", "fail", "29/31", 2, "王平建3309 卫波3936"},
		{"nat.pre_resumption", "fail", "2/31", 29, "*"},
		{"nat.coverage", "warn", "29/31", 2, "王平建3309 卫波3936"},
		{"nat.cadence", "na", "", 0, ""},
		{"nat.pool_recheck", "pass", "", 0, ""},
		{"nat.positive", "pass", "", 0, ""},
		{"nat.inconclusive", "pass", "", 0, ""},
		{"nat.unreported", "pass", "", 0, ""},
		{"nat.chain", "warn", "64%（31/48）", 17, "*"},
		{"health.temp", "pass", "31/31", 0, ""},
		{"health.fever", "fail", "30/31", 1, "沈洋娜5405"},
		{"room.occupancy", "pass", "", 0, ""},
		{"room.area", "fail", "", 2, "B-102 B-105"},
		{"room.beds", "warn", "", 6, "B-101 B-102 B-103 B-104 B-105 B-201"},
		{"room.no_mixing", "warn", "", 4, "B-102 B-103 B-104 B-105"},
		{"iso.rooms", "fail", "", 0, ""},
		{"dis.frequency", "fail", "", 1, "食堂"},
		{"dis.area_coverage", "fail", "4/5", 1, "食堂"},
		{"dis.max_gap", "warn", "", 1, "应急处置区"},
		{"dis.concentration", "warn", "", 1, "应急处置区"},
		{"ppe.stock", "fail", "", 1, "口罩"},
		{"org.officer", "pass", "", 0, ""},
		{"loop.lodging_known", "pass", "31/31", 0, ""},
		{"entry.newcomer", "na", "", 0, ""},
	}
}

// workingSection is DH-01, which is at work with a positive tube of ten.
func workingSection() []found {
	return []found{
		{"roster.complete", "fail", "0/103", 103, "*"},
		{"nat.latest_negative", "fail", "91/103", 12,
			"卫平静5820 赵芳波8480 吕秀军8559 郑明8625 卫志娜8693 陈丽娟8760 秦伟超8832 陶军8905 冯建成8977 姜林0040 魏勇0112 孙娜3125"},
		{"nat.pre_resumption", "na", "", 0, ""},
		{"nat.coverage", "warn", "102/103", 1, "孙娜3125"},
		{"nat.cadence", "fail", "", 103, "*"},
		{"nat.pool_recheck", "fail", "93/103", 10,
			"赵芳波8480 吕秀军8559 郑明8625 卫志娜8693 陈丽娟8760 秦伟超8832 陶军8905 冯建成8977 姜林0040 魏勇0112"},
		{"nat.positive", "pass", "", 0, ""},
		{"nat.inconclusive", "pass", "", 0, ""},
		{"nat.unreported", "warn", "101/103", 2, "卫平静5820 张霞芳5892"},
		{"nat.chain", "warn", "52%（103/196）", 0, "*"},
		{"health.temp", "warn", "102/103", 1, "严强海6171"},
		{"health.fever", "pass", "103/103", 0, ""},
		{"room.occupancy", "pass", "", 0, ""},
		{"room.area", "fail", "", 6, "C-101 C-104 C-202 C-205 C-303 C-401"},
		{"room.beds", "warn", "", 18, "*"},
		{"room.no_mixing", "warn", "", 16,
			"C-102 C-103 C-104 C-105 C-201 C-202 C-203 C-204 C-205 C-301 C-302 C-303 C-304 C-305 C-401 C-402"},
		{"iso.rooms", "fail", "", 0, ""},
		{"dis.frequency", "pass", "", 0, ""},
		{"dis.area_coverage", "pass", "5/5", 0, ""},
		{"dis.max_gap", "warn", "", 1, "应急处置区"},
		{"dis.concentration", "pass", "", 0, ""},
		{"ppe.stock", "warn", "", 1, "口罩"},
		{"org.officer", "fail", "", 0, ""},
		{"loop.lodging_known", "pass", "103/103", 0, ""},
		{"entry.newcomer", "na", "", 0, ""},
	}
}

// observations are words a person will look for on the sheet.
func observations() map[string]string {
	return map[string]string{
		"LA-01 nat.latest_negative": "60小时0分（2022-05-03 20:00采样）",
		"LA-01 room.area":           "2.42m²",
		"LA-01 dis.max_gap":         "11小时34分",
		"LA-01 ppe.stock":           "10.2天",
		"LA-02 dis.max_gap":         "11小时43分",
		"LA-02 ppe.stock":           "6.1天",
		"LA-02 health.fever":        "37.3℃",
		"LA-02 dis.concentration":   "50mg/L",
		"DH-01 dis.max_gap":         "11小时44分",
		"DH-01 ppe.stock":           "7.7天",
		"DH-01 nat.pool_recheck":    "NT2205050006",
	}
}

// TestOffice takes the files of three site offices in as they are and holds every line and every finding to what was reckoned
// by hand.
func TestOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		for _, e := range office() {
			e.check(t, w.take(e.kind, e.file, w.read(officeFiles, e.file)))
		}
		sections := w.documents()
		heads := map[string]int{"LA-01": 44, "LA-02": 31, "DH-01": 103}
		for code, findings := range officeFindings() {
			j := sections[code]
			if j.Verdict != "unmet" || j.Headcount != heads[code] || j.HousedOnSite != heads[code] {
				t.Errorf("%s: %s, %d people, %d on site", code, j.Verdict, j.Headcount, j.HousedOnSite)
			}
			for _, want := range findings {
				want.check(t, code, j)
			}
		}
		for _, want := range [][3]string{
			{"LA-01", "nat.latest_negative", "2022-05-06T09:00:00+08:00"},
			{"LA-02", "nat.latest_negative", "2022-05-06T09:04:00+08:00"},
			{"DH-01", "nat.latest_negative", "2022-05-06T09:07:00+08:00"},
			{"DH-01", "nat.unreported", "2022-05-07T07:32:00+08:00"},
		} {
			if holds := find(sections[want[0]], want[1]).HoldsUntil; holds == nil || *holds != want[2] {
				t.Errorf("%s %s holds until %s, want %s", want[0], want[1], text(holds), want[2])
			}
		}
	})
}

func text(s *string) string {
	if s == nil {
		return "for ever"
	}
	return *s
}

// documents judges every section now and gives them in their public form by code.
func (w *world) documents() map[string]evaluation.SectionDocument {
	w.Helper()
	judged := w.replay(w.now)
	tails, err := w.store.Tails(w.Context(), account.Everywhere(), evaluation.Workers[roster.WorkerID](judged))
	if err != nil {
		w.Fatal(err)
	}
	byCode := map[string]evaluation.SectionDocument{}
	for _, s := range evaluation.NewDocument(judged, w.now, w.now, tails, w.loc).Sections {
		byCode[s.Section] = s
	}
	return byCode
}

func find(s evaluation.SectionDocument, criterion string) evaluation.FindingDocument {
	i := slices.IndexFunc(s.Findings, func(f evaluation.FindingDocument) bool { return f.Criterion == criterion })
	if i < 0 {
		return evaluation.FindingDocument{}
	}
	return s.Findings[i]
}

func (want found) check(t *testing.T, code string, s evaluation.SectionDocument) {
	t.Helper()
	f := find(s, want.criterion)
	var subjects []string
	for _, x := range f.Subjects {
		subjects = append(subjects, x.Name+x.IDTail)
	}
	named := strings.Join(subjects, " ")
	if f.Status != want.status || want.observed != "" && f.Observed != want.observed {
		t.Errorf("%s %s: %s %s, want %s %s (%s)", code, want.criterion, f.Status, f.Observed, want.status, want.observed, f.Reason)
	}
	if want.subjects != "*" && named != want.subjects || want.count > 0 && len(subjects) != want.count {
		t.Errorf("%s %s names %d: %s, want %d: %s", code, want.criterion, len(subjects), named, want.count, want.subjects)
	}
	if words, asked := observations()[code+" "+want.criterion]; asked && !strings.Contains(fmt.Sprint(f.Subjects), words) {
		t.Errorf("%s %s does not say %s: %v", code, want.criterion, words, f.Subjects)
	}
}
