package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/site"
)

// paperRow is an issued paper. Only what has become of it changes later.
type paperRow struct {
	bun.BaseModel `bun:"table:papers,alias:paper"`
	ID            string `bun:",pk"`
	Year          int
	Number        int
	SectionID     site.SectionID
	Copy          string
	Content       string
	ContentHash   string
	Signature     []byte
	KeyID         string `bun:"key_id"`
	PDF           []byte `bun:"pdf"`
	PDFHash       string `bun:"pdf_hash"`
	PDFSignature  []byte `bun:"pdf_signature"`
	AuditSeq      int64
	AuditMAC      string `bun:"audit_mac"`
	IssuedAt      calendar.Instant
	IssuedBy      string
	IssueKey      string           `bun:",nullzero"`
	SupersededBy  string           `bun:",nullzero"`
	SupersededAt  calendar.Instant `bun:",nullzero"`
	RevokedAt     calendar.Instant `bun:",nullzero"`
	RevokedFor    string
}

func newPaperRow(p paper.Paper, key string) paperRow {
	c := p.Content
	return paperRow{
		ID: c.ID, Year: c.Year, Number: c.Place, SectionID: p.Section, Copy: c.Copy, Content: string(p.Canonical), ContentHash: p.Hash,
		Signature: p.Signature, KeyID: p.KeyID, PDF: p.PDF, PDFHash: p.PDFHash, PDFSignature: p.PDFSignature, AuditSeq: c.AuditSeq,
		AuditMAC: c.AuditMAC, IssuedAt: c.IssuedAt, IssuedBy: p.IssuedBy, IssueKey: key,
	}
}

// paper gives the noun. Where the columns contradict the signed content they win, so that verifying it fails: whoever changed
// either of them shall not be believed.
func (r *paperRow) paper() paper.Paper {
	p := paper.Paper{
		Section: r.SectionID, Canonical: []byte(r.Content), Hash: r.ContentHash, Signature: r.Signature, KeyID: r.KeyID, PDF: r.PDF,
		PDFHash: r.PDFHash, PDFSignature: r.PDFSignature, IssuedBy: r.IssuedBy, SupersededBy: r.SupersededBy, SupersededAt: r.SupersededAt,
		RevokedAt: r.RevokedAt, RevokedFor: r.RevokedFor,
	}
	if c, err := paper.ParseContent(p.Canonical); err == nil {
		p.Content = c
	}
	c := &p.Content
	c.ID, c.Year, c.Place, c.Copy, c.IssuedAt, c.AuditSeq, c.AuditMAC = r.ID, r.Year, r.Number, r.Copy, r.IssuedAt, r.AuditSeq, r.AuditMAC
	return p
}

// PaperOrder asks for a paper about a section. Key is the name of the request: the same one again gives the same paper. Act says
// by whom. Loc is where the year begins.
type PaperOrder struct {
	Section site.SectionID
	Copy    string
	Key     string
	Act     audit.Act
	Now     func() calendar.Instant
	Loc     *time.Location
}

// PaperTurn is what a paper gets that is issued next: its place among the papers of the year, its instant, and the head of
// the audit trail that it bears witness to.
type PaperTurn struct {
	Year, Place int
	At          calendar.Instant
	Trail       audit.Head
}

// IssuePaper issues one paper: its number is allotted, issue makes it, it supersedes those of the same section and copy, and all of
// that is kept together with its entry in the audit trail, or none of it. Papers are made one at a time, so that numbers have no
// gap and a later paper never knows less than an earlier one. issue may run again after a deadlock. An order whose key was
// used for another section or copy gives a fault.Conflict.
func (s *Store) IssuePaper(ctx context.Context, o PaperOrder, issue func(context.Context, PaperTurn) (paper.Paper, error)) (paper.Paper, error) {
	var issued paper.Paper
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE key_check SET id = id WHERE id = 1"); err != nil {
			return fmt.Errorf("wait for other changes: %w", err)
		}
		earlier, found, err := s.answered(ctx, tx, o)
		if err != nil || found {
			issued = earlier
			return err
		}
		turn, err := nextPaper(ctx, tx, o.Now(), o.Loc)
		if err != nil {
			return err
		}
		if issued, err = issue(ctx, turn); err != nil {
			return err
		}
		return s.keepPaper(ctx, tx, o, issued)
	})
	if err != nil {
		return paper.Paper{}, fmt.Errorf("issue paper of section %d: %w", o.Section, err)
	}
	return issued, nil
}

// requestKey keeps the keys of different users apart.
func (o PaperOrder) requestKey() string {
	if o.Key == "" {
		return ""
	}
	return strconv.Quote(o.Act.Actor) + " " + o.Key
}

// answered finds the paper that was issued to the same request.
func (s *Store) answered(ctx context.Context, tx bun.Tx, o PaperOrder) (paper.Paper, bool, error) {
	if o.Key == "" {
		return paper.Paper{}, false, nil
	}
	var row paperRow
	err := tx.NewSelect().Model(&row).Where("issue_key = ?", o.requestKey()).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return paper.Paper{}, false, nil
	}
	if err != nil {
		return paper.Paper{}, false, fmt.Errorf("look for the request's paper: %w", err)
	}
	if row.SectionID != o.Section || row.Copy != o.Copy {
		return paper.Paper{}, false, fault.New(fault.Conflict, "同一请求编号已用于签发另一份核查表")
	}
	return row.paper(), true, nil
}

func nextPaper(ctx context.Context, tx bun.Tx, now calendar.Instant, loc *time.Location) (PaperTurn, error) {
	turn := PaperTurn{Year: now.In(loc).Year(), At: now}
	var last int
	err := tx.NewSelect().Table("papers").ColumnExpr("COALESCE(MAX(number), 0)").Where("year = ?", turn.Year).Scan(ctx, &last)
	if err != nil {
		return turn, fmt.Errorf("find last number of %d: %w", turn.Year, err)
	}
	turn.Place = last + 1
	turn.Trail, err = auditHead(ctx, tx)
	return turn, err
}

func (s *Store) keepPaper(ctx context.Context, tx bun.Tx, o PaperOrder, p paper.Paper) error {
	row := newPaperRow(p, o.requestKey())
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("keep paper: %w", err)
	}
	_, err := tx.NewUpdate().Model((*paperRow)(nil)).Set("superseded_by = ?", row.ID).Set("superseded_at = ?", row.IssuedAt).
		Where("section_id = ?", row.SectionID).Where("copy = ?", row.Copy).Where("superseded_by IS NULL").Where("id <> ?", row.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("supersede earlier papers: %w", err)
	}
	act := o.Act.Doing("sheet.issue", "paper", row.ID, map[string]string{"number": p.Content.Number, "section": p.Content.Section,
		"copy": row.Copy, "content": paper.Words(p.Hash), "file": paper.Words(p.PDFHash)})
	return s.writeAudit(ctx, tx, act, row.IssuedAt)
}

// PaperByID gives a paper without its PDF, to whoever has its id: it holds no personal data. It returns a fault.NotFound when there
// is none.
func (s *Store) PaperByID(ctx context.Context, id string) (paper.Paper, error) {
	return loadPaper(ctx, s.read.NewSelect().Where("paper.id = ?", id), "pdf")
}

// PaperByNumber gives the paper of a year and a place within it without its PDF, if it is about a section within the scope: numbers can
// be counted through. It returns a fault.NotFound otherwise.
func (s *Store) PaperByNumber(ctx context.Context, within account.Scope, year, place int) (paper.Paper, error) {
	q := s.read.NewSelect().Where("paper.year = ?", year).Where("paper.number = ?", place)
	return loadPaper(ctx, s.visible(q, "paper.section_id", within), "pdf")
}

// PaperByFile gives the paper whose PDF has a SHA-256, in hex.
func (s *Store) PaperByFile(ctx context.Context, pdfHash string) (paper.Paper, error) {
	return loadPaper(ctx, s.read.NewSelect().Where("paper.pdf_hash = ?", pdfHash))
}

// PaperFile gives a paper with its PDF, if it is about a section within the scope; a fault.NotFound otherwise.
func (s *Store) PaperFile(ctx context.Context, within account.Scope, id string) (paper.Paper, error) {
	return loadPaper(ctx, s.visible(s.read.NewSelect().Where("paper.id = ?", id), "paper.section_id", within))
}

// loadPaper reads the one paper that a query finds, without some columns.
func loadPaper(ctx context.Context, q *bun.SelectQuery, without ...string) (paper.Paper, error) {
	var row paperRow
	q = q.Model(&row)
	if len(without) > 0 {
		q = q.ExcludeColumn(without...)
	}
	if err := q.Scan(ctx); err != nil {
		return paper.Paper{}, fmt.Errorf("load paper: %w", translate(err))
	}
	return row.paper(), nil
}

// Papers lists the papers issued about a section within the scope, without their PDFs, the newest first.
func (s *Store) Papers(ctx context.Context, within account.Scope, section site.SectionID, limit int) ([]paper.Paper, error) {
	var rows []paperRow
	q := s.read.NewSelect().Model(&rows).ExcludeColumn("pdf").Where("paper.section_id = ?", section).
		OrderExpr("paper.year DESC, paper.number DESC").Limit(int64(limit))
	if err := s.visible(q, "paper.section_id", within).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list papers of section %d: %w", section, translate(err))
	}
	papers := make([]paper.Paper, len(rows))
	for i := range rows {
		papers[i] = rows[i].paper()
	}
	return papers, nil
}

// RevokePaper declares a paper void, for a reason. It returns a fault.NotFound when there is no such paper and a fault.Conflict when
// it is revoked already.
func (s *Store) RevokePaper(ctx context.Context, id, reason string, act audit.Act, now calendar.Instant) error {
	if reason == "" {
		return fault.New(fault.Invalid, "撤销核查表须写明原因")
	}
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		var row paperRow
		if err := tx.NewSelect().Model(&row).ExcludeColumn("pdf").Where("paper.id = ?", id).Scan(ctx); err != nil {
			return err
		}
		result, err := tx.NewUpdate().Model((*paperRow)(nil)).Set("revoked_at = ?", now).Set("revoked_for = ?", reason).
			Where("id = ?", id).Where("revoked_at IS NULL").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "这份核查表已经撤销"))
		}
		return s.writeAudit(ctx, tx, act.Doing("sheet.revoke", "paper", id, map[string]string{"number": row.paper().Content.Number}), now)
	})
	if err != nil {
		return fmt.Errorf("revoke paper %s: %w", id, err)
	}
	return nil
}
