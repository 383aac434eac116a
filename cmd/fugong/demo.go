package main

import (
	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) demo() *cobra.Command {
	var once bool
	var out string
	cmd := &cobra.Command{
		Use: "demo", Short: "a made-up district on a throw-away database, from its files to the sheets", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.Demo(cmd.Context(), p.cfg, p.env, app.DemoOptions{Once: once, Out: out, Stdout: p.stdout})
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "do the work and stop, without serving the pages")
	cmd.Flags().StringVar(&out, "out", "", "folder that keeps the files: tables and sheets (default: thrown away)")
	return cmd
}

func (p *program) generate() *cobra.Command {
	var o app.GenerateOptions
	cmd := &cobra.Command{
		Use: "generate", Short: "a realistic made-up district of any size, always the same for the same seed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Out != "" {
				return app.GenerateFiles(cmd.Context(), o, p.stderr)
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return a.Generate(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.Sections, "sections", 24, "bid sections")
	cmd.Flags().IntVar(&o.Workers, "workers", 40, "workers of a section, about")
	cmd.Flags().IntVar(&o.Days, "days", 7, "days of records")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "the same seed gives the same district")
	cmd.Flags().StringVar(&o.Out, "out", "", "write CSV files into this folder instead of the database")
	return cmd
}
