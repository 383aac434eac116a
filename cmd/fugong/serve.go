package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) serve() *cobra.Command {
	var noMigrate bool
	cmd := &cobra.Command{
		Use: "serve", Short: "web pages and the scheduled evaluation", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.env.Verbose = true
			a, err := p.attach(cmd, noMigrate)
			if err != nil {
				return err
			}
			return a.Serve(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&noMigrate, "no-migrate", false, "refuse to start, rather than migrate, when the schema is not up to date")
	return cmd
}

// attach opens the program, or with noMigrate opens it only if there is nothing to migrate.
func (p *program) attach(cmd *cobra.Command, noMigrate bool) (*app.App, error) {
	if !noMigrate {
		return p.open(cmd)
	}
	a, err := app.Attach(cmd.Context(), p.cfg, p.env)
	if err != nil {
		return nil, err
	}
	p.opened = a
	all, err := a.Migrations(cmd.Context())
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if !m.Applied {
			return nil, fmt.Errorf("migration %s is not applied: run fugong migrate", m.Name)
		}
	}
	return a, nil
}

func (p *program) migrate() *cobra.Command {
	var status bool
	cmd := &cobra.Command{
		Use: "migrate", Short: "bring the schema up to date, printing each migration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if status {
				return p.migrationStatus(cmd)
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			for _, name := range a.Applied() {
				fmt.Fprintln(p.stdout, "applied", name)
			}
			if len(a.Applied()) == 0 {
				fmt.Fprintln(p.stdout, "nothing to apply")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&status, "status", false, "only list")
	return cmd
}

func (p *program) migrationStatus(cmd *cobra.Command) error {
	a, err := app.Attach(cmd.Context(), p.cfg, p.env)
	if err != nil {
		return err
	}
	p.opened = a
	all, err := a.Migrations(cmd.Context())
	if err != nil {
		return err
	}
	for _, m := range all {
		state := "pending"
		if m.Applied {
			state = "applied"
		}
		fmt.Fprintln(p.stdout, state, m.Name)
	}
	return nil
}

func (p *program) routes() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "routes", Short: "every HTTP route with its policy", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return p.json(app.Routes())
			}
			rows := [][]string{{"METHOD", "PATH", "ROLES", "SCOPE"}}
			for _, r := range app.Routes() {
				rows = append(rows, []string{r.Method, r.Path, fmt.Sprint(r.Roles), r.Scope})
			}
			return p.table(rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the routes as JSON")
	return cmd
}
