package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/net/netutil"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/config"
	"fugong/internal/evaluation"
	"fugong/internal/schedule"
	"fugong/internal/web"
	"fugong/templates"
)

const (
	shutdownTimeout = 15 * time.Second
	connections     = 2048             // open at once; more wait
	lease           = 10 * time.Minute // the longest that one run of a job may take before another replica takes it over
)

// Routes lists every address with its policy.
func Routes() []web.Route { return web.Routes() }

// Serve shows the pages and judges by the clock until the context ends; then it lets requests finish, and is gone within 20 seconds.
func (a *App) Serve(ctx context.Context) error {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("create data folder: %w", err)
	}
	listener, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := a.welcome(ctx, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	return a.serveOn(ctx, listener)
}

// welcome prints, as long as there is no user at all, a link by which the first admin sets up the account. There is no
// password that the program comes with.
func (a *App) welcome(ctx context.Context, address net.Addr) error {
	if !a.cfg.Loopback() && !strings.HasPrefix(a.cfg.BaseURL, "https:") {
		a.log.Warn("passwords cross the network in clear: put a proxy with TLS in front and set FUGONG_BASE_URL to https://…")
	}
	known, err := a.store.AnyUser(ctx)
	if err != nil || known {
		return err
	}
	token, err := a.store.CreateLink(ctx, operator(), a.clock.now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.env.Stderr, "还没有任何账号。请在 24 小时内打开下面的一次性链接，设置第一位管理员（重新启动会换一个新链接）：\n  %s/setup?token=%s\n",
		strings.TrimSuffix(a.reachedAt(address), "/"), token)
	return err
}

// reachedAt is the address that whoever starts the program can open.
func (a *App) reachedAt(address net.Addr) string {
	if a.cfg.BaseURL != "" {
		return a.cfg.BaseURL
	}
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + address.String()
}

func (a *App) serveOn(ctx context.Context, listener net.Listener) error {
	works := web.NewWorks()
	handler, err := a.handler(works)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if a.cfg.BaseURL == "" && a.cfg.Loopback() { // on whatever port it became
		a.printer.Base = "http://" + listener.Addr().String()
	}
	if err := a.store.BreakOff(ctx); err != nil { // then it is told a little later
		a.log.WarnContext(ctx, "works that a server left are not noted to be broken off", slog.Any("error", err))
	}
	server := newServer(handler, a.log)
	listener = netutil.LimitListener(listener, connections)
	a.log.Info("serving", slog.String("address", "http://"+listener.Addr().String()), slog.Any("config", a.cfg))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	judged := make(chan error, 1)
	go func() { judged <- a.scheduler().Run(ctx) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
		cancel()
	case <-ctx.Done():
	}
	stopping, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer stop()
	err = errors.Join(err, server.Shutdown(stopping))
	works.Stop(stopping)
	err = errors.Join(err, <-judged)
	a.witness(ctx) // until the program runs again, nobody would see what is cut off
	return err
}

func (a *App) handler(works *web.Works) (http.Handler, error) {
	return web.New(web.Options{Store: a.store, Evaluator: a.evaluator, Printer: a.printer, Album: a.album, Hasher: account.NewHasher(runtime.NumCPU()), Works: works,
		Templates: templates.Files, Loc: a.cfg.Timezone, Now: a.clock.now, Clock: time.Now, Log: a.log, Demo: !a.cfg.Clock.IsZero(),
		Ready: a.ready, TrustedProxies: a.cfg.TrustedProxies, BaseURL: a.cfg.BaseURL, Lang: a.cfg.Lang, TOTPRoles: a.cfg.TOTPRoles,
		Goal: goalOf(a.cfg), Places: a.cfg.Tiles})
}

// goalOf is what the trend of the overview leads to.
func goalOf(c config.Config) web.Goal {
	if c.GoalDay.IsZero() {
		return web.Goal{}
	}
	return web.Goal{Day: calendar.Day(c.GoalDay.Year(), c.GoalDay.Month(), c.GoalDay.Day()), Percent: c.GoalPercent}
}

// newServer bounds how long a connection may be slow. Routes that take longer move the deadlines of their own requests.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
}

func (a *App) scheduler() *schedule.Scheduler {
	return &schedule.Scheduler{Slots: a.store, Holder: holder(), Lease: lease, Loc: a.cfg.Timezone, Now: a.clock.now, Log: a.log, Jobs: []schedule.Job{
		{Name: "full", Every: a.cfg.EvaluateEvery, Run: a.judgeAll},
		{Name: "due", Every: time.Minute, Run: a.judgeDue},
		{Name: "checkpoint", Every: 10 * time.Minute, Run: a.leaveCheckpoint},
		{Name: "audit", Every: 24 * time.Hour, From: 3*time.Hour + 30*time.Minute, Run: a.watchAudit},
		{Name: "photos", Every: 24 * time.Hour, From: 3 * time.Hour, Run: a.collectPhotos},
		{Name: "answers", Every: 24 * time.Hour, From: 3 * time.Hour, Run: a.forgetAnswers},
		{Name: "reseal", Every: 10 * time.Minute, From: 5 * time.Minute, Run: a.reseal},
		{Name: "uploads", Every: 10 * time.Minute, Run: a.expireUploads},
	}}
}

// expireUploads forgets files that nobody has taken in within their hour.
func (a *App) expireUploads(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	_, err := a.store.ExpireUploads(ctx, a.clock.now())
	return schedule.Outcome{}, err
}

func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

func (a *App) ready(r *http.Request) error {
	if err := a.store.Ping(r.Context()); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if _, err := os.Stat(a.cfg.KeyFile); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	f, err := os.CreateTemp(a.cfg.Data, ".ready-*")
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (a *App) judgeAll(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	done, err := a.evaluator.All(ctx, evaluation.Scheduled)
	return outcome(done), err
}

func (a *App) judgeDue(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	done, err := a.evaluator.Due(ctx)
	return outcome(done), err
}

// collectPhotos is the job that lets go of photos that no checklist names.
func (a *App) collectPhotos(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	photos, strays, err := a.album.Collect(ctx, program(), time.Now())
	return schedule.Outcome{Changed: photos + strays}, err
}

// forgetAnswers is the job that deletes what was answered too long ago to be asked for again.
func (a *App) forgetAnswers(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	_, err := a.store.ForgetAnswers(ctx, a.clock.now())
	return schedule.Outcome{}, err
}

func outcome(o evaluation.Outcome) schedule.Outcome {
	return schedule.Outcome{Judged: o.Judged, Changed: o.Changed, Failed: o.Failed}
}
