// Package browsertest drives a real Chromium for tests of pages. It alone knows how a browser is talked to: a test opens, fills,
// taps and waits for what the page says of itself, and never sleeps.
package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	patience = 20 * time.Second // for one thing to happen, on a machine that is busy with other tests
	lifetime = 3 * time.Minute  // of a page
)

// Plain is a name of this machine that a browser does not trust as it trusts 127.0.0.1: a page there has no service worker, no
// locks and no randomUUID, as in a network without certificates.
const Plain = "plain.test"

// Chromium is one browser for all tests of a package. It starts when the first page is asked for; TestMain closes it.
type Chromium struct {
	once sync.Once
	root context.Context
	stop func() error
	err  error
}

// Page opens a blank page that shares no cookie, storage or worker with those of other tests. Without a Chromium (CHROMIUM names
// another than the one of that name) the test is skipped, and fails in CI.
func (c *Chromium) Page(t testing.TB) *Page {
	t.Helper()
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed, and in CI nothing is skipped")
		}
		t.Skip("chromium is not installed")
	}
	if c.once.Do(func() { c.launch(path) }); c.err != nil {
		t.Fatalf("start chromium: %v", c.err)
	}
	ctx, closePage := chromedp.NewContext(c.root, chromedp.WithNewBrowserContext())
	return newPage(t, ctx, closePage)
}

func (c *Chromium) launch(path string) {
	dir, err := os.MkdirTemp("", "fugong-chromium-")
	if err != nil {
		c.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP "+Plain+" 127.0.0.1"))
	process, end := chromedp.NewExecAllocator(context.Background(), options...)
	root, closeRoot := chromedp.NewContext(process)
	c.root, c.err = root, chromedp.Do(root, chromedp.Navigate("about:blank"))
	c.stop = func() error {
		err := chromedp.Cancel(root)
		closeRoot()
		end()
		return errors.Join(err, os.RemoveAll(dir))
	}
}

// Close ends the browser, if there is one.
func (c *Chromium) Close() error {
	if c.stop == nil {
		return nil
	}
	return c.stop()
}

// Main runs the tests of a package and closes its browser.
func (c *Chromium) Main(m *testing.M) {
	code := m.Run()
	if err := c.Close(); err != nil && code == 0 {
		println("close chromium:", err.Error())
		code = 1
	}
	os.Exit(code)
}
