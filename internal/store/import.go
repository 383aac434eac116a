package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// Upload is one file to take in. Tables may be given instead of Content by whoever has rows without a file.
type Upload struct {
	Kind    string // as in Kinds
	File    string // its name, for messages and the record, which leave of people's numbers in it the last four digits
	Content []byte
	Tables  []intake.Table
	Limits  intake.Limits
	Loc     *time.Location // of times without a zone
	Now     calendar.Instant
	By      string
	Act     audit.Act     // who does it, for the audit trail; By when it names nobody
	Within  account.Scope // what the file may speak of; the zero scope: nothing
	Origin  Origin        // how it came; empty: by what it is made of
	DryRun  bool
	Whole   bool              // typed by hand: all rows or none; a row that is refused leaves everything as it was
	AnyName bool              // a row with another name than the registered one is of the same person: somebody has looked
	Words   screening.Mapping // what a bare number means as a test result, if the source has told
	Tell    func(Headway)     // is told how far the file has come, now and then from its turn on; nil: nobody is
}

// Refused is why a Whole upload left everything as it was: some of its rows would not have been taken in.
type Refused struct{ Report intake.Report }

// Error counts them.
func (e *Refused) Error() string {
	return fmt.Sprintf("%d rows are not taken in", e.Report.Quarantined+e.Report.Rejected)
}

// First is the first of them.
func (e *Refused) First() (intake.Problem, bool) {
	for _, p := range e.Report.Rows {
		if p.Outcome != intake.Duplicated {
			return p, true
		}
	}
	return intake.Problem{}, false
}

// Origin says how a table came.
type Origin string

// The origins.
const (
	FromFile  Origin = "file"
	FromPaste Origin = "paste" // out of a spreadsheet into a page
	FromForm  Origin = "form"  // typed into a page
	FromCase  Origin = "case"  // a row kept aside on which a person decided
)

// errDryRun rolls a transaction back whose result is wanted and whose effect is not.
var errDryRun = errors.New("dry run")

// Import takes one file in, in one transaction: its good rows, or nothing when the database fails. Bad rows never stop good
// ones; the report tells what became of each row that was not plainly accepted. Taking the same file in again changes
// nothing. It returns the sections whose facts changed, which are then due. A file that cannot be read as the kind of table
// it is said to be, or an unknown kind, gives a fault.Invalid; so does a Whole upload with a bad row, which wraps a *Refused.
// One that is about the whole district, from somebody who does not see it, gives a fault.Forbidden.
//
// What lies outside up.Within is not there: a row that names a section there is rejected as one that nobody knows, and a row
// about a person who is on no roster inside is kept aside as about a stranger.
func (s *Store) Import(ctx context.Context, up Upload) (intake.Report, []site.SectionID, error) {
	var l *load
	err := s.take(ctx, &up, func(ctx context.Context, tx bun.Tx, begun *load, apply apply) error {
		l = begun
		return l.run(ctx, apply)
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return intake.Report{}, nil, fmt.Errorf("import %s: %w", up.Kind, err)
	}
	if up.DryRun {
		return l.report(), nil, nil
	}
	return l.report(), l.sections(), nil
}

// ImportOnce is Import, for good and once however often the request comes. answer says what the request is answered with.
func (s *Store) ImportOnce(ctx context.Context, up Upload, r Request, answer func(intake.Report) (Answer, error)) (Answer, error) {
	up.DryRun = false
	var given Answer
	err := s.take(ctx, &up, func(ctx context.Context, tx bun.Tx, l *load, apply apply) (err error) {
		given, err = s.once(ctx, tx, r, up.Now, func() (Answer, error) {
			if err := l.run(ctx, apply); err != nil {
				return Answer{}, err
			}
			return answer(l.report())
		})
		return err
	})
	if err != nil {
		return Answer{}, fmt.Errorf("import %s: %w", up.Kind, err)
	}
	return given, nil
}

// Taken is what became of a table that was taken in: the report on it, the number of its batch, and the sections whose facts
// changed. Replayed says that it was taken in by an earlier sending of the same request.
type Taken struct {
	Report   intake.Report
	Batch    int64
	Sections []site.SectionID
	Replayed bool
}

// TakeIn is ImportOnce for who wants to go on with what became of the table. What is kept of it is kept sealed, and given again.
func (s *Store) TakeIn(ctx context.Context, up Upload, r Request) (Taken, error) {
	var given Answer
	up.DryRun = false
	err := s.take(ctx, &up, func(ctx context.Context, tx bun.Tx, l *load, apply apply) (err error) {
		given, err = s.once(ctx, tx, r, up.Now, func() (Answer, error) {
			if err := l.run(ctx, apply); err != nil {
				return Answer{}, err
			}
			body, err := json.Marshal(Taken{Report: l.report(), Batch: l.batch, Sections: l.sections()})
			return Answer{Body: body}, err
		})
		return err
	})
	if err != nil {
		return Taken{}, fmt.Errorf("import %s: %w", up.Kind, err)
	}
	var taken Taken
	if err := json.Unmarshal(given.Body, &taken); err != nil {
		return Taken{}, fmt.Errorf("read what became of an import: %w", err)
	}
	taken.Replayed = given.Replayed
	return taken, nil
}

// take reads a file and runs what brings it into the database in one transaction.
func (s *Store) take(ctx context.Context, up *Upload, bring func(context.Context, bun.Tx, *load, apply) error) error {
	k, err := kindOf(up.Kind)
	if err != nil {
		return err
	}
	up.File = audit.MaskedName(up.File)
	if k.whole() && !up.Within.Everywhere {
		return fault.New(fault.Forbidden, "“%s”关系全区，只能由区里导入", up.Kind)
	}
	if err := up.read(k); err != nil {
		return err
	}
	apply, problems := k.decode(up.Tables, up)
	return s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		return bring(ctx, tx, newLoad(s, tx, up, k, problems), apply)
	})
}

// read turns the content into tables and refuses text that the databases would keep differently from how it came.
func (up *Upload) read(k kind) error {
	if up.Act.Actor == "" {
		up.Act.Actor = up.By
	}
	if up.Origin == "" && up.Tables != nil {
		up.Origin = FromForm
	}
	up.Origin = cmp.Or(up.Origin, FromFile)
	for _, text := range []string{up.File, up.By} {
		if !storable(text) {
			return fault.New(fault.Invalid, "文件名或操作人含有无法保存的字符")
		}
	}
	if up.Tables != nil {
		return up.check(k)
	}
	sheets, err := intake.Read(up.File, bytes.NewReader(up.Content), up.Limits)
	if err != nil {
		return err
	}
	if up.Tables, err = intake.MatchAll(sheets, up.columns(k)); err != nil {
		return err
	}
	return up.check(k)
}

// columns are those of the kind. A builder's own table does not know the district's numbers: whoever sees one section only need not
// name it.
func (up *Upload) columns(k kind) []intake.Column {
	in := up.Within
	if in.Everywhere || len(in.Sections) != 1 || len(in.Streets) > 0 {
		return k.columns
	}
	columns := slices.Clone(k.columns)
	for i := range columns {
		if columns[i].Name == sectionColumn {
			columns[i].Given = in.Sections[0]
		}
	}
	return columns
}

func (up *Upload) check(k kind) error {
	for _, t := range up.Tables {
		for _, row := range t.Rows {
			for _, c := range k.columns {
				if !storable(row.Text(c.Name)) {
					return fault.New(fault.Invalid, "第%d行的“%s”含有无法保存的字符（空字符或错误的编码），请另存为 UTF-8 后再导入", row.Line, c.Name)
				}
			}
		}
	}
	return nil
}

// storable reports whether both databases give a text back as it was: NUL ends a statement, and invalid UTF-8 is silently
// replaced.
func storable(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// digest names the content of an upload.
func (up *Upload) digest(k kind) string {
	h := sha256.New()
	h.Write(up.Content)
	if up.Content == nil {
		for _, t := range up.Tables {
			for _, row := range t.Rows {
				fmt.Fprintf(h, "%q\n", row.Texts(k.columns))
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
