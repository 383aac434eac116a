package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/store"
)

// PolicyList gives a line for each published version: name, version, begin, occasions, title.
func (a *App) PolicyList(ctx context.Context) ([][]string, error) {
	book, err := a.store.Policies(ctx, 0, a.cfg.Timezone)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, p := range book {
		var occasions []string
		for _, o := range p.Occasions {
			occasions = append(occasions, string(o))
		}
		rows = append(rows, []string{p.Name, fmt.Sprint(p.Version), p.EffectiveFrom.RFC3339(a.cfg.Timezone), strings.Join(occasions, "、"), p.Title})
	}
	return rows, nil
}

// PolicySource gives the newest version of a policy as it was written.
func (a *App) PolicySource(ctx context.Context, name string) (string, error) {
	book, err := a.store.Policies(ctx, 0, a.cfg.Timezone)
	if err != nil {
		return "", err
	}
	var newest *policy.Policy
	for i := range book {
		if book[i].Name == name && (newest == nil || book[i].Version > newest.Version) {
			newest = &book[i]
		}
	}
	if newest == nil {
		return "", fault.New(fault.NotFound, "没有名为 %s 的规则；用 fugong policy list 查看", name)
	}
	return newest.Source, nil
}

// PublishPolicy publishes a file as the next version of the policy it names; every section becomes due.
func (a *App) PublishPolicy(ctx context.Context, file string) (name string, version int, err error) {
	p, err := a.parsePolicy(file)
	if err != nil {
		return "", 0, err
	}
	version, err = a.store.PublishPolicy(ctx, operator(), p, a.clock.now(), a.cfg.Timezone)
	return p.Name, version, err
}

func (a *App) parsePolicy(file string) (*policy.Policy, error) {
	source, err := readFile(file)
	if err != nil {
		return nil, err
	}
	var known []string // a rule that nobody judges must not look as if it were kept
	for _, c := range criteria.All() {
		known = append(known, string(c.Code))
	}
	p, err := policy.Parse(source, a.cfg.Timezone, known...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// Flip is a section whose verdict or findings a policy would change.
type Flip struct{ Section, Now, Then, Changed string }

// SimulatePolicy judges every section as it is and as it would be if the file were published now. Nothing is stored.
func (a *App) SimulatePolicy(ctx context.Context, file string) ([]Flip, error) {
	p, err := a.parsePolicy(file)
	if err != nil {
		return nil, err
	}
	ids, err := a.store.SectionIDs(ctx, account.Everywhere(), store.SectionFilter{})
	if err != nil {
		return nil, err
	}
	at := a.clock.now()
	before, err := a.evaluator.Judge(ctx, ids, at, 0)
	if err != nil {
		return nil, err
	}
	p.RecordedAt = at
	trial := *a.evaluator
	trial.Ledger = supposed{a.store, *p}
	after, err := trial.Judge(ctx, ids, at, 0)
	if err != nil {
		return nil, err
	}
	var flips []Flip
	for i, was := range before {
		if changed := changes(was.Report, after[i].Report); changed != "" {
			flips = append(flips, Flip{was.Section.Code, was.Verdict().Chinese(), after[i].Verdict().Chinese(), changed})
		}
	}
	return flips, nil
}

// supposed is the ledger as it would be with one more policy published.
type supposed struct {
	*store.Store
	policy policy.Policy
}

// Policies gives the published policies and the supposed one.
func (s supposed) Policies(ctx context.Context, knownAt calendar.Instant, loc *time.Location) (policy.Book, error) {
	book, err := s.Store.Policies(ctx, knownAt, loc)
	return append(book, s.policy), err
}

func changes(was, will criteria.Report) string {
	before := map[criteria.Code]criteria.Status{}
	for _, f := range was.Findings {
		before[f.Code] = f.Status
	}
	var changed []string
	for _, f := range will.Findings {
		if old, known := before[f.Code]; !known || old != f.Status {
			changed = append(changed, fmt.Sprintf("%s %s→%s", f.Code, old, f.Status))
		}
	}
	return strings.Join(changed, ", ")
}
