package app

import (
	"context"
	"fmt"
	"io"

	"fugong/internal/fault"
	"fugong/internal/printing"
	"fugong/internal/sheet"
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
		return 0, err
	}
	at, err := a.instant("--at", q.At)
	if err != nil {
		return 0, err
	}
	known, err := parseInstant("--known-at", q.KnownAt)
	if err != nil {
		return 0, err
	}
	ids, err := a.store.SectionIDs(ctx, store.SectionFilter{Codes: q.Sections, Streets: q.Streets, Flagged: q.Flagged})
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, fault.New(fault.NotFound, "no section to print")
	}
	pdf, err := a.printer.Print(ctx, printing.Order{Sections: ids, At: at, KnownAt: known, Copy: which, By: "命令行",
		Progress: a.progress("打印")})
	if err != nil {
		return 0, fmt.Errorf("print sheets: %w", err)
	}
	return len(ids), writeOut(q.Out, stdout, func(w io.Writer) error { _, err := w.Write(pdf); return err })
}
