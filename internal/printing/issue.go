package printing

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/url"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
)

// Signer signs papers and names the keys by which anybody can check that it did.
type Signer interface {
	SignReport(message []byte) (signature []byte, key string, err error)
	ReportKeys() map[string]ed25519.PublicKey
}

// IssueOrder asks for a paper about a section as it is now. Within is what the one who issues it may see; Act says who that is. Key
// names the request: the same one again gives the same paper.
type IssueOrder struct {
	Within  account.Scope
	Section site.SectionID
	Copy    sheet.Copy
	Key     string
	Act     audit.Act
}

// Issue judges a section and keeps its sheet as a numbered, signed paper. Paper, number, audit entry and the end of the paper it
// replaces stand together or not at all; a failed order uses up no number.
func (p *Printer) Issue(ctx context.Context, o IssueOrder) (paper.Paper, error) {
	order := store.PaperOrder{Section: o.Section, Copy: string(o.Copy), Key: o.Key, Act: o.Act, Now: p.Now, Loc: p.Loc}
	issued, err := p.Store.IssuePaper(ctx, order, func(ctx context.Context, turn store.PaperTurn) (paper.Paper, error) {
		return p.issue(ctx, o, turn)
	})
	if err == nil && p.Issued != nil {
		p.Issued(ctx)
	}
	return issued, err
}

func (p *Printer) issue(ctx context.Context, o IssueOrder, turn store.PaperTurn) (paper.Paper, error) {
	// Everything recorded by now counts, also what another replica stamped by a clock that goes a little ahead.
	sources, err := p.sources(ctx, []site.SectionID{o.Section}, Order{Within: o.Within, At: turn.At, Copy: o.Copy, By: o.Act.Actor})
	if err != nil {
		return paper.Paper{}, err
	}
	if len(sources) != 1 {
		return paper.Paper{}, fault.New(fault.NotFound, "没有这个标段")
	}
	src := sources[0]
	issued := paper.Paper{Content: p.content(src, o, turn), Section: o.Section, IssuedBy: o.Act.Actor}
	if err := p.sign(&issued); err != nil {
		return paper.Paper{}, err
	}
	if src.Issue, err = p.proof(issued, turn); err != nil {
		return paper.Paper{}, err
	}
	src.Number, src.PrintedAt = issued.Content.Number, turn.At
	if issued.PDF, err = p.Paper.Render(sheet.Compose(src)); err != nil {
		return paper.Paper{}, err
	}
	return issued, p.signFile(&issued)
}

// content says what the paper says, without anybody's personal data.
func (p *Printer) content(src sheet.Source, o IssueOrder, turn store.PaperTurn) paper.Content {
	var random [16]byte
	rand.Read(random[:]) // never fails
	r := src.Report
	blocking, warnings := sheet.Count(r)
	return paper.Content{
		ID: paper.IDFrom(random), Number: paper.FormatNumber(p.numbering(), turn.Year, turn.Place), Year: turn.Year, Place: turn.Place,
		Section: src.Section.Code, SectionName: src.Section.Name, Project: src.Section.ProjectName, Copy: string(o.Copy),
		Verdict: r.Verdict().String(), At: r.At, KnownAt: max(turn.At, src.Section.DataAt), HoldsUntil: r.HoldsUntil, Policy: r.Policy, PolicyVersion: r.PolicyVersion,
		Headcount: r.Headcount, HousedOnSite: r.HousedOnSite, Blocking: blocking, Warnings: warnings, IssuedAt: turn.At,
		IssuerRole: o.Act.Role, AuditSeq: turn.Trail.Seq, AuditMAC: turn.Trail.MAC,
	}
}

func (p *Printer) numbering() string {
	if p.Numbering == "" {
		return paper.DefaultPattern
	}
	return p.Numbering
}

// sign fixes the content.
func (p *Printer) sign(issued *paper.Paper) (err error) {
	if issued.Canonical, err = issued.Content.Canonical(); err != nil {
		return err
	}
	issued.Hash = paper.HashOf(issued.Canonical)
	issued.Signature, issued.KeyID, err = p.Signer.SignReport(paper.Message(issued.Hash))
	return err
}

// signFile fixes the bytes of the PDF, with the key that signed the content.
func (p *Printer) signFile(issued *paper.Paper) error {
	issued.PDFHash = paper.HashOf(issued.PDF)
	signature, key, err := p.Signer.SignReport(paper.PDFMessage(issued.Hash, issued.PDFHash))
	if err != nil {
		return err
	}
	if key != issued.KeyID { // the key was changed just now: the next try has one key for both
		return fault.New(fault.Conflict, "签名密钥刚刚更换，请重新签发")
	}
	issued.PDFSignature = signature
	return nil
}

// proof is what the paper carries of its proof.
func (p *Printer) proof(issued paper.Paper, turn store.PaperTurn) (*sheet.Issue, error) {
	link, err := issued.Link(p.Base)
	if err != nil {
		return nil, err
	}
	if err := sheet.CheckLink(link); err != nil {
		return nil, err
	}
	base, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("read link of paper: %w", err)
	}
	return &sheet.Issue{
		ID: issued.Content.ID, Link: link, Host: base.Host, Words: paper.Words(issued.Hash), At: turn.At.Minute(p.Loc),
		By: account.Role(issued.Content.IssuerRole).Chinese(), Trail: turn.Trail.String(),
	}, nil
}
