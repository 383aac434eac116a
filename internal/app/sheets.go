package app

import (
	"context"
	"fmt"
	"io"
	"slices"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
)

// SheetQuery asks for sheets of sections, in the order they are named, or by street, or all flagged ones. Out is a file, or
// "-" for standard output.
type SheetQuery struct {
	Sections, Streets      []string
	Flagged                bool
	At, KnownAt, Copy, Out string
}

// Sheets prints the sheets into one document and gives their number.
func (a *App) Sheets(ctx context.Context, q SheetQuery, stdout io.Writer) (int, error) {
	which, err := sheet.ParseCopy(q.Copy)
	if err != nil {
		return 0, misusing(fmt.Errorf("--copy: %w", err))
	}
	at, err := a.instant("--at", q.At)
	if err != nil {
		return 0, err
	}
	known, err := parseInstant("--known-at", q.KnownAt)
	if err != nil {
		return 0, err
	}
	ids, err := a.route(ctx, q)
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, fault.New(fault.NotFound, "没有可打印的标段")
	}
	pdf, err := a.printer.Print(ctx, printing.Order{Within: account.Everywhere(), Sections: ids, At: at, KnownAt: known, Copy: which, By: "命令行", Act: operator(),
		Progress: a.progress("打印")})
	if err != nil {
		return 0, fmt.Errorf("print sheets: %w", err)
	}
	return len(ids), writeOut(q.Out, stdout, func(w io.Writer) error { _, err := w.Write(pdf); return err })
}

// route lists the sections to print: in the order in which they are named, each once, or else in the order of their codes.
func (a *App) route(ctx context.Context, q SheetQuery) ([]site.SectionID, error) {
	chosen, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Codes: q.Sections, Streets: q.Streets, Flagged: q.Flagged})
	if err != nil || len(q.Sections) == 0 {
		return chosen, err
	}
	var named []site.SectionID
	for _, code := range q.Sections {
		ids, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Codes: []string{code}})
		if err != nil {
			return nil, err
		}
		if slices.Contains(chosen, ids[0]) && !slices.Contains(named, ids[0]) {
			named = append(named, ids[0])
		}
	}
	return named, nil
}
