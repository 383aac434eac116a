package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fugong/internal/app"
	"fugong/internal/audit"
)

// errBroken says that the audit trail is not as it was written; what is wrong has been printed.
var errBroken = errors.New("审计链已损坏")

func (p *program) audit() *cobra.Command {
	parent := &cobra.Command{Use: "audit", Short: "the trail of what was done: verify, checkpoint, list, key", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return app.Misused("请用 fugong audit verify、checkpoint、list 或 key")
		}}
	parent.AddCommand(p.auditVerify(), p.auditCheckpoint(), p.auditList(), p.auditKey())
	return parent
}

func (p *program) auditVerify() *cobra.Command {
	var files []string
	var asJSON bool
	cmd := &cobra.Command{Use: "verify", Short: "check the whole trail against its checkpoints; exit 1 when broken", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.attach(cmd, true)
			if err != nil {
				return err
			}
			result, err := a.VerifyAudit(cmd.Context(), files)
			if err != nil {
				return err
			}
			if err := p.printVerification(result, asJSON); err != nil || result.Whole() {
				return err
			}
			return errBroken
		}}
	cmd.Flags().StringArrayVar(&files, "checkpoint", nil, "file of signed checkpoints that was kept elsewhere; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

func (p *program) printVerification(r audit.Result, asJSON bool) error {
	if asJSON {
		return p.json(map[string]any{"whole": r.Whole(), "entries": r.Entries, "seq": r.Head.Seq, "mac": r.Head.MAC, "checkpoints": r.Witnesses,
			"problems": append([]string{}, r.Problems...), "more": r.More})
	}
	for _, problem := range r.Problems {
		fmt.Fprintln(p.stdout, problem)
	}
	if r.More > 0 {
		fmt.Fprintf(p.stdout, "另有 %d 处\n", r.More)
	}
	state := "完整"
	if !r.Whole() {
		state = "已损坏"
	}
	_, err := fmt.Fprintf(p.stdout, "审计链%s：%d 条，止于 %s；核对检查点和签发单 %d 个\n", state, r.Entries, r.Head, r.Witnesses)
	return err
}

func (p *program) auditCheckpoint() *cobra.Command {
	var out string
	cmd := &cobra.Command{Use: "checkpoint", Short: "sign where the trail stands now, to be kept elsewhere", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return a.Checkpoint(cmd.Context(), out, p.stdout)
		}}
	cmd.Flags().StringVar(&out, "out", "-", "file to add the checkpoint to, - for standard output")
	return cmd
}

func (p *program) auditList() *cobra.Command {
	var q app.AuditQuery
	cmd := &cobra.Command{Use: "list", Short: "the newest entries", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			rows, err := a.AuditList(cmd.Context(), q)
			if err != nil {
				return err
			}
			return p.table(append([][]string{{"SEQ", "AT", "ACTOR", "ROLE", "ACTION", "OBJECT", "ADDRESS", "DETAIL"}}, rows...))
		}}
	cmd.Flags().IntVar(&q.Limit, "limit", 50, "how many")
	cmd.Flags().Int64Var(&q.Before, "before", 0, "only entries below this number")
	cmd.Flags().StringVar(&q.Actor, "actor", "", "only what this user did")
	cmd.Flags().StringVar(&q.Action, "action", "", "only this action, such as import or user.add")
	cmd.Flags().StringVar(&q.Object, "object", "", "only what was done to this kind of thing, such as section or user")
	cmd.Flags().StringVar(&q.ID, "id", "", "only what was done to the thing with this id, such as XY-01")
	cmd.Flags().StringVar(&q.Since, "since", "", "only entries since this instant (RFC 3339)")
	return cmd
}

func (p *program) auditKey() *cobra.Command {
	return &cobra.Command{Use: "key", Short: "the public key of checkpoints, for whoever keeps them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			key, err := a.AuditKey()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.stdout, key)
			return err
		}}
}
