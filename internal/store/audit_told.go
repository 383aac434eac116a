package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/paper"
)

// told is what the trail says of accounts and papers. A whole trail does not show that a table was changed beside it; that what
// stands there is not what the trail says does.
type told struct {
	users  map[string]standingUser // by name
	papers map[string]string       // by id: the words of the file
}

// standingUser is what an account may do.
type standingUser struct {
	role, scope string
	out         bool
}

func newTold() told { return told{map[string]standingUser{}, map[string]string{}} }

func (t told) next(act audit.Act) {
	u := t.users[act.ObjectID]
	switch act.Action {
	case "user.add", "user.change":
		t.users[act.ObjectID] = standingUser{act.Detail["role"], act.Detail["scope"], u.out}
	case "user.disable", "user.enable":
		u.out = act.Action == "user.disable"
		t.users[act.ObjectID] = u
	case "sheet.issue":
		t.papers[act.ObjectID] = act.Detail["file"]
	}
}

// compare tells where the tables say something else than the trail.
func (t told) compare(ctx context.Context, s *Store, tx bun.Tx, v *audit.Verification) error {
	if err := t.compareUsers(ctx, tx, v); err != nil {
		return err
	}
	return t.comparePapers(ctx, s, tx, v)
}

func (t told) compareUsers(ctx context.Context, tx bun.Tx, v *audit.Verification) error {
	users, err := usersIn(ctx, tx, nil)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	for _, u := range users {
		said, known := t.users[u.Name]
		delete(t.users, u.Name)
		if !known {
			v.Problem("用户 %s 不是通过本程序添加的：审计链没有记录", u.Name)
			continue
		}
		if now := standing(u); now.role != said.role || now.out != said.out || !sameScope(now.scope, said.scope) {
			v.Problem("用户 %s 的角色、范围或停用状态与审计链最后的记录不符：应为 %s", u.Name, said)
		}
	}
	for name := range t.users {
		v.Problem("用户 %s 已不在库中，审计链没有删除记录", name)
	}
	return nil
}

func (u standingUser) String() string {
	state := ""
	if u.out {
		state = "，已停用"
	}
	return fmt.Sprintf("%s（%s）%s", u.role, u.scope, state)
}

// standing gives an account as an entry would hold it.
func standing(u account.User) standingUser {
	as := audit.Act{Detail: map[string]string{"role": string(u.Role), "scope": scopeText(u.Scope)}}.Clean()
	return standingUser{as.Detail["role"], as.Detail["scope"], !u.DisabledAt.IsZero()}
}

// sameScope compares scopes whatever the order of their places; an entry keeps only the beginning of a very long one.
func sameScope(now, said string) bool {
	if len([]rune(said)) >= audit.LongestDetail {
		return true
	}
	places := func(text string) []string { return slices.Sorted(strings.FieldsSeq(text)) }
	return slices.Equal(places(now), places(said))
}

// comparePapers checks what papers say, their files, and that none is missing.
func (t told) comparePapers(ctx context.Context, s *Store, tx bun.Tx, v *audit.Verification) error {
	year, place := 0, 0
	err := eachPaper(ctx, tx, func(p paper.Paper) {
		if p.Content.Year != year {
			year, place = p.Content.Year, 0
		}
		for place++; place < p.Content.Place; place++ {
			v.Problem("%d 年第 %d 份核查表不在库中", year, place)
		}
		if err := p.Verify(s.vault.ReportKeys()); err != nil {
			v.Problem("核查表 %s：%v", p.Content.Number, err)
		}
		if said, known := t.papers[p.Content.ID]; !known || said != paper.Words(p.PDFHash) {
			v.Problem("核查表 %s 的签发没有记入审计链，或记的是另一份文件", p.Content.Number)
		}
		delete(t.papers, p.Content.ID)
	})
	for id := range t.papers {
		v.Problem("审计链记有签发，库中没有这份核查表：%s", id)
	}
	return err
}

// papersAtOnce is how many papers with their files are in memory together.
const papersAtOnce = 20

// eachPaper visits all papers in the order of their numbers.
func eachPaper(ctx context.Context, tx bun.Tx, visit func(paper.Paper)) error {
	last := paperRow{}
	for {
		var rows []paperRow
		err := tx.NewSelect().Model(&rows).Where("(paper.year, paper.number) > (?, ?)", last.Year, last.Number).
			Order("paper.year", "paper.number").Limit(papersAtOnce).Scan(ctx)
		if err != nil {
			return fmt.Errorf("read papers: %w", err)
		}
		for i := range rows {
			visit(rows[i].paper())
		}
		if len(rows) < papersAtOnce {
			return nil
		}
		last = rows[len(rows)-1]
	}
}
