package app

import (
	"context"
	"strconv"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
)

// JudgeQuery asks for verdicts. Empty Sections means all; At and KnownAt are RFC 3339, empty for now and for all facts.
type JudgeQuery struct {
	Sections    []string
	At, KnownAt string
	Save        bool
}

// Verdicts is the public form of a judgement.
type Verdicts = evaluation.Document

// Evaluate judges sections, and with Save stores the verdicts and moves the flags. A section that cannot be judged does not
// keep the others from it: their verdicts come back together with the error.
func (a *App) Evaluate(ctx context.Context, q JudgeQuery) (*Verdicts, error) {
	at, err := a.instant("--at", q.At)
	if err != nil {
		return nil, err
	}
	known, err := parseInstant("--known-at", q.KnownAt)
	if err != nil {
		return nil, err
	}
	ids, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Codes: q.Sections})
	if err != nil {
		return nil, err
	}
	judged, judgeErr := a.judge(ctx, q, ids, at, known)
	if judgeErr != nil && len(judged) == 0 {
		return nil, judgeErr
	}
	tails, err := a.store.Tails(ctx, account.Everywhere(), evaluation.Workers[roster.WorkerID](judged))
	if err != nil {
		return nil, err
	}
	return new(evaluation.NewDocument(judged, at, known, tails, a.cfg.Timezone)), judgeErr
}

func (a *App) judge(ctx context.Context, q JudgeQuery, ids []site.SectionID, at, known calendar.Instant) ([]evaluation.Judged, error) {
	watched := *a.evaluator
	watched.Progress = a.progress("判定")
	if !q.Save || len(ids) == 0 {
		return watched.Judge(ctx, ids, at, known)
	}
	// Many transactions save verdicts, and none must do it unseen: so that comes first.
	act := operator().Doing("evaluation.save", "section", "", map[string]string{"sections": strconv.Itoa(len(ids)), "at": at.RFC3339(a.cfg.Timezone)})
	if len(q.Sections) == 1 {
		act.ObjectID = q.Sections[0]
	}
	if err := a.store.Audit(ctx, act, a.clock.now()); err != nil {
		return nil, err
	}
	return watched.Save(ctx, ids, at, known, evaluation.Requested)
}

// instant reads an RFC 3339 flag; empty means now.
func (a *App) instant(flag, text string) (calendar.Instant, error) {
	if text == "" {
		return a.clock.now(), nil
	}
	return parseInstant(flag, text)
}

func parseInstant(flag, text string) (calendar.Instant, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, Misused("%s %q 无法识别，应为 RFC 3339 格式，如 2022-05-06T08:00:00+08:00", flag, text)
	}
	return calendar.Moment(t), nil
}

// FlagQuery asks for flags: of all sections when none is named, the open ones unless All.
type FlagQuery struct {
	Sections []string
	All      bool
}

// Flags lists flags by section, then criterion.
func (a *App) Flags(ctx context.Context, q FlagQuery) ([]evaluation.FlagDocument, error) {
	if _, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{Codes: q.Sections}); err != nil {
		return nil, err
	}
	flags, err := a.store.Flags(ctx, account.Everywhere(), store.FlagFilter{Sections: q.Sections, Cleared: q.All})
	if err != nil {
		return nil, err
	}
	lines := make([]evaluation.FlagDocument, 0, len(flags))
	for _, f := range flags {
		lines = append(lines, evaluation.NewFlagDocument(f.SectionCode, f.Flag, a.cfg.Timezone))
	}
	return lines, nil
}
