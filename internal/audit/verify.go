package audit

import (
	"cmp"
	"fmt"
	"slices"
)

// Witness remembers where the chain stood once: a checkpoint, or the head printed on an issued paper.
type Witness struct {
	Head
	Name string // for people
}

// Result is what a verification found. The chain is whole when there are no problems.
type Result struct {
	Entries   int64
	Head      Head
	Witnesses int // that were compared
	Problems  []string
	More      int // problems beyond those listed
}

// Whole reports whether nothing was found to be wrong.
func (r Result) Whole() bool { return len(r.Problems) == 0 }

// listed is how many problems are told in words; one change can break everything after it.
const listed = 20

// Verification goes through a chain entry by entry.
type Verification struct {
	mac    MAC
	waits  map[int64][]Witness
	head   Head
	result Result
}

// Verify begins a verification against what witnesses remember.
func Verify(mac MAC, witnesses []Witness) *Verification {
	v := &Verification{mac: mac, waits: map[int64][]Witness{}}
	for _, w := range witnesses {
		v.waits[w.Seq] = append(v.waits[w.Seq], w)
	}
	v.result.Witnesses = len(witnesses)
	v.meet(Head{})
	return v
}

// Next takes the next entry, in the order in which they are stored.
func (v *Verification) Next(e Entry) {
	v.result.Entries++
	if err := v.head.Follows(e, v.mac); err != nil {
		v.Problem("%v", err)
	}
	v.head = e.Head()
	v.meet(v.head)
}

// meet compares a head with those who remember it.
func (v *Verification) meet(head Head) {
	for _, w := range v.waits[head.Seq] {
		if w.MAC != head.MAC {
			v.Problem("第 %d 条与%s不符：记录被重写，或数据库被恢复为旧副本后继续使用", head.Seq, w.Name)
		}
	}
	delete(v.waits, head.Seq)
}

// Problem notes something else that is wrong.
func (v *Verification) Problem(format string, args ...any) {
	if len(v.result.Problems) == listed {
		v.result.More++
		return
	}
	v.result.Problems = append(v.result.Problems, fmt.Sprintf(format, args...))
}

// Result ends the verification: whoever remembers an entry that did not come has been lied to.
func (v *Verification) Result() Result {
	v.result.Head = v.head
	var missing []Witness
	for _, all := range v.waits {
		missing = append(missing, all...)
	}
	slices.SortFunc(missing, func(a, b Witness) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, w := range missing {
		if w.Seq < v.head.Seq {
			v.Problem("%s记得第 %d 条，库中没有：记录被删除", w.Name, w.Seq)
			continue
		}
		v.Problem("%s记得第 %d 条，库中止于第 %d 条：末尾的记录被截断，或数据库被恢复为旧副本", w.Name, w.Seq, v.head.Seq)
	}
	return v.result
}
