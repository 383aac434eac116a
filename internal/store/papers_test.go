package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/paper"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
)

// office issues papers as the printing does, but for what is on them.
type office struct {
	*testing.T
	store *store.Store
	keys  *vault.Vault
	now   calendar.Instant
}

// offices runs a test on both databases, in a district of two sections.
func offices(t *testing.T, test func(o office, first, second site.SectionID)) {
	t.Helper()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		keys := storetest.Keys(t)
		o := office{t, storetest.Open(t, dsn, keys), keys, storetest.At("2022-05-06 08:00")}
		ids := storetest.Import(t, o.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道
			XY,学苑示范项目,XY-01,一标段,学苑街道
			XY,学苑示范项目,XY-02,二标段,青山街道`)
		test(o, ids[0], ids[1])
	})
}

func (o office) order(section site.SectionID, key string) store.PaperOrder {
	return store.PaperOrder{Section: section, Copy: "internal", Key: key, Act: audit.Act{Actor: "li", Role: "inspector"},
		Now: func() calendar.Instant { return o.now }, Loc: storetest.Shanghai()}
}

func (o office) try(ctx context.Context, order store.PaperOrder) (paper.Paper, error) {
	return o.store.IssuePaper(ctx, order, func(_ context.Context, turn store.PaperTurn) (paper.Paper, error) {
		return o.make(order, turn)
	})
}

func (o office) issue(section site.SectionID, key string) paper.Paper {
	o.Helper()
	p, err := o.try(o.Context(), o.order(section, key))
	if err != nil {
		o.Fatal(err)
	}
	return p
}

// make makes a signed paper; its id is that of its number, so that a test can name it.
func (o office) make(order store.PaperOrder, turn store.PaperTurn) (paper.Paper, error) {
	sum := sha256.Sum256(fmt.Append(nil, turn.Year, turn.Place))
	c := paper.Content{ID: paper.IDFrom([16]byte(sum[:16])), Number: paper.FormatNumber(paper.DefaultPattern, turn.Year, turn.Place), Year: turn.Year,
		Place: turn.Place, Section: fmt.Sprint(order.Section), Copy: order.Copy, Verdict: "met", At: turn.At, IssuedAt: turn.At,
		IssuerRole: order.Act.Role, AuditSeq: turn.Trail.Seq, AuditMAC: turn.Trail.MAC}
	p := paper.Paper{Content: c, Section: order.Section, IssuedBy: order.Act.Actor, PDF: fmt.Append(nil, "%PDF ", c.ID)}
	var err error
	if p.Canonical, err = c.Canonical(); err != nil {
		return p, err
	}
	p.Hash, p.PDFHash = paper.HashOf(p.Canonical), paper.HashOf(p.PDF)
	if p.Signature, p.KeyID, err = o.keys.SignReport(paper.Message(p.Hash)); err != nil {
		return p, err
	}
	p.PDFSignature, _, err = o.keys.SignReport(paper.PDFMessage(p.Hash, p.PDFHash))
	return p, err
}

func (o office) numbers(section site.SectionID) (all []int) {
	o.Helper()
	papers, err := o.store.Papers(o.Context(), account.Everywhere(), section, 1000)
	if err != nil {
		o.Fatal(err)
	}
	for _, p := range papers {
		all = append(all, p.Content.Place)
	}
	slices.Sort(all)
	return all
}

func TestPaperComesBackAsItWasIssued(t *testing.T) {
	offices(t, func(o office, first, _ site.SectionID) {
		want := o.issue(first, "")
		got, err := o.store.PaperFile(o.Context(), account.Everywhere(), want.Content.ID)
		if err != nil || !bytes.Equal(got.PDF, want.PDF) || got.Content != want.Content {
			o.Fatalf("got %+v, %v", got, err)
		}
		if err := got.Verify(o.keys.ReportKeys()); err != nil {
			o.Error(err)
		}
		for name, load := range map[string]func() (paper.Paper, error){
			"id":     func() (paper.Paper, error) { return o.store.PaperByID(o.Context(), want.Content.ID) },
			"number": func() (paper.Paper, error) { return o.store.PaperByNumber(o.Context(), account.Everywhere(), 2022, 1) },
			"file":   func() (paper.Paper, error) { return o.store.PaperByFile(o.Context(), want.PDFHash) },
		} {
			if p, err := load(); err != nil || p.Verify(o.keys.ReportKeys()) != nil || p.Status() != paper.Valid {
				o.Errorf("by %s: %+v, %v", name, p, err)
			}
		}
		if _, err := o.store.PaperByID(o.Context(), want.Content.ID+"x"); fault.KindOf(err) != fault.NotFound {
			o.Errorf("another id: %v", err)
		}
	})
}

// TestNumbersHaveNoGap issues from eight sides at once, with every third order failing after its number was allotted.
func TestNumbersHaveNoGap(t *testing.T) {
	offices(t, func(o office, first, second site.SectionID) {
		var group sync.WaitGroup
		broken := errors.New("out of toner")
		for worker := range 8 {
			group.Go(func() {
				for i := range 6 {
					order := o.order([]site.SectionID{first, second}[worker%2], "")
					_, err := o.store.IssuePaper(o.Context(), order, func(_ context.Context, turn store.PaperTurn) (paper.Paper, error) {
						if i%3 == 1 {
							return paper.Paper{}, broken
						}
						return o.make(order, turn)
					})
					if (i%3 == 1) != errors.Is(err, broken) {
						o.Errorf("worker %d, paper %d: %v", worker, i, err)
					}
				}
			})
		}
		group.Wait()
		all := append(o.numbers(first), o.numbers(second)...)
		slices.Sort(all)
		for i, n := range all {
			if n != i+1 {
				o.Fatalf("numbers %v", all)
			}
		}
		if len(all) != 32 {
			o.Errorf("%d papers", len(all))
		}
	})
}

func TestNumbersBeginAnewEachYear(t *testing.T) {
	offices(t, func(o office, first, _ site.SectionID) {
		for _, c := range []struct{ at, want string }{
			{"2022-12-31 23:59", "复核〔2022〕第000001号"}, {"2022-12-31 23:59:59", "复核〔2022〕第000002号"},
			{"2023-01-01 00:00", "复核〔2023〕第000001号"}, {"2023-01-01 07:59", "复核〔2023〕第000002号"},
		} {
			o.now = storetest.At(c.at)
			if got := o.issue(first, "").Content.Number; got != c.want {
				o.Errorf("at %s: %s, want %s", c.at, got, c.want)
			}
		}
	})
}

func TestSameRequestSamePaper(t *testing.T) {
	offices(t, func(o office, first, second site.SectionID) {
		one := o.issue(first, "0190f5e8-0000-7000-8000-000000000001")
		again := o.issue(first, "0190f5e8-0000-7000-8000-000000000001")
		if again.Content != one.Content || !bytes.Equal(again.PDF, one.PDF) || len(o.numbers(first)) != 1 {
			o.Errorf("the second answer is %+v", again.Content)
		}
		if _, err := o.try(o.Context(), o.order(second, "0190f5e8-0000-7000-8000-000000000001")); fault.KindOf(err) != fault.Conflict {
			o.Errorf("another section: %v", err)
		}
		other := o.order(second, "0190f5e8-0000-7000-8000-000000000001")
		other.Act.Actor = "wang"
		if p, err := o.try(o.Context(), other); err != nil || p.Content.Place != 2 {
			o.Errorf("another user's request of the same name: %+v, %v", p.Content, err)
		}
	})
}

func TestNewPaperSupersedes(t *testing.T) {
	offices(t, func(o office, first, second site.SectionID) {
		old, foreign := o.issue(first, ""), o.issue(second, "")
		posted := o.order(first, "")
		posted.Copy = "posted"
		wall, err := o.try(o.Context(), posted)
		if err != nil {
			o.Fatal(err)
		}
		o.now = storetest.At("2022-05-06 09:00")
		next := o.issue(first, "")
		for id, want := range map[string]paper.Status{old.Content.ID: paper.Superseded, foreign.Content.ID: paper.Valid,
			wall.Content.ID: paper.Valid, next.Content.ID: paper.Valid} {
			p, err := o.store.PaperByID(o.Context(), id)
			if err != nil || p.Status() != want || p.Verify(o.keys.ReportKeys()) != nil {
				o.Errorf("%s is %s, want %s, %v", p.Content.Number, p.Status(), want, err)
			}
			if want == paper.Superseded && (p.SupersededBy != next.Content.ID || p.Changed() != o.now) {
				o.Errorf("superseded by %s at %d", p.SupersededBy, p.Changed())
			}
		}
	})
}

func TestRevokedPaper(t *testing.T) {
	offices(t, func(o office, first, _ site.SectionID) {
		p := o.issue(first, "")
		act := audit.Act{Actor: "zhao", Role: "district"}
		if err := o.store.RevokePaper(o.Context(), p.Content.ID, "", act, o.now); fault.KindOf(err) != fault.Invalid {
			o.Errorf("without a reason: %v", err)
		}
		if err := o.store.RevokePaper(o.Context(), p.Content.ID, "数据录入有误", act, o.now+5); err != nil {
			o.Fatal(err)
		}
		if err := o.store.RevokePaper(o.Context(), p.Content.ID, "又一次", act, o.now+9); fault.KindOf(err) != fault.Conflict {
			o.Errorf("twice: %v", err)
		}
		if err := o.store.RevokePaper(o.Context(), "none", "x", act, o.now); fault.KindOf(err) != fault.NotFound {
			o.Errorf("none: %v", err)
		}
		o.issue(first, "")
		got, err := o.store.PaperByID(o.Context(), p.Content.ID)
		if err != nil || got.Status() != paper.Revoked || got.Changed() != o.now+5 || got.RevokedFor != "数据录入有误" {
			o.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestPapersStayInTheirScope(t *testing.T) {
	offices(t, func(o office, first, second site.SectionID) {
		mine, foreign := o.issue(first, ""), o.issue(second, "")
		for _, scope := range []account.Scope{{Sections: []string{"XY-01"}}, {Streets: []string{"学苑街道"}}} {
			if _, err := o.store.PaperFile(o.Context(), scope, mine.Content.ID); err != nil {
				o.Errorf("own: %v", err)
			}
			if _, err := o.store.PaperFile(o.Context(), scope, foreign.Content.ID); fault.KindOf(err) != fault.NotFound {
				o.Errorf("foreign: %v", err)
			}
			if all, err := o.store.Papers(o.Context(), scope, second, 10); err != nil || len(all) != 0 {
				o.Errorf("foreign list: %d, %v", len(all), err)
			}
		}
		if _, err := o.store.PaperFile(o.Context(), account.Scope{}, mine.Content.ID); fault.KindOf(err) != fault.NotFound {
			o.Errorf("no scope: %v", err)
		}
	})
}

// TestPaperIsAudited holds that paper and entry are there together, and that the paper bears witness to the entries before it.
func TestPaperIsAudited(t *testing.T) {
	offices(t, func(o office, first, _ site.SectionID) {
		one, before := o.issue(first, ""), o.trail()
		two := o.issue(first, "")
		if two.Content.AuditSeq != before.Seq || two.Content.AuditMAC != before.MAC || before.Seq <= one.Content.AuditSeq {
			o.Errorf("the head was %+v, the paper says %d %s", before, two.Content.AuditSeq, two.Content.AuditMAC)
		}
		last := o.trail()
		if _, err := o.store.IssuePaper(o.Context(), o.order(first, ""), func(context.Context, store.PaperTurn) (paper.Paper, error) {
			return paper.Paper{}, errors.New("no")
		}); err == nil || o.trail() != last {
			o.Errorf("a failed order left the head at %+v, %v", o.trail(), err)
		}
	})
}

func (o office) trail() audit.Head {
	seq, mac, err := o.store.AuditHead(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return audit.Head{Seq: seq, MAC: mac}
}

// TestChangedRowsAreTold changes what was issued behind the program's back, past the guards of the database: none of it verifies.
func TestChangedRowsAreTold(t *testing.T) {
	offices(t, func(o office, first, second site.SectionID) {
		p, foreign := o.issue(first, ""), o.issue(second, "")
		for _, change := range []string{
			"content = REPLACE(content, '\"met\"', '\"unmet\"')", "content_hash = pdf_hash", "number = 77", "copy = 'posted'", "issued_at = issued_at + 1",
			"audit_seq = audit_seq + 1", "audit_mac = 'x'", "pdf = '%PDF other'", "pdf_hash = 'x'", "key_id = 'x'", "content = 'nonsense'",
			"content = (SELECT f.content FROM papers f WHERE f.id = '" + foreign.Content.ID + "')",
		} {
			err := store.Write(o.Context(), o.store, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE papers SET "+change+" WHERE id = ?", p.Content.ID)
				return err
			})
			if err == nil {
				o.Errorf("%s: the database let it happen", change)
			}
		}
		o.dropGuards()
		for _, change := range []string{"content = REPLACE(content, '\"met\"', '\"unmet\"')", "number = 77", "copy = 'posted'", "issued_at = issued_at + 1",
			"content = (SELECT f.content FROM papers f WHERE f.id = '" + foreign.Content.ID + "')", "content = 'nonsense'",
			"content = (SELECT f.content FROM papers f WHERE f.id = '" + foreign.Content.ID + "'), content_hash = (SELECT f.content_hash FROM papers f WHERE f.id = '" +
				foreign.Content.ID + "'), signature = (SELECT f.signature FROM papers f WHERE f.id = '" + foreign.Content.ID + "')"} {
			if err := o.after(change, p.Content.ID); fault.KindOf(err) != fault.Invalid {
				o.Errorf("%s: verified with %v", change, err)
			}
		}
	})
}

// dropGuards takes away what refuses changes, as somebody who owns the database can.
func (o office) dropGuards() {
	o.Helper()
	err := store.Write(o.Context(), o.store, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "DROP TRIGGER papers_keep_content")
		return err
	})
	if err != nil && strings.Contains(err.Error(), "syntax") { // the server wants to know the table too
		err = store.Write(o.Context(), o.store, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "DROP TRIGGER papers_keep_content ON papers")
			return err
		})
	}
	if err != nil {
		o.Fatal(err)
	}
}

// after verifies the paper as it is after a change, and takes the change back.
func (o office) after(change, id string) (verdict error) {
	o.Helper()
	seen := errors.New("seen")
	err := store.Write(o.Context(), o.store, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE papers SET "+change+" WHERE id = ?", id); err != nil {
			return err
		}
		p, err := store.PaperIn(ctx, tx, id)
		if err != nil {
			return err
		}
		verdict = p.Verify(o.keys.ReportKeys())
		return seen
	})
	if !errors.Is(err, seen) {
		o.Fatalf("%s: %v", change, err)
	}
	return verdict
}

func TestIssuedPapersCannotBeDeleted(t *testing.T) {
	offices(t, func(o office, first, _ site.SectionID) {
		p := o.issue(first, "")
		var result sql.Result
		err := store.Write(o.Context(), o.store, func(ctx context.Context, tx bun.Tx) (err error) {
			result, err = tx.ExecContext(ctx, "DELETE FROM papers WHERE id = ?", p.Content.ID)
			return err
		})
		if err == nil {
			o.Errorf("deleted: %v", result)
		}
	})
}
