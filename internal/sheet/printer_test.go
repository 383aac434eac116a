package sheet

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/roster"
)

var update = flag.Bool("update", false, "write the golden texts anew")

func render(t testing.TB, src Source) []byte {
	t.Helper()
	pdf, err := printer(t).Render(Compose(src))
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// text extracts the text of a PDF. Without pdftotext the test is skipped, but on CI it fails.
func text(t testing.TB, pdf []byte, mode string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext (poppler-utils) is missing")
		}
		t.Skip("pdftotext (poppler-utils) is missing")
	}
	cmd := exec.Command("pdftotext", mode, "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("pdftotext: %v, %s", err, &complaints)
	}
	return string(out)
}

// solid takes all white space away: in the order of drawing a cell's lines follow each other, so that its text is found whole.
func solid(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) }), "")
}

func postedOf(src Source) Source {
	src.Copy = Posted
	return src
}

func TestGoldenText(t *testing.T) {
	for name, src := range map[string]Source{
		"met": metSource(), "unmet": unmetSource(), "large": largeSource(), "posted": postedOf(unmetSource()),
		"issued": issuedOf(unmetSource()),
	} {
		t.Run(name, func(t *testing.T) {
			got := tidy(text(t, render(t, src), "-layout"))
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got (go test ./internal/sheet -update writes it anew):\n%s", diff)
			}
		})
	}
}

var spaces = regexp.MustCompile(` {2,}`)

// tidy keeps lines and order, but not how many spaces poppler puts between columns, which changes with its version.
func tidy(layout string) string {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(layout, "\f", "\n----\n"), "\n") {
		if line = strings.TrimSpace(spaces.ReplaceAllString(line, "  ")); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestFirstBlockingRow is scenario S1: the person whose test is too old comes first, by name and masked number.
func TestFirstBlockingRow(t *testing.T) {
	s := Compose(unmetSource())
	row := s.Tables[0].Rows[0]
	if got, want := row.Cells[4].Text, "赵国强\n3206**********0055"; got != want {
		t.Errorf("object: got %q, want %q", got, want)
	}
	raw := text(t, render(t, unmetSource()), "-raw")
	for _, want := range []string{"2022-05-04 07:00", "49小时0分", "48小时", "3206**********0055", "钢筋班", "A-202", "不符合"} {
		if !strings.Contains(raw, want) {
			t.Errorf("the sheet does not say %q", want)
		}
	}
}

func TestPostedCopyNamesNobody(t *testing.T) {
	src := postedOf(unmetSource())
	raw := solid(text(t, render(t, src), "-raw"))
	for _, secret := range []string{
		"王小明", "李建军", "赵国强", "陈建国", "0013", "0027", "0055", "3206", "1234", "138", "49小时", "2022-05-04", "混管阳性，待", "NT22050501001", "王*明",
	} {
		if strings.Contains(raw, secret) {
			t.Errorf("the posted copy tells %q", secret)
		}
	}
	for _, want := range []string{"公示版", "赵*强", "某班组1人", "陈*国"} {
		if !strings.Contains(raw, want) {
			t.Errorf("the posted copy does not tell %q", want)
		}
	}
}

func TestInternalCopyMasksThePhone(t *testing.T) {
	raw := text(t, render(t, metSource()), "-raw")
	if strings.Contains(raw, "13800001234") || !strings.Contains(raw, "138****1234") {
		t.Error("the telephone is not masked")
	}
	if !strings.Contains(raw, "内部资料") {
		t.Error("the caution is missing")
	}
}

func TestPageNumbers(t *testing.T) {
	pages := pagesOf(text(t, render(t, largeSource()), "-raw"))
	if len(pages) < 5 {
		t.Fatalf("got %d pages", len(pages))
	}
	for i, page := range pages {
		for _, want := range []string{fmt.Sprintf("第%d页 共%d页", i+1, len(pages)), fmt.Sprintf("%d/%d", i+1, len(pages)), "HC-XY-01-20220506-0800", "XY-01", "数据截止 2022-05-06 07:40", "周敏", "epidemic-2022 第1版"} {
			if !strings.Contains(page, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
}

func pagesOf(raw string) []string {
	return strings.Split(strings.TrimSuffix(raw, "\f"), "\f")
}

func TestRowsAreNotSplitAndHeadsAreRepeated(t *testing.T) {
	src := largeSource()
	s := Compose(src)
	pages := pagesOf(text(t, render(t, src), "-raw"))
	for i := range pages {
		pages[i] = solid(pages[i])
	}
	for _, table := range s.Tables {
		for _, row := range table.Rows {
			if row.Heading == "" && !together(pages, table, row) {
				t.Errorf("%s: row %v is on no page as a whole, under its head", table.Title, row.Cells)
			}
		}
	}
}

// together reports whether some page has all the cells of a row one after the other, and the head of the table before them.
func together(pages []string, table Table, row Row) bool {
	var text, head strings.Builder
	for i, c := range table.Columns {
		head.WriteString(c.Title)
		text.WriteString(cellText(&row, i, c))
	}
	want := strings.NewReplacer("☐", "", "☑", "").Replace(solid(text.String()))
	for _, page := range pages {
		h, r := strings.Index(page, solid(head.String())), strings.Index(page, want)
		if h >= 0 && r > h {
			return true
		}
	}
	return false
}

func TestEqualSheetsGiveEqualBytes(t *testing.T) {
	p, s := printer(t), Compose(unmetSource())
	want, err := p.Render(s)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			got, err := p.Render(Compose(unmetSource()))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("another rendering differs (%v)", err)
			}
		})
	}
	all.Wait()
}

func TestManySheetsShareFontsAndHaveAnOutline(t *testing.T) {
	var sheets []Sheet
	for i := range 12 {
		src := unmetSource()
		src.Section.Code = fmt.Sprintf("XY-%02d", i+1)
		sheets = append(sheets, Compose(src))
	}
	var told []int
	pdf, err := printer(t).RenderAll(sheets, func(done, total int) { told = append(told, done) })
	if err != nil {
		t.Fatal(err)
	}
	if got := told[len(told)-1]; got != 12 {
		t.Errorf("progress ended at %d of 12", got)
	}
	if got := bytes.Count(pdf, []byte("/FontFile2")); got != 2 {
		t.Errorf("got %d fonts, want 2", got)
	}
	if got := bytes.Count(pdf, []byte("/Parent")) - 12; got < 12*5 {
		t.Errorf("got %d pages", got)
	}
	if got := bytes.Count(pdf, []byte("/Dest [")); got != 12 {
		t.Errorf("got %d entries of the outline, want 12", got)
	}
	single, err := printer(t).Render(sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) > 12*len(single)/2 {
		t.Errorf("12 sheets take %d bytes, one takes %d", len(pdf), len(single))
	}
	raw := text(t, pdf, "-raw")
	for i := range 12 {
		if want := fmt.Sprintf("XY-%02d", i+1); !strings.Contains(raw, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestNastyTexts(t *testing.T) {
	long := strings.Repeat("围挡高度不应小于2.5m，", 700) // 10 kB and more
	names := []string{"𠮷田", "😀工友", "阿卜杜拉·买买提", "王\xff\xfe明", "a\tb\nc\r\nd", "\x00", long, strings.Repeat("𠮷", 2500), "☑合格", "（（（（", strings.Repeat("。", 500)}
	src := unmetSource()
	var subjects []criteria.Subject
	for i, name := range names {
		subjects = append(subjects, worker(person(100+i, name, name, name), name, name, 0))
		src.Snapshot.People = append(src.Snapshot.People, person(100+i, name, name, name))
	}
	set(src.Report.Findings, failing(finding("roster.complete", "登记齐全", ""), criteria.Fail, long, subjects...))
	src.Section.ProjectName, src.Section.Address, src.Number, src.PrintedBy = names[0], long, names[3], names[1]
	for _, kind := range []Copy{Internal, Posted} {
		src.Copy = kind
		raw := solid(text(t, render(t, src), "-raw"))
		if kind == Posted {
			continue
		}
		for _, want := range []string{"〓田", "〓工友", "阿卜杜拉·买买提", "王〓〓明", "U+20BB7", "U+1F600", "0xFF0xFE", "阻断项清单第", "合格"} {
			if !strings.Contains(raw, want) {
				t.Errorf("%s: %q is missing", kind, want)
			}
		}
		// Continued over pages, the text is whole but for the margins between its parts.
		if got, want := strings.Count(raw, "围挡高度"), 700*5; got < want {
			t.Errorf("%s: %d of %d repetitions of the long text", kind, got, want)
		}
	}
}

// TestNoCharacterIsLost puts random Chinese texts everywhere and finds every one of them whole in the paper.
func TestNoCharacterIsLost(t *testing.T) {
	face := family(t).Regular
	var han []rune
	for r := rune(0x4E00); r < 0xA000; r++ {
		if face.Has(r) {
			han = append(han, r)
		}
	}
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 7))
		var all []string
		draw := func(most int) string {
			out := make([]rune, 1+random.IntN(most))
			for i := range out {
				out[i] = han[random.IntN(len(han))]
				if marks := []rune("，。（）：2m人 "); i > 0 && random.IntN(6) == 0 {
					out[i] = marks[random.IntN(len(marks))]
				}
			}
			all = append(all, string(out))
			return string(out)
		}
		src := randomSource(draw)
		raw := solid(text(t, render(t, src), "-raw"))
		for _, want := range all {
			if !strings.Contains(raw, solid(want)) {
				t.Fatalf("seed %d: %q is not on the paper", seed, want)
			}
		}
	}
}

func randomSource(draw func(most int) string) Source {
	src := unmetSource()
	s := &src.Section
	s.ProjectName, s.Address, s.Owner, s.Contractor = draw(12), draw(60), draw(40), draw(40)
	s.Supervisor, s.NotResumedReason, s.Manager, src.PrintedBy = draw(40), draw(60), draw(4), draw(4)
	src.Number = draw(30)
	var subjects []criteria.Subject
	for i := range 15 {
		p := person(200+i, draw(12), draw(10), draw(8))
		src.Snapshot.People = append(src.Snapshot.People, p)
		subjects = append(subjects, worker(p, draw(50), draw(30), 0))
	}
	f := failing(finding("roster.complete", draw(30), draw(30)), criteria.Fail, "", subjects...)
	f.Reason = locale.Say("%s", draw(80))
	set(src.Report.Findings, f)
	src.Snapshot.Areas[1].Name = draw(30) // the one that was left out
	return src
}

// TestNothingLeavesThePage draws sheets of any text at all and looks where every mark went.
func TestNothingLeavesThePage(t *testing.T) {
	p := printer(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := randomSheet(rt)
		for i, page := range p.lay(&s) {
			for k := range page.marks {
				if complaint := misplaced(p, &page.marks[k]); complaint != "" {
					rt.Fatalf("page %d: %s", i+1, complaint)
				}
			}
		}
	})
}

func TestAnyTextCanBeDrawn(t *testing.T) {
	p := printer(t)
	sheets := rapid.Custom(randomSheet)
	for seed := range 12 {
		if _, err := p.Render(sheets.Example(seed)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func randomSheet(t *rapid.T) Sheet {
	texts := rapid.Custom(drawText)
	s := Sheet{
		Copy: rapid.SampledFrom([]Copy{Internal, Posted}).Draw(t, "copy"), Title: "核查表", Number: texts.Draw(t, "number"),
		Heading: texts.Draw(t, "heading"), Outline: texts.Draw(t, "outline"), Verdict: "不符合", Lead: rapid.SliceOfN(texts, 0, 4).Draw(t, "lead"),
		PrintedBy: texts.Draw(t, "by"),
	}
	for i := range rapid.IntRange(0, 8).Draw(t, "facts") {
		s.Facts = append(s.Facts, Fact{fmt.Sprint("事实", i), texts.Draw(t, "fact")})
	}
	table := Table{Title: "明细", Columns: []Column{{Title: "甲", Width: 20}, {Title: "乙", Width: 90, Align: Centre}, {Title: "丙", Width: 60, Pen: true}}}
	for range rapid.IntRange(0, 60).Draw(t, "rows") {
		table.Rows = append(table.Rows, cells(texts.Draw(t, "a"), texts.Draw(t, "b"), texts.Draw(t, "c")))
	}
	s.Tables = []Table{table}
	return s
}

func misplaced(p *Printer, m *mark) string {
	const slack = 0.05
	right, top := m.x+m.w, m.y
	if m.kind == textMark {
		l := layout{fonts: p.fonts}
		em := m.size * pointMM
		right, top = m.x+l.width(strings.TrimRight(m.text, " "), style{size: m.size, bold: m.bold}), m.y-0.9*em
		for _, r := range m.text {
			if !l.face(m.bold).Has(r) {
				return fmt.Sprintf("%q: no glyph for %U", m.text, r)
			}
		}
	}
	if m.x < leftEdge-slack || right > rightEdge+slack || top < 5 || m.y+max(m.h, 0) > pageHeight-4 {
		return fmt.Sprintf("%+v reaches from (%.1f, %.1f) to %.1f", *m, m.x, top, right)
	}
	return ""
}

func TestEmptySheetsAreNoFailure(t *testing.T) {
	p := printer(t)
	for _, s := range []Sheet{{}, Compose(Source{}), {Tables: []Table{{}, {Rows: []Row{{}}}}, PrintedAt: 1}} {
		if pdf, err := p.Render(s); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%v: %d bytes, %v", s, len(pdf), err)
		}
	}
	if _, err := p.RenderAll(nil, nil); err != nil {
		t.Error(err)
	}
}

func TestMasks(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{MaskNumber("320699198810010055"), "3206**********0055"}, {MaskNumber("H1234567"), "****4567"}, {MaskNumber("123"), "***"}, {MaskNumber(""), ""},
		{MaskPhone("13800001234"), "138****1234"}, {MaskPhone("8551"), "****"}, {MaskPhone(""), ""},
		{MaskName("王小某"), "王*某"}, {MaskName("李军"), "李*"}, {MaskName("阿卜杜拉·买买提"), "阿***提"}, {MaskName("甲"), "*"}, {MaskName(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNamedAreThoseWithExceptions(t *testing.T) {
	got := Named(unmetSource().Report)
	if want := []roster.WorkerID{1, 3}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestWhatConcernsEveryoneIsSaidOnce: nobody's seal has to be opened for it.
func TestWhatConcernsEveryoneIsSaidOnce(t *testing.T) {
	src := largeSource()
	var all []criteria.Subject
	for _, p := range src.Snapshot.People {
		all = append(all, worker(p, "无记录", "2次", 0))
	}
	set(src.Report.Findings, finding("nat.latest_negative", "48小时内阴性", "200/200"))
	set(src.Report.Findings, failing(finding("health.temp", "每日2次", "0/200"), criteria.Unknown, "200人无测温记录", all...))
	if got := Named(src.Report); len(got) > 0 {
		t.Errorf("%d seals are to be opened", len(got))
	}
	raw := solid(text(t, render(t, src), "-raw"))
	for _, want := range []string{"全体200人", "全体在场人员均未达：每日测温次数", "另有个别异常0人"} {
		if !strings.Contains(raw, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(raw, src.Snapshot.People[7].Name) {
		t.Error("people are named though it concerns everyone")
	}
}

// TestNamesInReasonsAreHidden: a reason that names people keeps its sense on the posted copy, but not the names.
func TestNamesInReasonsAreHidden(t *testing.T) {
	src := postedOf(unmetSource())
	f := failing(finding("roster.complete", "登记齐全", "1/3"), criteria.Warned, "")
	f.Reason = locale.Say("%s未登记班组，%s与%s同住", "李建军、赵国强", "李建军", "王小明")
	set(src.Report.Findings, f)
	raw := solid(text(t, render(t, src), "-raw"))
	if want := "李*军、赵*强未登记班组，李*军与某班组人员同住"; !strings.Contains(raw, want) {
		t.Errorf("%q is missing", want)
	}
}
