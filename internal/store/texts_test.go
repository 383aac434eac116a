package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const (
	gateCSV = `标段编号,证件号码,时间,方向,事由,审批人
		XY-01,320699199003070013,2022-05-05 08:00,出,发热就医,周经理
		XY-01,320699199003070013,2022-05-05 12:00,进,,`
	answersCSV = `标段编号,日期,提交时间,项目编号,答案,备注
		XY-01,2022-05-05,2022-05-05 16:00,B5,否,东侧围挡缺口
		XY-01,2022-05-05,2022-05-05 16:00,D4,否,王小明独自隔离`
)

// healthTexts fills a database with what people write freely.
func healthTexts(t *testing.T, s *store.Store) {
	t.Helper()
	district(t, s)
	storetest.Import(t, s, "gate", gateCSV)
	storetest.Import(t, s, "checklists", answersCSV)
}

func TestHealthTextsDoNotReachTheDisk(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "f.db")
	s := storetest.Open(t, dsn, storetest.Keys(t))
	healthTexts(t, s)
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(dsn + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, content...)
	}
	if !bytes.Contains(disk, []byte("东侧围挡缺口")) {
		t.Fatal("not even the fence is found: the search is broken")
	}
	if leaks := storetest.Leaks(t, disk, "发热就医", "独自隔离"); len(leaks) > 0 {
		t.Errorf("on the disk: %q", leaks)
	}
}

// TestHealthTextsComeBack exports them, takes the export in again, and then one with another reason.
func TestHealthTextsComeBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		healthTexts(t, s)
		for kind, want := range map[string]string{"gate": "发热就医", "checklists": "王小明独自隔离"} {
			header, rows, err := s.Export(t.Context(), storetest.Order(kind))
			if err != nil || !strings.Contains(fmt.Sprint(rows), want) {
				t.Errorf("export of %s: %v, %v", kind, rows, err)
			}
			var csv strings.Builder
			for _, row := range append([][]string{header}, rows...) {
				csv.WriteString(strings.Join(row, ",") + "\n")
			}
			if r := take(t, s, morning, kind, csv.String()); r.Duplicate != len(rows) || r.Accepted != 0 {
				t.Errorf("taking %s in again: %+v", kind, r)
			}
		}
		if r := take(t, s, morning, "gate", strings.Replace(gateCSV, "发热就医", "买菜", 1)); r.Accepted != 1 || r.Duplicate != 1 {
			t.Errorf("another reason: %+v", r)
		}
		filed, err := s.Submissions(t.Context(), account.Everywhere(), "XY-01", calendar.Day(2022, 5, 5))
		if err != nil || len(filed) != 1 || !strings.Contains(fmt.Sprint(filed), "王小明独自隔离") {
			t.Errorf("submissions %v, %v", filed, err)
		}
	})
}

// TestJudgingOpensNoSeal puts bytes that nothing opens in the place of every seal and reads what is judged.
func TestJudgingOpensNoSeal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		healthTexts(t, s)
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			for _, name := range store.SealedColumns() {
				table, column, _ := strings.Cut(name, ".")
				_, err := tx.NewUpdate().TableExpr("?", bun.Ident(table)).Set("? = ?", bun.Ident(column), []byte("broken")).
					Where("? IS NOT NULL", bun.Ident(column)).Where("? <> 'key_check'", table).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		one := read(t, s, week(), "")[0]
		if len(one.Passages) != 2 || one.Passages[0].Reason == "" || one.Passages[1].Reason != "" {
			t.Errorf("passages %+v: want it known that there is a reason", one.Passages)
		}
		for _, a := range one.Answers {
			if a.Remark == "" || (a.Remark == "东侧围挡缺口") != (a.Item == "B5") {
				t.Errorf("answer %+v", a)
			}
		}
	})
}

// TestClearTextsOfEarlierReleasesAreSealed puts texts back where they stood before they were sealed, and starts again.
func TestClearTextsOfEarlierReleasesAreSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		healthTexts(t, s)
		err := store.Write(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			for _, statement := range []string{
				"UPDATE passages SET reason = '发热就医', reason_sealed = NULL WHERE reason_sealed IS NOT NULL",
				"UPDATE answers SET remark = '王小明独自隔离', remark_sealed = NULL WHERE remark_sealed IS NOT NULL",
			} {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = store.Read(t.Context(), s, func(ctx context.Context, tx bun.Tx) error {
			for table, clear := range map[string]string{"passages": "reason <> ''", "answers": "remark <> '' AND item <> 'B5'"} {
				n, err := tx.NewSelect().Table(table).Where(clear).Count(ctx)
				if err != nil || n != 0 {
					return fmt.Errorf("%d clear texts in %s, %w", n, table, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if r := take(t, s, morning, "gate", gateCSV); r.Duplicate != 2 {
			t.Errorf("taking the file in again: %+v", r)
		}
		if r := take(t, s, morning, "checklists", answersCSV); r.Duplicate != 2 {
			t.Errorf("taking the file in again: %+v", r)
		}
	})
}

// TestSealedRemarksAreThoseOnHealth holds the codes that SQL goes by against the checklist.
func TestSealedRemarksAreThoseOnHealth(t *testing.T) {
	for _, item := range checklist.Template() {
		want := item.Part == checklist.Screening || item.Part == checklist.Health
		if got := store.OnHealth(item.Code); got != want {
			t.Errorf("%s of part %s: sealed is %v", item.Code, item.Part, got)
		}
	}
}
