package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"fugong/internal/app"
	"fugong/internal/config"
)

// program is one run of the command line.
type program struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	env            app.Env
	flags          map[string]*string // settings given on the command line, by environment name
	cfg            config.Config
	started        bool // the arguments were in order and the command began
	opened         *app.App
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "fugong",
		Short:         "复工: which construction sections may go on working, and why not",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			var err error
			p.cfg, err = config.Load(p.setting)
			p.started = err == nil
			return err
		},
	}
	p.flags = map[string]*string{}
	for _, s := range config.Settings() {
		p.flags[s.Name] = root.PersistentFlags().String(s.Flag(), "", s.Meaning)
	}
	root.AddCommand(p.serve(), p.demo(), p.migrate(), p.importTables(), p.export(), p.evaluate(), p.listFlags(), p.sheet(), p.sheets(), p.paper(),
		p.policy(), p.audit(), p.keys(), p.generate(), p.user(), p.routes(), p.config(), p.version())
	return root
}

func (p *program) setting(name string) string {
	if given := p.flags[name]; given != nil && *given != "" {
		return *given
	}
	return p.getenv(name)
}

// open gives the running program of this command line, opened once.
func (p *program) open(cmd *cobra.Command) (*app.App, error) {
	if p.opened != nil {
		return p.opened, nil
	}
	a, err := app.Open(cmd.Context(), p.cfg, p.env)
	p.opened = a
	return a, err
}

func (p *program) close() error {
	if p.opened == nil {
		return nil
	}
	return p.opened.Close()
}

func (p *program) json(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table prints rows under a heading in columns; Chinese characters take two cells of a terminal.
func (p *program) table(rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-cells(cell)+2))
		}
		b.WriteString(row[len(row)-1] + "\n")
	}
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

func cells(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x2E80 {
			n++
		}
	}
	return n
}

func (p *program) config() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "every setting, its value (secrets masked) and meaning", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows := [][]string{{"SETTING", "VALUE", "MEANING"}}
			for _, s := range config.Settings() {
				value := p.setting(s.Name)
				if value == "" {
					value = s.Default
				}
				rows = append(rows, []string{s.Name, s.Shown(value), s.Meaning})
			}
			return p.table(rows)
		},
	}
}

func (p *program) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "version, commit, Go version", Args: cobra.NoArgs,
		PersistentPreRun: func(*cobra.Command, []string) {}, // whatever the settings are
		RunE: func(*cobra.Command, []string) error {
			commit := "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						commit = s.Value
					}
				}
			}
			_, err := fmt.Fprintf(p.stdout, "fugong %s\ncommit %s\n%s\n", version, commit, runtime.Version())
			return err
		},
	}
}
