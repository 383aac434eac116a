package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fugong/internal/app"
	"fugong/internal/fault"
)

func (p *program) paper() *cobra.Command {
	cmd := &cobra.Command{Use: "paper", Short: "issued sheets: verify one, list those of a section, revoke one", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return app.Misused("请用 fugong paper verify、list 或 revoke")
		}}
	cmd.AddCommand(p.verifyPaper(), p.listPapers(), p.revokePaper())
	return cmd
}

func (p *program) verifyPaper() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE.pdf|ID|NUMBER", Short: "whether a paper, or the file of one, is as it was issued; exit 1 when not", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			found, verdict := a.VerifyPaper(cmd.Context(), args[0])
			if verdict != nil && (fault.KindOf(verdict) != fault.Invalid || found.Content.ID == "") {
				return verdict
			}
			if err := p.table(a.PaperFacts(found)); err != nil || verdict != nil {
				return orElse(verdict, err)
			}
			_, err = fmt.Fprintln(p.stdout, "与签发时一致；状态："+found.Status().Chinese())
			return err
		},
	}
}

// orElse gives the first of two errors that is one.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (p *program) listPapers() *cobra.Command {
	var section string
	cmd := &cobra.Command{
		Use: "list --section CODE", Short: "what was issued about a section, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if section == "" {
				return app.Misused("请用 --section 给出标段编号")
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			papers, err := a.Papers(cmd.Context(), section)
			if err != nil {
				return err
			}
			rows := [][]string{{"NUMBER", "ISSUED", "COPY", "VERDICT", "STATUS", "ID"}}
			for _, one := range papers {
				c := one.Content
				rows = append(rows, []string{c.Number, c.IssuedAt.In(p.cfg.Timezone).Format(time.DateTime), c.Copy, c.Verdict, string(one.Status()), c.ID})
			}
			return p.table(rows)
		},
	}
	cmd.Flags().StringVar(&section, "section", "", "code of the section")
	return cmd
}

func (p *program) revokePaper() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "revoke ID|NUMBER --reason TEXT", Short: "declare an issued paper void; whoever scans its code is told so", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return app.Misused("请用 --reason 写明撤销原因")
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			revoked, err := a.RevokePaper(cmd.Context(), args[0], reason)
			if err == nil {
				_, err = fmt.Fprintln(p.stdout, revoked.Content.Number+" 已撤销")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; kept with the paper, so no personal data")
	return cmd
}
