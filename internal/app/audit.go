package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/schedule"
	"fugong/internal/store"
)

// operator is who works at the command line: nobody the program knows, but the machine does.
func operator() audit.Act {
	act := audit.Act{Actor: "命令行", Role: "operator", Address: "local"}
	if u, err := user.Current(); err == nil {
		act.Actor = fmt.Sprintf("命令行（%s）", u.Username)
	}
	return act
}

// program is who does what the clock asks for.
func program() audit.Act { return audit.Act{Actor: "定时任务", Role: "program"} }

// VerifyAudit checks the whole audit trail, and holds it against the checkpoints that this machine keeps and those in other
// files, which came back from where they were sent.
func (a *App) VerifyAudit(ctx context.Context, files []string) (audit.Result, error) {
	elsewhere := map[string]string{}
	for _, file := range files {
		content, err := readFile(file)
		if err != nil {
			return audit.Result{}, err
		}
		elsewhere[file] = string(content)
	}
	own, err := os.ReadFile(a.checkpointFile())
	switch {
	case err == nil:
		elsewhere[a.checkpointFile()] = string(own)
	case !errors.Is(err, fs.ErrNotExist):
		return audit.Result{}, fmt.Errorf("read checkpoints: %w", err)
	}
	return a.store.VerifyAudit(ctx, elsewhere, a.cfg.Timezone)
}

// checkpointFile is where the running program leaves its checkpoints, for whatever takes them to another machine.
func (a *App) checkpointFile() string { return filepath.Join(a.cfg.Data, "checkpoints.txt") }

// Checkpoint signs where the audit trail stands now and adds the signed note to a file, or writes it to stdout for "-".
func (a *App) Checkpoint(ctx context.Context, out string, stdout io.Writer) error {
	note, err := a.store.Checkpoint(ctx, a.clock.now())
	if err != nil {
		return err
	}
	if out == "-" {
		_, err := io.WriteString(stdout, note)
		return err
	}
	return appendNote(out, note)
}

// appendNote adds a note to the end of a file, unless it is there already, and sees to it that it is on the disk.
func appendNote(path, note string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- the operator names it
	if err != nil {
		return fmt.Errorf("open checkpoint file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	content, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("read checkpoint file: %w", err)
	}
	whole := audit.WholeNotes(string(content)) // the machine may have stopped in the middle of the last one
	if strings.HasSuffix(whole, note) {
		return nil
	}
	if whole != "" {
		note = "\n" + note
	}
	if err := f.Truncate(int64(len(whole))); err != nil {
		return fmt.Errorf("cut off half a checkpoint: %w", err)
	}
	if _, err := f.WriteAt([]byte(note), int64(len(whole))); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return f.Sync()
}

// AuditKey gives the public key of checkpoints, in the form that tools for signed notes take.
func (a *App) AuditKey() (string, error) { return audit.VerifierKey(a.store.CheckpointKey()) }

// AuditQuery chooses entries of the audit trail; empty fields choose all. Since is an instant as RFC 3339 writes it.
type AuditQuery struct {
	Limit                            int
	Before                           int64
	Actor, Action, Object, ID, Since string
}

// AuditList gives a line for each of the newest entries: number, time, actor, role, action, object and detail.
func (a *App) AuditList(ctx context.Context, q AuditQuery) ([][]string, error) {
	if q.Limit < 1 {
		return nil, Misused("--limit %d：应为正整数", q.Limit)
	}
	since, err := parseInstant("--since", q.Since)
	if err != nil {
		return nil, err
	}
	entries, err := a.store.AuditEntries(ctx, store.AuditFilter{Actor: q.Actor, Action: q.Action, Object: q.Object, ObjectID: q.ID,
		Since: since, Before: q.Before, Limit: q.Limit})
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, e := range entries {
		var detail []string
		for _, name := range slices.Sorted(maps.Keys(e.Act.Detail)) {
			detail = append(detail, name+"="+e.Act.Detail[name])
		}
		rows = append(rows, []string{fmt.Sprint(e.Seq), e.At.RFC3339(a.cfg.Timezone), e.Act.Actor, e.Act.Role, e.Act.Action,
			strings.TrimSpace(e.Act.Object + " " + e.Act.ObjectID), e.Act.Address, strings.Join(detail, " ")})
	}
	return rows, nil
}

// witnessTimeout keeps stopping within its 20 seconds where the database does not answer.
const witnessTimeout = 3 * time.Second

// witness leaves a checkpoint where one is not due. Its failure holds nothing up: the next one will say so.
func (a *App) witness(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), witnessTimeout)
	defer cancel()
	if err := a.Checkpoint(ctx, a.checkpointFile(), nil); err != nil {
		a.log.Error("no checkpoint of the audit trail was left", slog.Any("error", err))
	}
}

// leaveCheckpoint is the job that signs where the trail stands.
func (a *App) leaveCheckpoint(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	return schedule.Outcome{}, a.Checkpoint(ctx, a.checkpointFile(), nil)
}

// watchAudit is the job that verifies the trail. What it finds is loud and stops no work.
func (a *App) watchAudit(ctx context.Context, _ calendar.Instant) (schedule.Outcome, error) {
	result, err := a.VerifyAudit(ctx, nil)
	if err != nil {
		return schedule.Outcome{}, err
	}
	for _, problem := range result.Problems {
		a.log.Error("audit trail is broken", slog.String("problem", problem))
	}
	outcome := schedule.Outcome{Failed: len(result.Problems) + result.More}
	if !result.Whole() {
		outcome.Note = result.Problems[0]
	}
	return outcome, nil
}
