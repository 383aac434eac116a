package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/district"
	"fugong/internal/intake"
	"fugong/internal/store"
)

// DemoStart is when demonstrations and generated districts play: the morning after the holiday, 2022-05-06 08:00 +08:00.
func DemoStart() time.Time { return time.Date(2022, 5, 6, 8, 0, 0, 0, time.FixedZone("UTC+8", 8*3600)) }

// importBatch is how many generated rows go through one import.
const importBatch = 20000

// GenerateOptions is the size of a made-up district and, for files, the folder they go to.
type GenerateOptions struct {
	Sections, Workers, Days int
	Seed                    uint64
	Out                     string
}

func (o GenerateOptions) spec(loc *time.Location) district.Spec {
	return district.Spec{Sections: o.Sections, Workers: o.Workers, Days: o.Days, Seed: o.Seed, Now: calendar.Moment(DemoStart()), Loc: loc}
}

// GenerateFiles writes a made-up district as CSV files, numbered in the order in which they are imported.
func GenerateFiles(ctx context.Context, o GenerateOptions, stderr io.Writer) error {
	spec := o.spec(nil)
	if err := spec.Validate(); err != nil {
		return misusing(err)
	}
	return writeTables(ctx, spec, o.Out, stderr)
}

func writeTables(ctx context.Context, spec district.Spec, dir string, stderr io.Writer) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	number := 0
	for t := range district.Tables(spec) {
		if err := ctx.Err(); err != nil {
			return err
		}
		number++
		name := filepath.Join(dir, fmt.Sprintf("%02d-%s.csv", number, t.Kind))
		err := writeOut(name, nil, func(w io.Writer) error { return intake.WriteCSV(w, t.Header, t.Rows) })
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		fmt.Fprintln(stderr, name)
	}
	return nil
}

// Generate imports a made-up district into the database, through the same door as any file.
func (a *App) Generate(ctx context.Context, o GenerateOptions) error {
	spec := o.spec(a.cfg.Timezone)
	if err := spec.Validate(); err != nil {
		return misusing(err)
	}
	return a.take(ctx, spec, delivery{evenings: 1, judge: func(calendar.Instant) error { return nil }, tell: func(intake.Report) {}})
}

// delivery is how a made-up district comes in: over some evenings and this morning. judge is called at the end of each evening,
// tell of each kind of table when all is in.
type delivery struct {
	evenings int
	judge    func(at calendar.Instant) error
	tell     func(intake.Report)
}

// take imports a district in batches.
func (a *App) take(ctx context.Context, spec district.Spec, d delivery) error {
	var kinds []string
	var evening calendar.Instant
	sums := map[string]*intake.Report{}
	for t := range district.Deliveries(spec, d.evenings) {
		if evening != 0 && t.At != evening {
			if err := d.judge(evening); err != nil {
				return err
			}
		}
		evening = t.At
		if sums[t.Kind] == nil {
			kinds = append(kinds, t.Kind)
			sums[t.Kind] = &intake.Report{Kind: t.Kind, File: t.Kind + ".csv"}
		}
		for rows := range batches(t.Rows, importBatch) {
			report, err := a.takeBatch(ctx, t, rows)
			if err != nil {
				return fmt.Errorf("import generated %s: %w", t.Kind, err)
			}
			add(sums[t.Kind], report)
		}
	}
	for _, kind := range kinds {
		d.tell(*sums[kind])
	}
	return nil
}

func add(sum *intake.Report, report intake.Report) {
	sum.Accepted += report.Accepted
	sum.Duplicate += report.Duplicate
	sum.Quarantined += report.Quarantined
	sum.Rejected += report.Rejected
	sum.Rows = append(sum.Rows, report.Rows...)
}

func (a *App) takeBatch(ctx context.Context, t district.Table, rows [][]string) (intake.Report, error) {
	var csv bytes.Buffer
	if err := intake.WriteCSV(&csv, t.Header, slices.Values(rows)); err != nil {
		return intake.Report{}, err
	}
	report, _, err := a.store.Import(ctx, store.Upload{Kind: t.Kind, File: t.Kind + ".csv", Content: csv.Bytes(), Loc: a.cfg.Timezone,
		Now: t.At, By: "generator", Within: account.Everywhere()})
	return report, err
}

func batches(rows iter.Seq[[]string], size int) iter.Seq[[][]string] {
	return func(yield func([][]string) bool) {
		batch := make([][]string, 0, size)
		for row := range rows {
			batch = append(batch, row)
			if len(batch) == size {
				if !yield(batch) {
					return
				}
				batch = batch[:0]
			}
		}
		if len(batch) > 0 {
			yield(batch)
		}
	}
}
