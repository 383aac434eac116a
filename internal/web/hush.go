package web

import "fugong/internal/locale"

// fewest is the smallest group of people whose number is shown where nobody may be recognised: of a smaller one it says so.
const fewest = 5

// people are those of a group who are housed on site and those who are not.
type people struct{ housed, other int }

func (g people) sum() int { return g.housed + g.other }

// hiding says which numbers of a group are not shown.
type hiding struct{ sum, parts bool }

func small(n int) bool { return n > 0 && n < fewest }

// hush chooses the numbers that are not shown: those of fewer than five people, and one group more where a single hidden one
// could be worked out from the others and their total.
func hush(groups []people) []hiding {
	hidden := make([]hiding, len(groups))
	for i, g := range groups {
		hidden[i].sum = small(g.sum())
		hidden[i].parts = small(g.housed) || small(g.other)
	}
	hideAnother(groups, hidden, func(h *hiding) *bool { return &h.sum })
	for i := range hidden {
		hidden[i].parts = hidden[i].parts || hidden[i].sum
	}
	hideAnother(groups, hidden, func(h *hiding) *bool { return &h.parts })
	return hidden
}

// hideAnother hides the smallest group beside a single hidden one.
func hideAnother(groups []people, hidden []hiding, of func(*hiding) *bool) {
	count, next := 0, -1
	for i := range hidden {
		switch {
		case *of(&hidden[i]):
			count++
		case groups[i].sum() > 0 && (next < 0 || groups[i].sum() < groups[next].sum()):
			next = i
		}
	}
	if count == 1 && next >= 0 {
		*of(&hidden[next]) = true
	}
}

// heads are the numbers of a group as they are shown.
type heads struct{ Sum, Housed, Other string }

// hiddenWord stands where a number could tell another that is not shown.
const hiddenWord = "—"

// shown writes the numbers of a group; few is said of a number that is too small.
func (g people) shown(h hiding, few string) heads {
	shown := heads{locale.Number(int64(g.sum())), locale.Number(int64(g.housed)), locale.Number(int64(g.other))}
	if h.sum {
		shown.Sum = hiddenWord
		if small(g.sum()) {
			shown.Sum = few
		}
	}
	if h.parts {
		shown.Housed, shown.Other = hiddenWord, hiddenWord
	}
	return shown
}
