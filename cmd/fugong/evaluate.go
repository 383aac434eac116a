package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) evaluate() *cobra.Command {
	var q app.JudgeQuery
	var asJSON, save bool
	cmd := &cobra.Command{
		Use: "evaluate", Short: "judge sections against the criteria in force", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			q.Save = save
			if !cmd.Flags().Changed("save") {
				q.Save = q.At == ""
			}
			doc, err := a.Evaluate(cmd.Context(), q)
			if doc == nil {
				return err
			}
			if asJSON {
				return errors.Join(err, p.json(doc))
			}
			return errors.Join(err, p.verdicts(doc))
		},
	}
	sectionFlag(cmd, &q.Sections)
	cmd.Flags().StringVar(&q.At, "at", "", "the instant to judge (RFC 3339); default now")
	cmd.Flags().StringVar(&q.KnownAt, "known-at", "", "use only facts recorded up to then; default all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the verdicts as JSON")
	cmd.Flags().BoolVar(&save, "save", false, "store the verdicts and move flags (default: on, but off with --at)")
	return cmd
}

// verdicts prints a line for each section, with what is not in order.
func (p *program) verdicts(doc *app.Verdicts) error {
	rows := [][]string{{"标段", "判定", "在场", "住场内", "问题"}}
	for _, s := range doc.Sections {
		var wrong []string
		for _, f := range s.Findings {
			if f.Status != "pass" && f.Status != "na" && f.Severity != "info" {
				wrong = append(wrong, f.Criterion+" "+f.Status)
			}
		}
		rows = append(rows, []string{s.Section, s.Verdict, fmt.Sprint(s.Headcount), fmt.Sprint(s.HousedOnSite), strings.Join(wrong, ", ")})
	}
	return p.table(rows)
}

func sectionFlag(cmd *cobra.Command, codes *[]string) {
	cmd.Flags().StringSliceVar(codes, "section", nil, "section code; may be repeated")
}

func (p *program) listFlags() *cobra.Command {
	var q app.FlagQuery
	var asJSON bool
	cmd := &cobra.Command{
		Use: "flags", Short: "open flags of sections", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			flags, err := a.Flags(cmd.Context(), q)
			if err != nil {
				return err
			}
			if asJSON {
				return p.json(flags)
			}
			rows := [][]string{{"标段", "条件", "对象", "程度", "自", "标记于", "消除于", "原因"}}
			for _, f := range flags {
				rows = append(rows, []string{f.Section, f.Criterion, f.Name, f.Severity, f.Since, f.RaisedAt, deref(f.ClearedAt), f.Reason})
			}
			return p.table(rows)
		},
	}
	sectionFlag(cmd, &q.Sections)
	cmd.Flags().BoolVar(&q.All, "all", false, "cleared flags too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the flags as JSON")
	return cmd
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
