package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/config"
	"fugong/internal/district"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/vault"
)

// DemoOptions says how the demonstration ends: Once stops after the work instead of serving; Out keeps the files.
type DemoOptions struct {
	Once   bool
	Out    string
	Stdout io.Writer
}

// Demo shows the whole way on a throw-away database: a made-up district's files in, the scheduled job judges, failing
// sections are flagged, and their sheets are printed.
func Demo(ctx context.Context, cfg config.Config, env Env, o DemoOptions) (err error) {
	dir, err := os.MkdirTemp("", "fugong-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.DB, cfg.Data, cfg.KeyFile = filepath.Join(dir, "fugong.db"), dir, filepath.Join(dir, "fugong.key")
	if cfg.Clock.IsZero() {
		cfg.Clock = DemoStart()
	}
	if o.Out == "" {
		o.Out = filepath.Join(dir, "out")
	}
	if _, err := vault.Create(cfg.KeyFile); err != nil { // made here, so that nobody is told to back it up
		return err
	}
	a, err := Open(ctx, cfg, env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	a.clock.hold() // so that two demonstrations give the same papers, to the byte
	if err := a.demonstrate(ctx, o); err != nil {
		return err
	}
	a.clock.letGo()
	if o.Once {
		return nil
	}
	return a.showDemo(ctx, o.Stdout)
}

func (a *App) demonstrate(ctx context.Context, o DemoOptions) error {
	spec := district.Demo(calendar.Moment(a.cfg.Clock), a.cfg.Timezone)
	say := func(format string, args ...any) { fmt.Fprintf(o.Stdout, format+"\n", args...) }
	if err := writeTables(ctx, spec, filepath.Join(o.Out, "tables"), io.Discard); err != nil {
		return err
	}
	say("一、导入一个虚构区的台账（%d 个标段，%d 天）", spec.Sections, spec.Days)
	tell := func(r intake.Report) {
		say("  %-14s 接受 %d，重复 %d，待定 %d，拒绝 %d", r.Kind, r.Accepted, r.Duplicate, r.Quarantined, r.Rejected)
	}
	err := a.take(ctx, spec, delivery{evenings: spec.Days, tell: tell, judge: func(at calendar.Instant) error { return a.judgeThen(ctx, at) }})
	if err != nil {
		return err
	}
	say("二、定时任务逐标段判定，不符合的打标记")
	if err := a.runJob(ctx, "full"); err != nil {
		return err
	}
	flagged, err := a.tellVerdicts(ctx, say)
	if err != nil {
		return err
	}
	say("三、打印核查表")
	return a.printDemo(ctx, o, flagged, say)
}

// judgeThen judges every section as the scheduled job did on an evening that is past, so that flags have a history.
func (a *App) judgeThen(ctx context.Context, at calendar.Instant) error {
	ids, err := a.store.EverySection(ctx)
	if err != nil {
		return err
	}
	_, err = a.evaluator.Save(ctx, ids, at, at, evaluation.Scheduled)
	return err
}

func (a *App) runJob(ctx context.Context, name string) error {
	s := a.scheduler()
	for _, job := range s.Jobs {
		if job.Name == name {
			_, err := s.Do(ctx, job)
			return err
		}
	}
	return fault.New(fault.NotFound, "no job named %s", name)
}

// tellVerdicts says what was found, the two questions a leader asks first, and gives the flagged sections.
func (a *App) tellVerdicts(ctx context.Context, say func(string, ...any)) ([]site.SectionID, error) {
	rows, err := a.store.SectionList(ctx, account.Everywhere(), store.ListFilter{})
	if err != nil {
		return nil, err
	}
	heads, housed, verdicts := 0, 0, map[string]int{}
	for _, r := range rows {
		heads += r.Headcount
		housed += r.HousedOnSite
		if r.Judged {
			verdicts[r.Verdict.String()]++
		}
	}
	flagged, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Flagged: true})
	if err != nil {
		return nil, err
	}
	say("  现有工人 %d 人，其中 %d 人住场内", heads, housed)
	say("  符合 %d，基本符合 %d，不符合 %d；有标记的标段 %d 个", verdicts["met"], verdicts["conditional"], verdicts["unmet"], len(flagged))
	return flagged, nil
}

func (a *App) printDemo(ctx context.Context, o DemoOptions, flagged []site.SectionID, say func(string, ...any)) error {
	name := filepath.Join(o.Out, "flagged.pdf")
	n, err := a.Sheets(ctx, SheetQuery{Flagged: true, Copy: "internal", Out: name}, nil)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	say("  %d 份核查表合并为一个 PDF，%d KB：%s", n, info.Size()/1024, name)
	if n != len(flagged) {
		return fmt.Errorf("printed %d sheets for %d flagged sections", n, len(flagged))
	}
	return nil
}

// showDemo serves the pages, on another port when the usual one is taken.
func (a *App) showDemo(ctx context.Context, stdout io.Writer) error {
	listener, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	address := strings.TrimSuffix(a.reachedAt(listener.Addr()), "/")
	fmt.Fprintf(stdout, "四、打开 %s ，用下面任一账号登录，按 Ctrl+C 结束\n", address)
	if err := a.demoAccounts(ctx, stdout); err != nil {
		return errors.Join(err, listener.Close())
	}
	return a.serveOn(ctx, listener)
}

// demoAccounts adds one account for each role, with random passwords that are told here and nowhere else.
func (a *App) demoAccounts(ctx context.Context, stdout io.Writer) error {
	rows, err := a.store.SectionList(ctx, account.Everywhere(), store.ListFilter{})
	if err != nil {
		return err
	}
	for _, role := range account.Roles() {
		var sections, streets []string
		switch role {
		case account.Manager:
			sections = []string{rows[0].Code}
		case account.Inspector:
			streets = []string{rows[0].Street}
		}
		scope, err := account.ScopeFor(role, sections, streets)
		if err != nil {
			return err
		}
		password := randomPassword()
		hash, err := account.HashPassword(password)
		if err != nil {
			return err
		}
		u := account.NewUser{Name: string(role), Role: role, Scope: scope, Hash: hash}
		if _, err := a.store.AddUser(ctx, u, operator(), a.clock.now()); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "  用户名 %-10s 口令 %s  %s\n", role, password, strings.Join(slices.Concat(sections, streets), " "))
	}
	return nil
}

// randomPassword has 80 random bits, in groups that can be typed.
func randomPassword() string {
	var groups []string
	for group := range slices.Chunk([]byte(strings.ToLower(rand.Text()[:16])), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, "-")
}
