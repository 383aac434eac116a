package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fugong/internal/app"
)

func (p *program) user() *cobra.Command {
	parent := &cobra.Command{Use: "user", Short: "who may sign in: add, list, change, disable, passwords, tokens", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	parent.AddCommand(p.userAdd(), p.userList(), p.userChange(), p.userPasswd(), p.userToken(), p.userLink(),
		p.userDo("disable", "shut a user out at once", (*app.App).DisableUser),
		p.userDo("enable", "let a disabled user in again", (*app.App).EnableUser),
		p.userDo("remove-totp", "take the second factor of a user away who has lost it", (*app.App).RemoveTOTP))
	return parent
}

func (p *program) userAdd() *cobra.Command {
	var q app.UserQuery
	var stdin bool
	cmd := &cobra.Command{
		Use: "add --name N --role R --password-stdin", Short: "add a user; the password comes on standard input, never on the command line", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := password(cmd, stdin)
			if err != nil {
				return err
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			if err := a.AddUser(cmd.Context(), q, password); err != nil {
				return err
			}
			fmt.Fprintf(p.stderr, "已添加用户 %s\n", q.Name)
			return nil
		},
	}
	cmd.Flags().StringVar(&q.Name, "name", "", "name to sign in with")
	userFlags(cmd, &q)
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input, one line")
	return cmd
}

func userFlags(cmd *cobra.Command, q *app.UserQuery) {
	cmd.Flags().StringVar(&q.Role, "role", "", "manager, inspector, district, admin, leader or health")
	sectionFlag(cmd, &q.Sections)
	cmd.Flags().StringSliceVar(&q.Streets, "street", nil, "street; may be repeated")
}

// longestLine is more than any password that is accepted.
const longestLine = 4096

// password reads the one line that holds it. A terminal would show it, so that it has to be asked for on purpose.
func password(cmd *cobra.Command, stdin bool) (string, error) {
	if !stdin {
		return "", app.Misused("口令只从标准输入读入，请加 --password-stdin，如：fugong user add … --password-stdin < 口令文件")
	}
	line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), longestLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (p *program) userList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "every user with role and scope", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			users, err := a.Users(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return p.json(users)
			}
			rows := [][]string{{"NAME", "ROLE", "SCOPE", "TOTP", "STATE"}}
			for _, u := range users {
				rows = append(rows, []string{u.Name, u.Role, scope(u), strconv.FormatBool(u.TOTP), state(u)})
			}
			return p.table(rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the users as JSON")
	return cmd
}

func scope(u app.UserLine) string {
	if u.Everywhere {
		return "全区"
	}
	return strings.Join(append(u.Sections, u.Streets...), " ")
}

func state(u app.UserLine) string {
	switch {
	case u.DisabledAt != nil:
		return "停用于 " + *u.DisabledAt
	case !u.Password:
		return "未设口令"
	}
	return "可用"
}

func (p *program) userChange() *cobra.Command {
	var q app.UserQuery
	cmd := &cobra.Command{
		Use: "change NAME --role R", Short: "give a user another role and scope; whoever is signed in as that user is out", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Name = args[0]
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return a.ChangeUser(cmd.Context(), q)
		},
	}
	userFlags(cmd, &q)
	return cmd
}

func (p *program) userPasswd() *cobra.Command {
	var stdin bool
	cmd := &cobra.Command{
		Use: "passwd NAME --password-stdin", Short: "give a user another password; whoever is signed in as that user is out", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := password(cmd, stdin)
			if err != nil {
				return err
			}
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return a.SetPassword(cmd.Context(), args[0], password)
		},
	}
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input, one line")
	return cmd
}

func (p *program) userDo(name, short string, do func(*app.App, context.Context, string) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			return do(a, cmd.Context(), args[0])
		},
	}
}

func (p *program) userToken() *cobra.Command {
	var q app.TokenQuery
	var list bool
	var revoke int64
	cmd := &cobra.Command{
		Use: "token NAME", Short: "make an API token, printed this once; or list or revoke them", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.User = args[0]
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			switch {
			case list:
				return p.printTokens(cmd, a, q.User)
			case revoke != 0:
				return a.RevokeToken(cmd.Context(), q.User, revoke)
			}
			token, err := a.AddToken(cmd.Context(), q)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.stdout, token)
			return err
		},
	}
	cmd.Flags().StringVar(&q.Name, "name", "command line", "what the token is for")
	cmd.Flags().BoolVar(&q.ReadOnly, "read-only", false, "the token may read and change nothing")
	cmd.Flags().IntVar(&q.Days, "days", 0, "how long it is good; 0: until it is revoked")
	cmd.Flags().BoolVar(&list, "list", false, "list the user's tokens")
	cmd.Flags().Int64Var(&revoke, "revoke", 0, "number of a token to end at once")
	return cmd
}

func (p *program) printTokens(cmd *cobra.Command, a *app.App, name string) error {
	rows, err := a.Tokens(cmd.Context(), name)
	if err != nil {
		return err
	}
	return p.table(append([][]string{{"NUMBER", "NAME", "MADE", "LAST USED", "GOOD UNTIL", "REVOKED"}}, rows...))
}

func (p *program) userLink() *cobra.Command {
	return &cobra.Command{
		Use: "link [NAME]", Short: "a link that works once: for the first admin, or for a user to choose a password", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := p.open(cmd)
			if err != nil {
				return err
			}
			var link string
			if len(args) == 1 {
				link, err = a.InviteLink(cmd.Context(), args[0])
			} else {
				link, err = a.SetupLink(cmd.Context())
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.stdout, link)
			return err
		},
	}
}
