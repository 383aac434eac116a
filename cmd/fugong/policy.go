package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) policy() *cobra.Command {
	parent := &cobra.Command{Use: "policy", Short: "the dated rules: show, list, import, simulate", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	parent.AddCommand(p.policyList(), p.policyShow(), p.policyImport(), p.policySimulate())
	return parent
}

func (p *program) policyList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "every published version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			rows, err := a.PolicyList(cmd.Context())
			if err != nil {
				return err
			}
			return p.table(append([][]string{{"NAME", "VERSION", "FROM", "OCCASIONS", "TITLE"}}, rows...))
		}}
}

func (p *program) policyShow() *cobra.Command {
	return &cobra.Command{Use: "show [NAME]", Short: "the newest version of a policy as YAML; default epidemic-2022", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			name := "epidemic-2022"
			if len(args) == 1 {
				name = args[0]
			}
			source, err := a.PolicySource(cmd.Context(), name)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.stdout, source)
			return err
		}}
}

func (p *program) policyImport() *cobra.Command {
	return &cobra.Command{Use: "import FILE", Short: "publish a policy; a published version never changes", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			name, version, err := a.PublishPolicy(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s version %d published\n", name, version)
			return err
		}}
}

func (p *program) policySimulate() *cobra.Command {
	return &cobra.Command{Use: "simulate FILE", Short: "which sections would flip if the policy were published now; changes nothing", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			flips, err := a.SimulatePolicy(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			rows := [][]string{{"标段", "现在", "将来", "变化的条件"}}
			for _, f := range flips {
				rows = append(rows, []string{f.Section, f.Now, f.Then, f.Changed})
			}
			return p.table(rows)
		}}
}
