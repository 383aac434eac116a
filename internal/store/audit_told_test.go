package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"fugong/internal/account"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestWhatTheTrailDoesNotTellIsFound: accounts and papers that were changed beside the program leave the trail whole, and are told
// all the same.
func TestWhatTheTrailDoesNotTellIsFound(t *testing.T) {
	for name, tt := range map[string]struct{ change, want string }{
		"another role":  {"UPDATE users SET role = 'admin' WHERE name = 'li'", "用户 li 的角色、范围或停用状态"},
		"another scope": {"UPDATE user_scopes SET place = 'XY-09' WHERE place = 'XY-02'", "应为 manager（XY-01 XY-02）"},
		"let in again":  {"UPDATE users SET disabled_at = NULL WHERE name = 'gone'", "用户 gone 的角色、范围或停用状态"},
		"a ghost": {`INSERT INTO users (name, role, password_hash, password_at, row_key, epoch, totp_step, created_at, created_by)
			VALUES ('ghost', 'admin', '', 0, 'k', 1, 0, 0, '')`, "用户 ghost 不是通过本程序添加的"},
		"nobody":          {"UPDATE users SET name = 'nobody' WHERE name = 'gone'", "用户 gone 已不在库中"},
		"another file":    {"UPDATE papers SET pdf = pdf_signature WHERE number = 2", "文件与签发时不同"},
		"another verdict": {"UPDATE papers SET content = REPLACE(content, '\"met\"', '\"unmet\"') WHERE number = 2", "内容与签发时的校验值不符"},
		"a paper is gone": {"UPDATE papers SET superseded_by = NULL; DELETE FROM papers WHERE number = 2", "2022 年第 2 份核查表不在库中"},
		"the last one is": {"UPDATE papers SET superseded_by = NULL; DELETE FROM papers WHERE number = 3", "审计链记有签发，库中没有这份核查表"},
	} {
		t.Run(name, func(t *testing.T) {
			offices(t, func(o office, first, _ site.SectionID) {
				t, s := o.T, o.store
				in := insider{t, s}
				in.unguardPapers()
				someone(t, s, "chief", account.Admin)
				someone(t, s, "li", account.Manager, "XY-02", "XY-01")
				if err := s.DisableUser(t.Context(), someone(t, s, "gone", account.Leader).ID, by("chief"), storetest.At(morning)); err != nil {
					t.Fatal(err)
				}
				for range 3 {
					o.issue(first, "")
				}
				if r := in.verify(""); !r.Whole() {
					t.Fatalf("not whole to begin with: %q", r.Problems)
				}
				in.run(strings.Split(tt.change, "; ")...)
				in.finds("", tt.want)
				if r := in.verify(""); strings.Contains(strings.Join(r.Problems, "\n"), "条") {
					t.Errorf("the trail itself is broken: %q", r.Problems)
				}
			})
		})
	}
}

// unguardPapers takes the guards of papers away.
func (in insider) unguardPapers() {
	in.t.Helper()
	var postgres bool
	err := store.Read(in.t.Context(), in.Store, func(_ context.Context, tx bun.Tx) error {
		postgres = tx.Dialect().Name() == dialect.PG
		return nil
	})
	if err != nil {
		in.t.Fatal(err)
	}
	if postgres {
		in.run("ALTER TABLE papers DISABLE TRIGGER USER")
		return
	}
	in.run("DROP TRIGGER papers_keep_all", "DROP TRIGGER papers_keep_content")
}
