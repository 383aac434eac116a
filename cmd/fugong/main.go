// Command fugong (复工) tracks which construction sections may go on working: it imports the registers a site keeps, judges
// every section against dated criteria, flags those that fail and prints the sheet an inspector carries.
//
// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some rows were rejected or quarantined.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // minimal images have no zone files

	"golang.org/x/term"

	"fugong/internal/app"
)

// version is stamped by the linker.
var version = "dev"

const (
	exitFailed = 1
	exitUsage  = 2
	exitRows   = 3
)

// errRows says that the work is done but some rows were kept back; what they are has been printed.
var errRows = errors.New("some rows were rejected or quarantined")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGXFSZ) // a limit on file sizes is then an error like a full disk, not the end of the process
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run executes one command line and gives its exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	p := &program{getenv: getenv, stdout: stdout, stderr: stderr, env: app.Env{Stderr: stderr, Terminal: isTerminal(stderr)}}
	root := p.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if closeErr := p.close(); err == nil {
		err = closeErr
	}
	return p.exitCode(ctx, err)
}

func (p *program) exitCode(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errRows):
		return exitRows
	case ctx.Err() != nil && errors.Is(err, context.Canceled): // by as many parts of the program as were at work
		err = errors.New("已按要求中止，没有做完的部分没有写入")
	}
	fmt.Fprintln(p.stderr, "fugong:", err)
	if !p.started || app.IsUsage(err) {
		return exitUsage
	}
	return exitFailed
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
