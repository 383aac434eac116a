package app

import (
	"fmt"
	"strings"
)

const barWidth = 30

// progress draws a bar for long work on a terminal, and nothing in a pipe.
func (a *App) progress(label string) func(done, total int) {
	if !a.env.Terminal {
		return func(int, int) {}
	}
	return func(done, total int) {
		filled := barWidth
		if total > 0 {
			filled = barWidth * done / total
		}
		fmt.Fprintf(a.env.Stderr, "\r%s [%s%s] %d/%d", label, strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), done, total)
		if done >= total {
			fmt.Fprintln(a.env.Stderr)
		}
	}
}
