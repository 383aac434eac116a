package app

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fugong/internal/calendar"
)

// TestClock runs on from where it was set, and stands while it is held.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		c := newClock(time.Time{})
		if c.hold(); c.now() != calendar.Moment(begun) {
			t.Error("the real clock is not the real one")
		}
		time.Sleep(time.Minute)
		if c.now() != calendar.Moment(begun.Add(time.Minute)) {
			t.Error("the real clock was held")
		}
		c = newClock(DemoStart())
		time.Sleep(time.Minute)
		if got := c.now(); got != calendar.Moment(DemoStart().Add(time.Minute)) {
			t.Errorf("after a minute it is %s", got.RFC3339(time.UTC))
		}
		c.hold()
		time.Sleep(time.Hour)
		if got := c.now(); got != calendar.Moment(DemoStart()) {
			t.Errorf("held it is %s", got.RFC3339(time.UTC))
		}
		c.letGo()
		time.Sleep(time.Second)
		if got := c.now(); got != calendar.Moment(DemoStart().Add(time.Second)) {
			t.Errorf("let go it is %s", got.RFC3339(time.UTC))
		}
	})
}

// TestProgress draws a bar for a person, and nothing into a pipe.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	a := &App{env: Env{Stderr: &out}}
	if a.progress("判定")(1, 2); out.Len() != 0 {
		t.Errorf("into a pipe went %q", out.String())
	}
	a.env.Terminal = true
	bar := a.progress("判定")
	bar(1, 2)
	if got := out.String(); got != "\r判定 ["+strings.Repeat("=", 15)+strings.Repeat(" ", 15)+"] 1/2" {
		t.Errorf("half way: %q", got)
	}
	if bar(2, 2); !strings.HasSuffix(out.String(), "] 2/2\n") {
		t.Errorf("at the end: %q", out.String())
	}
	if a.progress("判定")(0, 0); !strings.HasSuffix(out.String(), "] 0/0\n") {
		t.Errorf("of nothing: %q", out.String())
	}
}

// TestWriteOut: a file takes its name when it is whole, and only then; what is no file is written into.
func TestWriteOut(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.csv")
	write := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, writeErr := io.WriteString(w, text)
			return errors.Join(writeErr, err)
		}
	}
	if err := writeOut(name, nil, write("whole", nil)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := writeOut(name, nil, write("half", broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if content, err := os.ReadFile(name); err != nil || string(content) != "whole" {
		t.Errorf("the file holds %q %v", content, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v %v", left, err)
	}
	if err := writeOut(dir, nil, write("", nil)); err == nil {
		t.Error("a folder was written into")
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan []byte, 1)
	go func() {
		content, err := os.ReadFile(pipe)
		if err != nil {
			content = []byte(err.Error())
		}
		read <- content
	}()
	if err := writeOut(pipe, nil, write("into a pipe", nil)); err != nil {
		t.Fatal(err)
	}
	if got := string(<-read); got != "into a pipe" {
		t.Errorf("the pipe gave %q", got)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe is now %v %v", info.Mode(), err)
	}
}

// TestLogIsDiscreet: whatever an error quotes, no document or telephone number gets into the log.
func TestLogIsDiscreet(t *testing.T) {
	var out bytes.Buffer
	log := newLog(Env{Stderr: &out, Verbose: true})
	log.Info("import 32069919910412018x", slog.String("line", "320699199003070013，13812345678"),
		slog.Any("error", errors.New("value '320699198810010055' is wrong")), slog.Group("row", slog.String("phone", "13912345678")),
		slog.Int64("instant", 1651795200000000), slog.String("tube", "NT22050501001"), slog.Any("rows", []string{"320699198511120027"}))
	for _, secret := range []string{"32069919910412018", "320699199003070013", "13812345678", "320699198810010055", "13912345678", "320699198511120027"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s is in the log: %s", secret, out.String())
		}
	}
	for _, word := range []string{"1651795200000000", "NT22050501001", "is wrong"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("%s is gone from the log: %s", word, out.String())
		}
	}
	out.Reset()
	if newLog(Env{Stderr: &out}).Info("all is well"); out.Len() != 0 {
		t.Errorf("a command says %q", out.String())
	}
}
