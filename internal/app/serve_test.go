package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/config"
	"fugong/internal/store/storetest"
)

func openApp(t *testing.T, settings ...string) (*App, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	values := map[string]string{"FUGONG_DB": filepath.Join(dir, "fugong.db"), "FUGONG_DATA": dir, "FUGONG_KEY_FILE": filepath.Join(dir, "fugong.key")}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	cfg, err := config.Load(func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	a, err := Open(t.Context(), cfg, Env{Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	stderr.Reset()
	return a, &stderr
}

func TestTheFirstStartPrintsALinkAndNoPassword(t *testing.T) {
	anywhere := &net.TCPAddr{IP: net.IPv4zero, Port: 8080}
	for base, want := range map[string]string{"": "http://127.0.0.1:8080/setup", "https://fugong.example": "https://fugong.example/setup"} {
		a, stderr := openApp(t, "FUGONG_BASE_URL", base)
		if err := a.welcome(t.Context(), anywhere); err != nil {
			t.Fatal(err)
		}
		link := regexp.MustCompile(regexp.QuoteMeta(want) + `\?token=([\w-]{43})`).FindStringSubmatch(stderr.String())
		if link == nil {
			t.Fatalf("no link to %s in %q", want, stderr)
		}
		if u, err := a.store.LinkUser(t.Context(), link[1], a.clock.now()); err != nil || u.ID != 0 {
			t.Errorf("the link is for %+v, %v", u, err)
		}
		if _, err := a.store.AddUser(t.Context(), account.NewUser{Name: "li", Role: account.Admin}, operator(), a.clock.now()); err != nil {
			t.Fatal(err)
		}
		stderr.Reset()
		if err := a.welcome(t.Context(), anywhere); err != nil || stderr.Len() > 0 {
			t.Errorf("with a user there is still %q, %v", stderr, err)
		}
	}
}

func TestListeningInClearIsWarnedOf(t *testing.T) {
	for settings, want := range map[string]bool{"0.0.0.0:8080 ": true, "127.0.0.1:8080 ": false, "0.0.0.0:8080 https://fugong.example": false,
		"0.0.0.0:8080 http://fugong.example": true} {
		listen, base, _ := strings.Cut(settings, " ")
		a, stderr := openApp(t, "FUGONG_LISTEN", listen, "FUGONG_BASE_URL", base)
		if err := a.welcome(t.Context(), &net.TCPAddr{IP: net.IPv4zero, Port: 8080}); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(stderr.String(), "in clear"); warned != want {
			t.Errorf("%s: warned %v", settings, warned)
		}
	}
}

func TestTheDemonstrationHasAnAccountOfEachRole(t *testing.T) {
	a, _ := openApp(t)
	storetest.Import(t, a.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道
		XY,新苑,XY-01,一标段,长虹街道`)
	var stdout bytes.Buffer
	if err := a.demoAccounts(t.Context(), &stdout); err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`用户名 (\w+) +口令 ([a-z2-7-]{19})`).FindAllStringSubmatch(stdout.String(), -1)
	if len(said) != len(account.Roles()) {
		t.Fatalf("told of %d accounts: %s", len(said), &stdout)
	}
	users, err := a.store.Users(t.Context())
	if err != nil || len(users) != len(said) {
		t.Fatalf("%d users, %v", len(users), err)
	}
	for i, role := range account.Roles() {
		if said[i][1] != string(role) || account.ValidatePassword(string(role), said[i][2], false) != nil {
			t.Errorf("account %d is %v", i, said[i])
		}
	}
}

// Half-open requests are cut off; what the server allows is what was measured to be enough.
func TestSlowClientsAreCutOff(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := newServer(http.NotFoundHandler(), log)
	if s.ReadHeaderTimeout != 10*time.Second || s.IdleTimeout != 120*time.Second || s.ReadTimeout != 30*time.Second || s.WriteTimeout != 60*time.Second || s.MaxHeaderBytes != 32<<10 {
		t.Errorf("limits are %v %v %v %v %d", s.ReadHeaderTimeout, s.IdleTimeout, s.ReadTimeout, s.WriteTimeout, s.MaxHeaderBytes)
	}
	s.ReadHeaderTimeout = 300 * time.Millisecond // the test has no ten seconds
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(listener) }()
	defer s.Close()
	var open []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
	}
	for _, conn := range open {
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(conn); err != nil {
			t.Fatalf("still open: %v", err)
		}
	}
}

// The whole server stops while somebody is signed in and another connection hangs, and it says nothing of passwords.
func TestServingAndStopping(t *testing.T) {
	a, stderr := openApp(t, "FUGONG_LISTEN", "127.0.0.1:0")
	hash, err := account.HashPassword("four horses drink tea")
	if err != nil {
		t.Fatal(err)
	}
	u := account.NewUser{Name: "li", Role: account.Admin, Scope: account.Everywhere(), Hash: hash}
	if _, err := a.store.AddUser(t.Context(), u, operator(), a.clock.now()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.serveOn(ctx, listener) }()
	base := "http://" + listener.Addr().String()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Post(base+"/login", "application/x-www-form-urlencoded", strings.NewReader("username=li&password=four+horses+drink+tea"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/" {
		t.Errorf("sign-in gives %d to %q", response.StatusCode, response.Header.Get("Location"))
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still running after 20 seconds")
	}
	if strings.Contains(stderr.String(), "horses") {
		t.Error("the log has the password")
	}
}
