package printing_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const (
	sectionsCSV = `
		项目编号,项目名称,标段编号,标段名称,街道,施工单位,项目负责人,联系电话
		XY,学苑示范项目,XY-01,一标段,学苑街道,云帆示例建设,李示例,13811112222
		XY,学苑示范项目,XY-02,二标段,南安桥街道,云帆示例建设,王示例,13833334444
		XY,学苑示范项目,XY-03,三标段,南安桥街道,云帆示例建设,王示例,`
	rosterCSV = `
		标段编号,姓名,证件号码,进场时间,手机号码,班组,房间号
		XY-01,欧阳建国,320699199003070013,2022-04-20 08:00,13812345678,钢筋班,A-101
		XY-01,司马示例,320699198511120027,2022-04-20 08:00,13987654321,木工班,A-101
		XY-02,诸葛平安,320699198810010055,2022-04-20 08:00,13755556666,木工班,A-102`
	resultsCSV = `
		证件号码,采样时间,检测结果,报告时间
		320699199003070013,2022-05-05 09:00,阴性,2022-05-05 18:00
		320699198511120027,2022-05-04 07:00,阴性,2022-05-04 18:00
		320699198810010055,2022-05-04 07:00,阴性,2022-05-04 18:00`
	roomsCSV = `
		标段编号,房间号,使用面积,床位数
		XY-01,A-101,4,2`
	staysCSV = `
		证件号码,标段编号,房间号,入住时间
		320699199003070013,XY-01,A-101,2022-04-20 08:00
		320699198511120027,XY-01,A-101,2022-04-20 08:00`
)

// world is a printer on a small district that was judged at 08:00.
type world struct {
	*testing.T
	store   *store.Store
	judge   *evaluation.Evaluator
	printer *printing.Printer
	now     calendar.Instant
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := &world{T: t, store: s, now: storetest.At("2022-05-06 08:00")}
	for _, table := range [][2]string{{"sections", sectionsCSV}, {"roster", rosterCSV}, {"results", resultsCSV}, {"rooms", roomsCSV}, {"stays", staysCSV}} {
		storetest.ImportAt(t, s, w.now, table[0], table[1])
	}
	now := func() calendar.Instant { return w.now }
	w.judge = &evaluation.Evaluator{Ledger: s, Loc: storetest.Shanghai(), Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	paper, err := sheet.NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	w.printer = &printing.Printer{Store: s, Evaluator: w.judge, Paper: paper, Loc: storetest.Shanghai(), Now: now}
	w.run()
	return w
}

// run judges everything as the scheduled job does.
func (w *world) run() {
	w.Helper()
	if _, err := w.judge.All(w.Context(), evaluation.Scheduled); err != nil {
		w.Fatal(err)
	}
}

// ids finds sections by their codes.
func (w *world) ids(codes ...string) []site.SectionID {
	w.Helper()
	var all []site.SectionID
	for _, code := range codes {
		ids, err := w.store.SectionIDs(w.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{code}})
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, ids...)
	}
	return all
}

func (w *world) print(o printing.Order) []byte {
	w.Helper()
	o.By = "示例员"
	pdf, err := w.printer.Print(w.Context(), o)
	if err != nil {
		w.Fatal(err)
	}
	return pdf
}

// text reads a PDF, without the spaces that the layout puts in.
func (w *world) text(pdf []byte) string {
	w.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			w.Fatal("pdftotext is not installed, and in CI nothing is skipped")
		}
		w.Skip("pdftotext is not installed")
	}
	cmd := exec.CommandContext(w.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		w.Fatalf("read PDF of %d bytes: %v", len(pdf), err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}

// TestPrintedAgain: the sheets of a past run, printed after much else became known, are the same to the byte; on another day
// they differ in the time of printing alone.
func TestPrintedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		then := w.now
		for _, c := range []sheet.Copy{sheet.Internal, sheet.Posted} {
			order := printing.Order{Within: account.Everywhere(), Sections: w.ids("XY-01", "XY-02", "XY-03"), At: then, KnownAt: then, Copy: c}
			w.now = then
			first := w.print(order)
			if c == sheet.Internal {
				w.later()
			}
			if second := w.print(order); !bytes.Equal(first, second) {
				t.Errorf("the %s copy, printed again, differs%s", c, apart(w.text(first), w.text(second)))
			}
			w.now = storetest.At("2022-06-01 09:30")
			again := strings.ReplaceAll(w.text(w.print(order)), "打印2022-06-0109:30", "打印2022-05-0608:00")
			if again != w.text(first) {
				t.Errorf("the %s copy, printed on another day, differs%s", c, apart(w.text(first), again))
			}
		}
	})
}

// apart shows where two texts first differ.
func apart(one, other string) string {
	a, b := []rune(one), []rune(other)
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-40)
	return fmt.Sprintf(":\n…%s…\n…%s…", string(a[from:min(len(a), i+40)]), string(b[from:min(len(b), i+40)]))
}

// later is what becomes known after 08:00: results, also of samples taken before; corrections of people, sections and rooms; a
// departure; a control zone; another policy; and the run that follows.
func (w *world) later() {
	w.Helper()
	at := storetest.At("2022-05-06 12:15")
	for _, table := range [][2]string{
		{"results", `
			证件号码,采样时间,检测结果,报告时间
			320699198511120027,2022-05-05 20:00,阴性,2022-05-06 07:00
			320699198810010055,2022-05-06 06:00,阳性,2022-05-06 12:10`},
		{"sections", `
			项目编号,项目名称,标段编号,标段名称,街道,施工单位,项目负责人,联系电话,状态
			XY,学苑改名项目,XY-01,一标段,学苑街道,另一示例建设,赵示例,13899990000,停工`},
		{"roster", `
			标段编号,姓名,证件号码,进场时间,手机号码,班组,房间号,退场时间
			XY-01,欧阳建国,320699199003070013,2022-04-20 08:00,13800000000,架子班,A-102,2022-05-06 07:30
			XY-01,皇甫新来,32069919910412018X,2022-05-06 07:00,,木工班,A-101,`},
		{"rooms", `
			标段编号,房间号,使用面积,床位数
			XY-01,A-101,40,12`},
		{"zones", `
			范围类型,范围,级别,开始时间,结束时间
			街道,学苑街道,管控区,2022-05-05 00:00,2022-05-20 00:00`},
	} {
		storetest.ImportAt(w.T, w.store, at, table[0], table[1])
	}
	book, err := w.store.Policies(w.Context(), 0, storetest.Shanghai())
	if err != nil {
		w.Fatal(err)
	}
	source := strings.Replace(book[0].Source, "nat_valid_h: {value: 48,", "nat_valid_h: {value: 12,", 1)
	p, err := policy.Parse([]byte(source), storetest.Shanghai())
	if err != nil {
		w.Fatal(err)
	}
	if _, err := w.store.PublishPolicy(w.Context(), audit.Act{}, p, at, storetest.Shanghai()); err != nil {
		w.Fatal(err)
	}
	w.now = at
	w.run()
	w.now = storetest.At("2022-05-06 08:00")
}

// TestInternalCopy names whom it is about, with the last four characters of the number, and the manager's telephone.
func TestInternalCopy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		text := w.text(w.print(printing.Order{Within: account.Everywhere(), Sections: w.ids("XY-01"), At: w.now, Copy: sheet.Internal}))
		for _, want := range []string{"司马示例", "0027", "49小时0分", "李示例", "示例员"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on the internal copy:\n%s", want, text)
			}
		}
		for _, secret := range []string{"320699198511120027", "13987654321", "诸葛平安", "0055"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is on the sheet", secret)
			}
		}
	})
}

// TestPostedCopyOpensNoSeal prints the copy for the wall after every seal in the database was broken: it needs none. The internal
// copy does, and fails.
func TestPostedCopyOpensNoSeal(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := newWorld(t, storetest.Open(t, dsn, storetest.Keys(t)))
		order := printing.Order{Within: account.Everywhere(), Sections: w.ids("XY-01", "XY-02"), At: w.now, Copy: sheet.Posted}
		before := w.print(order)
		breakSeals(t, dsn)
		if !bytes.Equal(before, w.print(order)) {
			t.Error("the posted copy differs once seals are broken")
		}
		text := w.text(before)
		for _, secret := range []string{"欧阳建国", "司马示例", "诸葛平安", "0013", "0027", "0055", "13812345678", "5678", "13811112222"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is on the posted copy", secret)
			}
		}
		order.Copy = sheet.Internal
		if _, err := w.printer.Print(t.Context(), order); err == nil {
			t.Error("the internal copy is printed though every seal is broken, so that the test proves nothing")
		}
	})
}

func breakSeals(t *testing.T, dsn string) {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"UPDATE workers SET number_sealed = number_lookup",
		"UPDATE enrolments SET phone_sealed = phone_lookup",
		"UPDATE section_versions SET phone_sealed = phone_lookup",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestOrderIsKept: sheets come in the order in which the sections were named, also over many of them, and progress is told.
func TestOrderIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		told := 0
		pdf := w.print(printing.Order{Within: account.Everywhere(), Sections: w.ids("XY-03", "XY-01", "XY-02"), At: w.now, Copy: sheet.Posted,
			Progress: func(done, total int) {
				if told = done; total != 3 {
					t.Errorf("progress of %d, want 3", total)
				}
			}})
		text, last := w.text(pdf), -1
		for _, code := range []string{"（XY-03）", "（XY-01）", "（XY-02）"} {
			at := strings.Index(text, code)
			if at <= last {
				t.Errorf("%s is not where it belongs", code)
			}
			last = at
		}
		if told != 3 {
			t.Errorf("told of %d sheets, want 3", told)
		}
	})
}

// TestUnknownSection: a sheet that cannot be printed fails the order as a whole.
func TestUnknownSection(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		order := printing.Order{Within: account.Everywhere(), Sections: append(w.ids("XY-01"), 4711), At: w.now, Copy: sheet.Internal}
		if pdf, err := w.printer.Print(t.Context(), order); fault.KindOf(err) != fault.NotFound || pdf != nil {
			t.Errorf("%d bytes, %v; want a fault.NotFound", len(pdf), err)
		}
	})
}
