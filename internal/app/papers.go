package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/config"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/printing"
	"fugong/internal/sheet"
)

// largestFile is how much of a file is read to be verified; no sheet comes near it.
const largestFile = 64 << 20

// reachedAt is the address that codes on paper lead to: the base URL, or this machine while nobody else can reach it.
func reachedAt(cfg config.Config) string {
	if cfg.BaseURL == "" && cfg.Loopback() {
		return "http://" + cfg.Listen
	}
	return cfg.BaseURL
}

// IssueSheet issues the sheet of one section as it is now and writes it to where the query says.
func (a *App) IssueSheet(ctx context.Context, q SheetQuery, stdout io.Writer) (paper.Paper, error) {
	which, err := sheet.ParseCopy(q.Copy)
	if err != nil {
		return paper.Paper{}, misusing(fmt.Errorf("--copy: %w", err))
	}
	if q.At != "" || q.KnownAt != "" {
		return paper.Paper{}, Misused("签发的核查表只说明签发时的情况，不能与 --at、--known-at 同用")
	}
	ids, err := a.route(ctx, q)
	if err != nil {
		return paper.Paper{}, err
	}
	order := printing.IssueOrder{Within: account.Everywhere(), Section: ids[0], Copy: which, Act: operator()}
	issued, err := a.printer.Issue(ctx, order)
	if err != nil {
		return paper.Paper{}, err
	}
	return issued, writeOut(q.Out, stdout, func(w io.Writer) error { _, err := w.Write(issued.PDF); return err })
}

// VerifyPaper finds the paper that is named by its id, its number or its file, and checks content, signature and, of a file, every
// byte. It returns a fault.NotFound for what was never issued here and a fault.Invalid, with the paper that the file claims to
// be, for what is not as it was issued.
func (a *App) VerifyPaper(ctx context.Context, what string) (paper.Paper, error) {
	content, err := readPaper(what)
	if err != nil {
		return paper.Paper{}, err
	}
	if content != nil {
		return a.verifyFile(ctx, content)
	}
	p, err := a.findPaper(ctx, what)
	if err != nil {
		return p, err
	}
	if p, err = a.store.PaperFile(ctx, account.Everywhere(), p.Content.ID); err != nil { // with its bytes
		return p, err
	}
	return p, p.Verify(a.printer.Signer.ReportKeys())
}

// readPaper reads a file; nil when there is none of that name. An empty file is not nil.
func readPaper(name string) ([]byte, error) {
	f, err := os.Open(name) // #nosec G304 -- the operator names it
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open paper: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	if err != nil {
		return nil, fmt.Errorf("read paper: %w", err)
	}
	if len(content) > largestFile {
		return nil, fault.New(fault.Invalid, "%s 超过 %d MB，不是核查表", name, largestFile>>20)
	}
	return content, nil
}

var (
	claimed  = regexp.MustCompile(regexp.QuoteMeta(sheet.Claim) + `([A-Za-z0-9_-]{22})`)
	numbered = regexp.MustCompile(`(\d{4})\D+(\d{1,9})`)
)

func (a *App) verifyFile(ctx context.Context, content []byte) (paper.Paper, error) {
	p, err := a.store.PaperByFile(ctx, paper.HashOf(content))
	if err == nil {
		if !bytes.Equal(p.PDF, content) {
			return p, fault.New(fault.Invalid, "库中的文件与签发时不同")
		}
		return p, p.Verify(a.printer.Signer.ReportKeys())
	}
	claim := claimed.FindSubmatch(content)
	if fault.KindOf(err) != fault.NotFound || claim == nil {
		return p, unknownPaper(err)
	}
	if p, err = a.store.PaperByID(ctx, string(claim[1])); err != nil {
		return p, unknownPaper(err)
	}
	return p, fault.New(fault.Invalid, "文件自称 %s，但内容与签发时不同，已被改动", p.Content.Number)
}

func (a *App) findPaper(ctx context.Context, what string) (paper.Paper, error) {
	if paper.ValidID(what) {
		p, err := a.store.PaperByID(ctx, what)
		return p, unknownPaper(err)
	}
	found := numbered.FindStringSubmatch(what)
	if found == nil {
		return paper.Paper{}, Misused("%q 既不是文件，也不是核查表的编号或 22 位标识", what)
	}
	year, _ := strconv.Atoi(found[1]) // digits only
	place, _ := strconv.Atoi(found[2])
	p, err := a.store.PaperByNumber(ctx, account.Everywhere(), year, place)
	return p, unknownPaper(err)
}

func unknownPaper(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "没有签发过这份核查表")
	}
	return err
}

// Papers lists what was issued about a section, the newest first.
func (a *App) Papers(ctx context.Context, code string) ([]paper.Paper, error) {
	ids, err := a.route(ctx, SheetQuery{Sections: []string{code}})
	if err != nil {
		return nil, err
	}
	return a.store.Papers(ctx, account.Everywhere(), ids[0], 1000)
}

// RevokePaper declares a paper void and gives it as it was.
func (a *App) RevokePaper(ctx context.Context, what, reason string) (paper.Paper, error) {
	p, err := a.findPaper(ctx, what)
	if err != nil {
		return p, err
	}
	return p, a.store.RevokePaper(ctx, p.Content.ID, reason, operator(), a.clock.now())
}

// PaperFacts lists what a paper says, as label and value, in the zone of the program.
func (a *App) PaperFacts(p paper.Paper) [][]string {
	c, minute := p.Content, func(i calendar.Instant) string { return i.Minute(a.cfg.Timezone) }
	facts := [][]string{
		{"编号", c.Number}, {"标识", c.ID}, {"标段", c.Section + " " + c.Project + " " + c.SectionName}, {"版本", sheet.Copy(c.Copy).Chinese()},
		{"结论", c.Judgement().Chinese()}, {"判定时间", minute(c.At)}, {"规则", fmt.Sprintf("%s 第%d版", c.Policy, c.PolicyVersion)},
		{"人数", fmt.Sprintf("在场 %d，住场内 %d", c.Headcount, c.HousedOnSite)}, {"问题", fmt.Sprintf("阻断 %d，预警 %d", c.Blocking, c.Warnings)},
		{"签发", minute(c.IssuedAt) + " " + p.IssuedBy + "（" + account.Role(c.IssuerRole).Chinese() + "）"},
		{"状态", strings.TrimSpace(p.Status().Chinese() + " " + minute(p.Changed()) + " " + p.RevokedFor)},
		{"内容校验", paper.Words(p.Hash)}, {"文件校验", paper.Words(p.PDFHash)}, {"审计序号", audit.Head{Seq: c.AuditSeq, MAC: c.AuditMAC}.String()},
	}
	return facts
}
