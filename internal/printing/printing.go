// Package printing brings a section onto paper: it judges, opens the few seals that the copy may show, composes and prints, as a
// draft or as a paper that is issued. A command and a page alike print this way.
package printing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/evaluation"
	"fugong/internal/flag"
	"fugong/internal/roster"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
)

// chunk is how many sections are held in memory with all that they were judged from.
const chunk = 50

// Printer prints sheets.
type Printer struct {
	Store     *store.Store
	Evaluator *evaluation.Evaluator
	Paper     *sheet.Printer
	Loc       *time.Location
	Now       func() calendar.Instant
	Signer    Signer
	Base      string                // address under which the pages are reached from outside; without it nothing can be issued
	Numbering string                // form of the papers' numbers; empty: paper.DefaultPattern
	Issued    func(context.Context) // is told of each issue, whose paper bears witness to the audit trail; may be nil
}

// Order says what to print: the sections in this order, judged at an instant by what was known at another (zero: everything
// recorded so far), for whom, and printed by whom. Within is what the one who prints may see; the sections lie in it. Progress
// may be nil.
type Order struct {
	Within   account.Scope
	Sections []site.SectionID
	At       calendar.Instant
	KnownAt  calendar.Instant
	Copy     sheet.Copy
	By       string
	Act      audit.Act // for the audit trail; By when it names nobody
	Progress func(done, total int)
}

// Print gives one document with a sheet for each section. A section that cannot be judged fails the order: a route with a
// sheet missing would be noticed only on the way. It leaves the printer only after it is in the audit trail.
func (p *Printer) Print(ctx context.Context, o Order) ([]byte, error) {
	printed := p.Now()
	sheets := make([]sheet.Sheet, 0, len(o.Sections))
	codes := make([]string, 0, len(o.Sections))
	for ids := range slices.Chunk(o.Sections, chunk) {
		sources, err := p.sources(ctx, ids, o)
		if err != nil {
			return nil, err
		}
		for _, src := range sources {
			src.PrintedAt = printed
			codes = append(codes, src.Section.Code)
			sheets = append(sheets, sheet.Compose(src))
		}
	}
	document, err := p.Paper.RenderAll(sheets, o.Progress)
	if err == nil {
		err = p.record(ctx, o, codes)
	}
	if err != nil {
		return nil, err
	}
	return document, nil
}

// actSize is how many sections one entry of the audit trail names.
const actSize = 100

// record writes down which sections were printed, as which copy and as of when.
func (p *Printer) record(ctx context.Context, o Order, codes []string) error {
	if o.Act.Actor == "" {
		o.Act.Actor = o.By
	}
	for part := range slices.Chunk(codes, actSize) {
		detail := map[string]string{"copy": string(o.Copy), "at": o.At.RFC3339(p.Loc), "sheets": strconv.Itoa(len(part))}
		id := part[0]
		if len(part) > 1 {
			id, detail["sections"] = "", strings.Join(part, " ")
		}
		if err := p.Store.Audit(ctx, o.Act.Doing("sheet.print", "section", id, detail), p.Now()); err != nil {
			return fmt.Errorf("write down what was printed: %w", err)
		}
	}
	return nil
}

// sources gathers what the sheets of some sections are composed of.
func (p *Printer) sources(ctx context.Context, ids []site.SectionID, o Order) ([]sheet.Source, error) {
	var sources []sheet.Source
	var codes []string
	err := p.Evaluator.Visit(ctx, ids, o.At, o.KnownAt, func(e evaluation.Examined) error {
		codes = append(codes, e.Section.Code)
		sources = append(sources, sheet.Source{Section: e.Section, Snapshot: e.Snapshot, Report: e.Report, Policy: e.Policy,
			Copy: o.Copy, Number: p.number(e.Section, o.At), PrintedBy: o.By, Loc: p.Loc})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("judge sections for their sheets: %w", err)
	}
	if err := p.addFlags(ctx, o.Within, sources, codes, o.At); err != nil {
		return nil, err
	}
	if o.Copy == sheet.Posted {
		return sources, nil
	}
	return sources, p.addPersonal(ctx, o, sources, ids)
}

// number names a print that is not an issued paper: the section and the instant it speaks of.
func (p *Printer) number(s site.Section, at calendar.Instant) string {
	return "HC-" + s.Code + " " + at.In(p.Loc).Format("20060102-1504")
}

// addFlags gives each sheet the flags that stood open at its instant, as they stood then: a flag is kept up to date from run to
// run, so that since when it stands is asked of the facts as they were known, and where they are silent it is since it was raised.
func (p *Printer) addFlags(ctx context.Context, within account.Scope, sources []sheet.Source, codes []string, at calendar.Instant) error {
	lines, err := p.Store.Flags(ctx, within, store.FlagFilter{Sections: codes, Cleared: true, Since: at})
	if err != nil {
		return err
	}
	open := map[site.SectionID][]flag.Flag{}
	for _, l := range lines {
		if l.RaisedAt <= at {
			open[l.SectionID] = append(open[l.SectionID], l.Flag)
		}
	}
	for i := range sources {
		sources[i].Flags = open[sources[i].Section.ID]
		told := sinceByFacts(sources[i].Report)
		for k := range sources[i].Flags {
			f := &sources[i].Flags[k]
			f.Since = cmp.Or(told[episode{f.Code, f.Subject}], f.RaisedAt)
		}
	}
	return nil
}

// episode is what makes two flags of one section the same.
type episode struct {
	code    criteria.Code
	subject string
}

// sinceByFacts gives since when each subject of a report has been wanting, where the facts tell.
func sinceByFacts(r criteria.Report) map[episode]calendar.Instant {
	told := map[episode]calendar.Instant{}
	for _, f := range r.Findings {
		for _, s := range f.Subjects {
			told[episode{f.Code, flag.Key(s)}] = s.Since
		}
	}
	return told
}

// addPersonal opens the seals of those whom the sheets name, and of nobody else.
func (p *Printer) addPersonal(ctx context.Context, o Order, sources []sheet.Source, ids []site.SectionID) error {
	var named []roster.WorkerID
	for _, src := range sources {
		named = append(named, sheet.Named(src.Report)...)
	}
	slices.Sort(named)
	numbers, err := p.Store.Numbers(ctx, o.Within, slices.Compact(named))
	if err != nil {
		return err
	}
	for id, number := range numbers {
		numbers[id] = sheet.MaskNumber(number)
	}
	phones, err := p.Store.ManagerPhones(ctx, o.Within, ids, o.KnownAt)
	if err != nil {
		return err
	}
	for i := range sources {
		sources[i].Numbers = numbers
		sources[i].Section.Phone = phones[sources[i].Section.ID]
	}
	return nil
}
