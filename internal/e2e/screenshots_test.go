//go:build screenshots

package e2e

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"fugong/internal/app"
	"fugong/internal/browsertest"
	"fugong/internal/config"
)

const (
	picturesIn  = "../../docs/screenshots"
	mostPicture = 100 << 10 // bytes
)

// shown is a picture of the README: who looks at what, on which screen, and what he does before.
type shown struct {
	name, user, path string
	width, height    int64
	ready            string // a selector
	before           func(*phone)
}

func pictures() []shown {
	return []shown{
		{"flagged", "district", "/sections?flagged=1", 1440, 840, `.route li:nth-child(3)`, planVisits},
		{"section", "district", "/sections/CH01-1", 1440, 900, ".crit", nil},
		{"overview", "leader", "/totals", 1440, 900, ".board svg", nil},
		{"beds", "manager", "/sections/CH01-1/beds", 1440, 900, ".bed", nil},
		{"home-phone", "manager", "/", 390, 844, ".hm-card", nil},
		{"checklist-phone", "manager", "/sections/CH01-1/checklist", 390, 844, "html[data-ready]", confirmFirst},
	}
}

// planVisits picks three sections and adds them to the route of the day.
func planVisits(p *phone) {
	for _, row := range []string{"1", "2", "4"} {
		p.Click(`tbody tr:nth-child(` + row + `) .ck label`)
	}
	p.Click("#add-route")
	p.Wait(`.route li:nth-child(3)`)
	p.Do(`document.activeElement.blur()`)
}

// confirmFirst answers the first question, so that the picture shows an answer.
func confirmFirst(p *phone) {
	p.Click(`.ask label.o`)
	p.Do(`document.activeElement.blur(), scrollTo(0, 0)`)
}

// chooseChinese sends the form of the language without going anywhere.
const chooseChinese = `fetch('/preferences', {method: 'POST', body: new URLSearchParams({lang: 'zh-CN', form_token: document.querySelector('[name=form_token]').value})}).then(r => r.ok)`

// TestScreenshots takes the pictures of the README from the demonstration, in Chinese. make screenshots runs it.
func TestScreenshots(t *testing.T) {
	base, passwords := demonstration(t)
	for _, s := range pictures() {
		p := &phone{Page: chromium.Page(t), name: s.user, base: base, password: passwords[s.user]}
		p.Size(s.width, s.height)
		p.signIn()
		p.Wait("nav.tabs")
		browsertest.Eval[bool](p.Page, chooseChinese)
		p.Open(base + s.path)
		if s.before != nil {
			s.before(p)
		}
		p.Wait(s.ready)
		p.Do(`document.getAnimations().forEach(a => a.finish())`)
		picture := p.Picture()
		if len(picture) > mostPicture {
			t.Errorf("%s weighs %d bytes, want at most %d", s.name, len(picture), mostPicture)
		}
		if err := os.WriteFile(filepath.Join(picturesIn, s.name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	demoAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	demoAccount = regexp.MustCompile(`用户名 (\S+)\s+口令 (\S+)`)
)

// demonstration runs until the test is over; it gives the address and the passwords that it prints.
func demonstration(t *testing.T) (base string, passwords map[string]string) {
	t.Helper()
	cfg, err := config.Load(func(name string) string { return map[string]string{"FUGONG_LISTEN": "127.0.0.1:0"}[name] })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := app.Demo(ctx, cfg, app.Env{Stderr: io.Discard}, app.DemoOptions{Stdout: write})
		write.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() { stop(); <-ended })
	passwords = map[string]string{}
	lines := bufio.NewScanner(read)
	for len(passwords) < 6 && lines.Scan() {
		if at := demoAddress.FindString(lines.Text()); at != "" {
			base = at
		}
		if m := demoAccount.FindStringSubmatch(lines.Text()); m != nil {
			passwords[m[1]] = m[2]
		}
	}
	if base == "" || len(passwords) < 6 {
		t.Fatalf("the demonstration did not come up: %v", lines.Err())
	}
	go io.Copy(io.Discard, read)
	return base, passwords
}
