package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/screening"
	"fugong/internal/store"
)

// maxFile is the largest file that a command reads; uploads over the network have their own, lower limit.
const maxFile = 512 << 20

// ImportOptions says how to import. Words are what a laboratory's own result words mean, as "1=阴性".
type ImportOptions struct {
	DryRun bool
	Words  []string
}

// Kinds names the tables that can be imported and exported, in the order in which they build on each other.
func Kinds() []string { return store.Kinds() }

// Import takes in files of one kind, each in a transaction of its own. It gives the report of every file that was read; a
// file that cannot be read at all ends it with an error.
func (a *App) Import(ctx context.Context, kind string, files []string, o ImportOptions) ([]intake.Report, error) {
	words, err := screening.ParseMapping(strings.Join(o.Words, ","))
	if err != nil {
		return nil, misusing(fmt.Errorf("--result-word: %w", err))
	}
	var reports []intake.Report
	for _, file := range files {
		content, err := readFile(file)
		if err != nil {
			return reports, err
		}
		report, _, err := a.store.Import(ctx, store.Upload{Kind: kind, File: filepath.Base(file), Content: content, Limits: intake.OperatorLimits(), Loc: a.cfg.Timezone,
			Now: a.clock.now(), By: "命令行", Act: operator(), Within: account.Everywhere(), DryRun: o.DryRun, Words: words})
		if err != nil {
			return reports, fmt.Errorf("import %s: %w", file, err)
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path) // #nosec G304 -- the operator names it
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(content) > maxFile {
		err = fault.New(fault.Invalid, "%s 超过 %d MiB", path, maxFile>>20)
	}
	return content, err
}

// Export writes a register to a file, .xlsx or .csv by its name, or as CSV to stdout for "-". It gives the number of rows.
// A file appears whole or not at all.
func (a *App) Export(ctx context.Context, kind, out string, stdout io.Writer) (int, error) {
	write := intake.WriteCSV
	if strings.EqualFold(filepath.Ext(out), ".xlsx") {
		write = intake.WriteXLSX
	} else if out != "-" && !strings.EqualFold(filepath.Ext(out), ".csv") {
		return 0, Misused("--out %s：文件名应以 .xlsx 或 .csv 结尾", out)
	}
	header, rows, err := a.store.Export(ctx, store.ExportOrder{Kind: kind, Loc: a.cfg.Timezone, Act: operator(), Now: a.clock.now()})
	if err != nil {
		return 0, fmt.Errorf("export %s: %w", kind, err)
	}
	return len(rows), writeOut(out, stdout, func(w io.Writer) error { return write(w, header, slices.Values(rows)) })
}
