package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// machine runs the command line on a database of its own.
type machine struct {
	*testing.T
	settings map[string]string
}

func newMachine(t *testing.T) machine {
	dir := t.TempDir()
	return machine{t, map[string]string{"FUGONG_DB": filepath.Join(dir, "f.db"), "FUGONG_KEY_FILE": filepath.Join(dir, "key"), "FUGONG_DATA": dir}}
}

// run gives what a command line says and its exit code.
func (m machine) run(stdin string, args ...string) (stdout, stderr string, code int) {
	m.Helper()
	var out, messages bytes.Buffer
	p := &program{getenv: func(name string) string { return m.settings[name] }, stdout: &out, stderr: &messages}
	p.env.Stderr = &messages
	root := p.root()
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&messages)
	err := root.ExecuteContext(m.Context())
	if closeErr := p.close(); err == nil {
		err = closeErr
	}
	code = p.exitCode(m.Context(), err)
	return out.String(), messages.String(), code
}

func (m machine) want(code int, stdin string, args ...string) (stdout string) {
	m.Helper()
	stdout, stderr, got := m.run(stdin, args...)
	if got != code {
		m.Fatalf("fugong %s: exit %d, want %d: %s", strings.Join(args, " "), got, code, stderr)
	}
	return stdout
}

const sentence = "塔吊司机今天早班没有来，改叫老周\n"

func TestUsersFromTheCommandLine(t *testing.T) {
	m := newMachine(t)
	if link := m.want(0, "", "user", "link"); !strings.HasPrefix(link, "http://127.0.0.1:8080/setup?token=") {
		t.Errorf("link %q", link)
	}
	m.want(0, sentence, "user", "add", "--name", "Chief", "--role", "admin", "--password-stdin")
	m.want(1, "", "user", "link") // there is an admin now
	m.want(0, sentence, "user", "add", "--name", "li", "--role", "manager", "--section", "XY-01,XY-02", "--password-stdin")
	m.want(1, sentence, "user", "add", "--name", "LI", "--role", "leader", "--password-stdin")
	for _, wrong := range [][]string{
		{"user", "add", "--name", "wang", "--role", "manager", "--section", "XY-01"}, // no password from anywhere
		{"user", "add", "--name", "wang", "--role", "root", "--password-stdin"},
		{"user", "add", "--name", "wang", "--role", "manager", "--password-stdin"},
		{"user", "add", "--name", "a b", "--role", "leader", "--password-stdin"},
		{"user", "passwd", "li"},
		{"user", "token", "li", "--days", "-1"},
		{"user", "disable"},
	} {
		m.want(2, sentence, wrong...)
	}
	m.want(1, "123456\n", "user", "add", "--name", "wang", "--role", "leader", "--password-stdin")
	m.want(1, "", "user", "passwd", "li", "--password-stdin")
	m.want(0, "改叫老周以后，塔吊下午又能转了", "user", "passwd", "li", "--password-stdin")
	m.want(0, "", "user", "disable", "li")
	m.want(1, "", "user", "token", "li")
	m.want(1, "", "user", "link", "li")
	m.want(1, "", "user", "disable", "chief") // the last admin
	m.want(1, "", "user", "disable", "nobody")

	var users []struct {
		Name, Role string
		Everywhere bool
		Sections   []string
		DisabledAt *string `json:"disabled_at"`
	}
	if err := json.Unmarshal([]byte(m.want(0, "", "user", "list", "--json")), &users); err != nil {
		t.Fatal(err)
	}
	if len(users) != 2 || users[0].Name != "chief" || !users[0].Everywhere || users[1].DisabledAt == nil || len(users[1].Sections) != 2 {
		t.Errorf("users %+v", users)
	}
	m.want(0, "", "user", "enable", "li")
	m.want(0, "", "user", "change", "li", "--role", "inspector", "--street", "城东街道")
	if list := m.want(0, "", "user", "list"); !strings.Contains(list, "城东街道") || strings.Contains(list, "XY-01") {
		t.Errorf("list:\n%s", list)
	}
}

func TestTokensFromTheCommandLine(t *testing.T) {
	m := newMachine(t)
	m.want(0, sentence, "user", "add", "--name", "li", "--role", "leader", "--password-stdin")
	token := strings.TrimSpace(m.want(0, "", "user", "token", "li", "--name", "报表", "--read-only"))
	if len(token) != 43 {
		t.Errorf("token %q", token)
	}
	if list := m.want(0, "", "user", "token", "li", "--list"); !strings.Contains(list, "报表") || strings.Contains(list, token) {
		t.Errorf("list:\n%s", list)
	}
	m.want(0, "", "user", "token", "li", "--revoke", "1")
	m.want(1, "", "user", "token", "li", "--revoke", "1")
	m.want(1, "", "user", "token", "nobody")
}
