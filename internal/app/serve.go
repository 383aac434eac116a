package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/config"
	"fugong/internal/evaluation"
	"fugong/internal/schedule"
	"fugong/internal/web"
	"fugong/templates"
)

const (
	shutdownTimeout = 15 * time.Second
	lease           = 10 * time.Minute // the longest that one run of a job may take before another replica takes it over
)

// MayListen refuses any address but this machine's own: there is no sign-in yet, and the data are names and test results.
func MayListen(cfg config.Config) error {
	if cfg.Loopback() {
		return nil
	}
	return Misused("FUGONG_LISTEN=%s：登录功能尚未提供，只允许从本机访问，应为 127.0.0.1:端口", cfg.Listen)
}

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
	return a.serveOn(ctx, listener)
}

func (a *App) serveOn(ctx context.Context, listener net.Listener) error {
	handler, err := web.New(web.Options{Store: a.store, Evaluator: a.evaluator, Printer: a.printer, Templates: templates.Files,
		Loc: a.cfg.Timezone, Now: a.clock.now, Log: a.log, Demo: !a.cfg.Clock.IsZero(), Ready: a.ready})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
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
		stopping, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer stop()
		err = server.Shutdown(stopping)
	}
	return errors.Join(err, <-judged)
}

func (a *App) scheduler() *schedule.Scheduler {
	return &schedule.Scheduler{Slots: a.store, Holder: holder(), Lease: lease, Loc: a.cfg.Timezone, Now: a.clock.now, Log: a.log, Jobs: []schedule.Job{
		{Name: "full", Every: a.cfg.EvaluateEvery, Run: a.judgeAll},
		{Name: "due", Every: time.Minute, Run: a.judgeDue},
	}}
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

func outcome(o evaluation.Outcome) schedule.Outcome {
	return schedule.Outcome{Judged: o.Judged, Changed: o.Changed, Failed: o.Failed}
}
