package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) keys() *cobra.Command {
	parent := &cobra.Command{Use: "keys", Short: "the keys that seal personal data: rotate, reseal, status, forget", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return app.Misused("请用 fugong keys rotate、reseal、status 或 forget")
		}}
	parent.AddCommand(p.keysRotate(), p.keysReseal(), p.keysStatus(), p.keysForget())
	return parent
}

func (p *program) keysRotate() *cobra.Command {
	return &cobra.Command{Use: "rotate", Short: "make a new key and seal everything again under it; the program may be running", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			key, n, err := a.RotateKeys(cmd.Context())
			if key != "" {
				fmt.Fprintf(p.stdout, "新密钥 %s 已启用，重新封存 %d 个值；请备份密钥文件\n", key, n)
			}
			return err
		}}
}

func (p *program) keysReseal() *cobra.Command {
	return &cobra.Command{Use: "reseal", Short: "go on sealing again what older keys still seal", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			n, err := a.ResealKeys(cmd.Context())
			fmt.Fprintf(p.stdout, "重新封存 %d 个值\n", n)
			return err
		}}
}

func (p *program) keysStatus() *cobra.Command {
	return &cobra.Command{Use: "status", Short: "how much each key seals", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			rows, err := a.KeyStatus(cmd.Context())
			if err != nil {
				return err
			}
			return p.table(append([][]string{{"KEY", "STATE", "COLUMN", "VALUES"}}, rows...))
		}}
}

func (p *program) keysForget() *cobra.Command {
	return &cobra.Command{Use: "forget KEY", Short: "take an old key that seals nothing any more out of the key file", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return a.ForgetKey(cmd.Context(), args[0])
		}}
}
