package checklist

import (
	"slices"
	"strings"
)

// What a 否 is put down to stands at the beginning of its remark, so that files, exports and older readers carry it along:
// 床位不足、夜间外出；44 人住出租房，5月11日前搬入。
const (
	betweenReasons = "、"
	afterReasons   = "；"
)

// JoinReasons writes reasons and measure as one remark.
func JoinReasons(reasons []string, measure string) string {
	head := strings.Join(reasons, betweenReasons)
	if head == "" || measure == "" {
		return head + measure
	}
	return head + afterReasons + measure
}

// SplitReasons reads what JoinReasons wrote: the reasons that the item knows, and the rest.
func (i Item) SplitReasons(remark string) (reasons []string, measure string) {
	head, rest, _ := strings.Cut(remark, afterReasons)
	all := strings.Split(head, betweenReasons)
	for _, r := range all {
		if !slices.ContainsFunc(i.Reasons, func(t Term) bool { return t.Text == r }) {
			return nil, remark
		}
	}
	return all, rest
}
