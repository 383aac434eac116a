package app

import (
	"log/slog"
	"regexp"
)

// numbers are what no log may hold, whatever an error quotes: document numbers and mobile telephones.
var numbers = regexp.MustCompile(`\b\d{17}[\dXx]\b|\b1[3-9]\d{9}\b`)

// newLog writes to where messages go; only a server tells what goes well, too.
func newLog(env Env) *slog.Logger {
	level := slog.LevelWarn
	if env.Verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(env.Stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: discreet}))
}

// discreet blots numbers out of texts and errors. Nothing is meant to log them: this is the net below.
func discreet(_ []string, a slog.Attr) slog.Attr {
	if kind := a.Value.Kind(); kind != slog.KindString && kind != slog.KindAny {
		return a
	}
	text := a.Value.String()
	if !numbers.MatchString(text) {
		return a
	}
	return slog.String(a.Key, numbers.ReplaceAllString(text, "***"))
}
