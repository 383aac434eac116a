package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) sheet() *cobra.Command {
	q, issue := app.SheetQuery{}, false
	cmd := &cobra.Command{
		Use: "sheet", Short: "one inspection sheet as PDF", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(q.Sections) != 1 {
				return app.Misused("请用 --section 给出恰好一个标段编号；多个标段用 fugong sheets")
			}
			if issue {
				return p.issue(cmd, q)
			}
			return p.print(cmd, q)
		},
	}
	sheetFlags(cmd, &q)
	cmd.Flags().BoolVar(&issue, "issue", false, "issue the sheet as it is now: numbered, signed, kept, and verifiable by the code printed on it")
	return cmd
}

// issue issues one sheet; its number goes where messages go, for the paper itself may go to standard output.
func (p *program) issue(cmd *cobra.Command, q app.SheetQuery) error {
	if q.Out == "" {
		return app.Misused("请用 --out 给出 PDF 文件名（- 为标准输出）")
	}
	a, err := p.open(cmd)
	if err != nil {
		return err
	}
	issued, err := a.IssueSheet(cmd.Context(), q, p.stdout)
	if err == nil {
		fmt.Fprintf(p.stderr, "%s：已签发 %s（%s）\n", q.Out, issued.Content.Number, issued.Content.ID)
	}
	return err
}

func (p *program) sheets() *cobra.Command {
	q := app.SheetQuery{}
	cmd := &cobra.Command{
		Use: "sheets", Short: "the sheets of many sections as one PDF with an outline", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.print(cmd, q) },
	}
	sheetFlags(cmd, &q)
	cmd.Flags().StringSliceVar(&q.Streets, "street", nil, "sections of this street; may be repeated")
	cmd.Flags().BoolVar(&q.Flagged, "flagged", false, "only sections with open flags")
	return cmd
}

func sheetFlags(cmd *cobra.Command, q *app.SheetQuery) {
	sectionFlag(cmd, &q.Sections)
	cmd.Flags().StringVar(&q.At, "at", "", "the instant to print (RFC 3339); default now")
	cmd.Flags().StringVar(&q.KnownAt, "known-at", "", "use only facts recorded up to then; default all")
	cmd.Flags().StringVar(&q.Copy, "copy", "internal", "internal (names and last digits) or posted (for the notice board: counts and masked names)")
	cmd.Flags().StringVar(&q.Out, "out", "", "PDF file to write; - for standard output")
}

func (p *program) print(cmd *cobra.Command, q app.SheetQuery) error {
	if q.Out == "" {
		return app.Misused("请用 --out 给出 PDF 文件名（- 为标准输出）")
	}
	a, err := p.open(cmd)
	if err != nil {
		return err
	}
	n, err := a.Sheets(cmd.Context(), q, p.stdout)
	if err == nil {
		fmt.Fprintf(p.stderr, "%s：%d 份核查表\n", q.Out, n)
	}
	return err
}
