package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fugong/internal/app"
	"fugong/internal/intake"
)

func (p *program) importTables() *cobra.Command {
	var dryRun, asJSON bool
	var words []string
	cmd := &cobra.Command{
		Use:   "import KIND FILE…",
		Short: "take in tables (" + strings.Join(app.Kinds(), ", ") + ")",
		Args:  kindAndFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			reports, err := a.Import(cmd.Context(), args[0], args[1:], app.ImportOptions{DryRun: dryRun, Words: words})
			if printErr := p.printReports(reports, asJSON, len(args) == 2); err == nil {
				err = printErr
			}
			if err == nil && slices.ContainsFunc(reports, func(r intake.Report) bool { return r.Quarantined+r.Rejected > 0 }) {
				err = errRows
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would happen, change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	cmd.Flags().StringArrayVar(&words, "result-word", nil, "what a laboratory's own word means, such as 1=阴性; a bare number is never guessed")
	return cmd
}

func kindAndFiles(_ *cobra.Command, args []string) error {
	if len(args) < 2 {
		return app.Misused("请给出 KIND 和至少一个文件，如：fugong import roster 花名册.xlsx")
	}
	return kind(args[0])
}

func kind(name string) error {
	if !slices.Contains(app.Kinds(), name) {
		return app.Misused("没有 %q 这种表，应为 %s 之一", name, strings.Join(app.Kinds(), "、"))
	}
	return nil
}

// printReports prints one object for one file, nothing when it could not be read, and an array for several.
func (p *program) printReports(reports []intake.Report, asJSON, single bool) error {
	if asJSON && !single {
		return p.json(append([]intake.Report{}, reports...))
	}
	if asJSON && len(reports) == 1 {
		return p.json(reports[0])
	}
	if asJSON {
		return nil
	}
	for _, r := range reports {
		if err := p.printReport(r); err != nil {
			return err
		}
	}
	return nil
}

// duplicatesShown is up to how many duplicate rows are listed for a person to read.
const duplicatesShown = 20

func (p *program) printReport(r intake.Report) error {
	preview := ""
	if r.DryRun {
		preview = "（预览，未写入）"
	}
	fmt.Fprintf(p.stdout, "%s %s%s：接受 %d，重复 %d，待定 %d，拒绝 %d\n", r.File, r.Kind, preview, r.Accepted, r.Duplicate, r.Quarantined, r.Rejected)
	if len(r.Unknown) > 0 {
		fmt.Fprintf(p.stdout, "  未使用的列：%s\n", strings.Join(slices.Compact(slices.Sorted(slices.Values(r.Unknown))), "、"))
	}
	var rows [][]string
	for _, row := range r.Rows {
		if row.Outcome == intake.Duplicated && r.Duplicate > duplicatesShown {
			continue // the count says it; --json lists them
		}
		where := fmt.Sprintf("  第%d行", row.Line)
		if row.Sheet != "" {
			where = fmt.Sprintf("  %s 第%d行", row.Sheet, row.Line)
		}
		rows = append(rows, []string{where, outcomeWord(row.Outcome), string(row.Code), row.Column, row.Message})
	}
	return p.table(rows)
}

func outcomeWord(o intake.Outcome) string {
	switch o {
	case intake.Quarantined:
		return "待定"
	case intake.Rejected:
		return "拒绝"
	case intake.Duplicated:
		return "重复"
	}
	return "接受"
}

func (p *program) export() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export KIND",
		Short: "write a register as .xlsx or .csv; importing it again changes nothing",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || out == "" {
				return app.Misused("请给出 KIND 和 --out 文件，如：fugong export roster --out 花名册.xlsx")
			}
			return kind(args[0])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			n, err := a.Export(cmd.Context(), args[0], out, p.stdout)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stderr, "%s：%d 行\n", out, n)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to write: .xlsx or .csv, - for CSV on standard output")
	return cmd
}
