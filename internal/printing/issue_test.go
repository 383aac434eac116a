package printing_test

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/sheet/sheettest"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// press is a printer on a database with two sections, at 08:00 on 2022-05-06.
type press struct {
	*testing.T
	*printing.Printer
	store    *store.Store
	sections []site.SectionID
	now      calendar.Instant
}

func onBoth(t *testing.T, test func(p *press)) {
	t.Helper()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		keys := storetest.Keys(t)
		p := &press{T: t, store: storetest.Open(t, dsn, keys), now: storetest.At("2022-05-06 08:00")}
		p.sections = storetest.Import(t, p.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道,项目负责人,联系电话
			XY,学苑示范项目,XY-01,一标段,学苑街道,陈建国,13800001234
			XY,学苑示范项目,XY-02,二标段,青山街道,陈建国,13800001234`)
		storetest.Import(t, p.store, "roster", `标段编号,姓名,证件号码,进场时间
			XY-01,王小明,320699199003070013,2022-05-01 08:00
			XY-01,赵国强,320699198810010055,2022-05-01 08:00`)
		drawn, err := sheet.NewPrinter()
		if err != nil {
			t.Fatal(err)
		}
		clock := func() calendar.Instant { return p.now }
		judge := &evaluation.Evaluator{Ledger: p.store, Loc: storetest.Shanghai(), Now: clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		p.Printer = &printing.Printer{Store: p.store, Evaluator: judge, Paper: drawn, Loc: storetest.Shanghai(), Now: clock, Signer: keys,
			Base: "https://fugong.example"}
		test(p)
	})
}

func order(section site.SectionID, which sheet.Copy) printing.IssueOrder {
	return printing.IssueOrder{Within: account.Everywhere(), Section: section, Copy: which, Act: audit.Act{Actor: "li", Role: "inspector"}}
}

func (p *press) issue(section site.SectionID, which sheet.Copy) paper.Paper {
	p.Helper()
	issued, err := p.Issue(p.Context(), order(section, which))
	if err != nil {
		p.Fatal(err)
	}
	return issued
}

// TestIssuedPaper issues a paper and follows its code back to what was kept.
func TestIssuedPaper(t *testing.T) {
	onBoth(t, func(p *press) {
		p.issue(p.sections[1], sheet.Internal)
		issued := p.issue(p.sections[0], sheet.Internal)
		kept, err := p.store.PaperFile(p.Context(), account.Everywhere(), issued.Content.ID)
		if err != nil || !bytes.Equal(kept.PDF, issued.PDF) || kept.Content != issued.Content {
			p.Fatalf("kept %+v, %v", kept.Content, err)
		}
		if err := kept.Verify(p.Signer.ReportKeys()); err != nil {
			p.Error(err)
		}
		link, err := kept.Link("https://fugong.example")
		if err != nil {
			p.Fatal(err)
		}
		if got := sheettest.Code(p, kept.PDF); got != link {
			p.Errorf("the code says %q, want %q", got, link)
		}
		c := kept.Content
		if c.Number != "复核〔2022〕第000002号" || c.Section != "XY-01" || c.Headcount != 2 || c.Blocking == 0 || c.Verdict != "unmet" ||
			c.At != p.now || c.KnownAt != p.now || c.IssuerRole != "inspector" || c.Policy == "" || c.AuditMAC == "" {
			p.Errorf("content %s", kept.Canonical)
		}
	})
}

// TestContentNamesNobody looks for whoever is on the sheet in what is shown to everyone.
func TestContentNamesNobody(t *testing.T) {
	onBoth(t, func(p *press) {
		issued := p.issue(p.sections[0], sheet.Internal)
		for _, secret := range []string{"王小明", "赵国强", "陈建国", "320699199003070013", "320699198810010055", "13800001234"} {
			if strings.Contains(string(issued.Canonical), secret) {
				p.Errorf("the content tells %q: %s", secret, issued.Canonical)
			}
		}
	})
}

// TestPapersAtOnce issues from eight sides at once: whoever comes later supersedes, and no number is missing.
func TestPapersAtOnce(t *testing.T) {
	onBoth(t, func(p *press) {
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				if _, err := p.Issue(p.Context(), order(p.sections[i%2], sheet.Posted)); err != nil {
					p.Error(err)
				}
			})
		}
		group.Wait()
		valid, seen := 0, map[int]bool{}
		for _, section := range p.sections {
			papers, err := p.store.Papers(p.Context(), account.Everywhere(), section, 10)
			if err != nil {
				p.Fatal(err)
			}
			for _, one := range papers {
				seen[one.Content.Place] = true
				if one.Status() == paper.Valid {
					valid++
				}
			}
		}
		for n := 1; n <= 8; n++ {
			if !seen[n] {
				p.Errorf("number %d is missing of %v", n, seen)
			}
		}
		if valid != 2 {
			p.Errorf("%d papers are valid", valid)
		}
	})
}

// TestOrdersThatFail use up no number.
func TestOrdersThatFail(t *testing.T) {
	onBoth(t, func(p *press) {
		p.Base = ""
		if _, err := p.Issue(p.Context(), order(p.sections[0], sheet.Internal)); fault.KindOf(err) != fault.Invalid {
			p.Errorf("without an address: %v", err)
		}
		p.Base = "https://" + strings.Repeat("a", 3000)
		if _, err := p.Issue(p.Context(), order(p.sections[0], sheet.Internal)); fault.KindOf(err) != fault.Invalid {
			p.Errorf("with an address no code can hold: %v", err)
		}
		p.Base = "https://fugong.example"
		if _, err := p.Issue(p.Context(), order(999, sheet.Internal)); fault.KindOf(err) != fault.NotFound {
			p.Errorf("no section: %v", err)
		}
		if got := p.issue(p.sections[0], sheet.Internal).Content.Place; got != 1 {
			p.Errorf("the first paper has number %d", got)
		}
	})
}

// TestPapersKnowWhatWasStampedAhead: a replica's clock may go a little ahead of the one that issues. What it recorded counts, and
// the paper says up to when it knows.
func TestPapersKnowWhatWasStampedAhead(t *testing.T) {
	onBoth(t, func(p *press) {
		recorded := p.now
		p.now = recorded.Add(-2 * time.Second)
		issued := p.issue(p.sections[0], sheet.Internal)
		if c := issued.Content; c.Headcount != 2 || c.At != p.now || c.KnownAt != recorded {
			p.Errorf("%d heads, of %d known at %d; want 2, of %d known at %d", c.Headcount, c.At, c.KnownAt, p.now, recorded)
		}
	})
}
