package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/store/storetest"
)

const resultDays = 2

// manyResults are results of many people on some days, and one of a stranger.
func manyResults() []byte {
	var b bytes.Buffer
	b.WriteString("证件号码,采样时间,检测结果,报告时间\n")
	for day := range resultDays {
		for i := range many {
			fmt.Fprintf(&b, "%s,2022-05-%02d 09:00,阴性,2022-05-%02d 18:00\n", numberOf(i), 1+day, 1+day)
		}
	}
	fmt.Fprintf(&b, "%s,2022-05-01 09:00,阴性,2022-05-01 18:00\n", numberOf(many))
	return b.Bytes()
}

// TestKilledUpload kills the server while it checks a file that was brought on its page, and once more while it takes it in. Of
// neither is anything left but the file; its page says that the work was broken off as soon as nothing was heard of it for a while, at
// once where no other server can have it in hand, and the same word again has its effect once.
func TestKilledUpload(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := crowded(t, dsn)
		before := w.taken()
		s := w.serve()
		s.enter()
		file := s.bring("results", manyResults())
		s = s.killedInside(file, "正在核对")
		if got := w.taken(); got != before {
			t.Errorf("killed while it checked: %+v, before %+v", got, before)
		}
		s.says(file, "核对中断了，没有写入任何数据")
		<-s.press(file, url.Values{"do": {"check"}})
		s.says(file, "确认导入 6000 行")
		s.press(file, nil)
		s = s.killedInside(file, "正在导入")
		if got := w.taken(); got != before {
			t.Errorf("killed while it took in: %+v, before %+v", got, before)
		}
		s.says(file, "没有写入任何数据。文件还在")
		one, two := s.press(file, nil), s.press(file, nil)
		<-one
		<-two
		s.says(file, "导入结果")
		if to := <-s.press(file, nil); !strings.HasPrefix(to, "/imports/") || to == file {
			t.Errorf("after the end the word leads to %s", to)
		}
		s.stop()
		w.tookOnce(before)
	})
}

// crowded is a world of many people, and of somebody who brings files about them.
func crowded(t *testing.T, dsn string) *world {
	t.Helper()
	w := newWorld(t)
	w.env["FUGONG_DB"], w.env["FUGONG_LISTEN"] = dsn, freeAddress(t)
	w.must("import", "sections", w.write("sections.csv", sectionsCSV))
	w.must("import", "roster", w.write("crowd.csv", crowd()))
	w.hire()
	return w
}

// taken counts what an import of results leaves behind.
type taken struct{ results, aside, batches, touched int }

// tookOnce holds that the file came in once since then, whole, and that the trail is.
func (w *world) tookOnce(before taken) {
	w.Helper()
	want := taken{many * resultDays, 1, before.batches + 1, before.touched + 1}
	if got := w.taken(); got != want {
		w.Errorf("in the end: %+v, want %+v", got, want)
	}
	w.must("audit", "verify")
}

func (w *world) taken() (n taken) {
	w.Helper()
	db := w.database()
	defer db.Close()
	err := db.QueryRowContext(w.Context(), `SELECT (SELECT count(*) FROM results), (SELECT count(*) FROM quarantined), (SELECT count(*) FROM batches),
		(SELECT count(*) FROM batch_touched)`).Scan(&n.results, &n.aside, &n.batches, &n.touched)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func (w *world) database() *sql.DB {
	w.Helper()
	driver := "sqlite"
	if strings.HasPrefix(w.env["FUGONG_DB"], "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, w.env["FUGONG_DB"])
	if err != nil {
		w.Fatal(err)
	}
	return db
}

// bring sends a table as the form of its page does, and gives the address of the file's own page before there is an answer.
func (s *server) bring(kind string, table []byte) string {
	s.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", kind+".csv")
	if err == nil {
		_, err = part.Write(table)
	}
	if err = errors.Join(err, m.Close()); err != nil {
		s.Fatal(err)
	}
	s.begin("/imports/"+kind, m.FormDataContentType(), &body)
	db := s.database()
	defer db.Close()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var token string
		err := db.QueryRowContext(s.Context(), "SELECT token FROM uploads").Scan(&token)
		if err == nil {
			return "/imports/uploads/" + token
		}
		if !errors.Is(err, sql.ErrNoRows) {
			s.Fatal(err)
		}
	}
	s.Fatalf("no file was received; log:\n%s", s.messages())
	return ""
}

// press presses a button on the page of a file, and gives where it leads to once there is an answer; empty when the server was killed.
func (s *server) press(file string, fields url.Values) <-chan string {
	s.Helper()
	return s.begin(file, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

// begin sends a form from a page of the server's own.
func (s *server) begin(path, kind string, body io.Reader) <-chan string {
	s.Helper()
	q, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+path, body)
	if err != nil {
		s.Fatal(err)
	}
	q.Header.Set("Content-Type", kind)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	led := make(chan string, 1)
	go func() {
		defer close(led)
		answer, err := s.client.Do(q)
		if err != nil {
			return
		}
		defer answer.Body.Close()
		led <- answer.Request.URL.Path
	}()
	return led
}

// look is the main part of a page.
func (s *server) look(path string) *goquery.Selection {
	s.Helper()
	_, body := s.get(path)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	return page.Find("main")
}

// says waits until a page says something.
func (s *server) says(path, want string) {
	s.Helper()
	said := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if said = s.look(path).Text(); strings.Contains(said, want) {
			return
		}
	}
	s.Fatalf("%s does not say %q but %s", path, want, strings.Join(strings.Fields(said), " "))
}

// killedInside ends the server without a word while the bar of a file stands between a third and the end, and starts the next one
// shortly before the silence is long enough to tell.
func (s *server) killedInside(file, step string) *server {
	s.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		page := s.look(file)
		bar := page.Find("#work progress")
		done, _ := strconv.Atoi(bar.AttrOr("value", "0"))
		total, _ := strconv.Atoi(bar.AttrOr("max", "0"))
		if done > total/3 && done < total && strings.Contains(page.Find("h1").Text(), step) {
			s.Logf("%s: killed at row %d of %d", step, done, total)
			break
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s is not seen on its way: %s", file, strings.Join(strings.Fields(page.Text()), " "))
		}
	}
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	<-s.ended
	s.cmd.Wait()
	client := s.client
	clock, err := time.Parse(time.RFC3339, s.env["FUGONG_CLOCK"])
	if err != nil {
		s.Fatal(err)
	}
	alone, passed := !strings.HasPrefix(s.env["FUGONG_DB"], "postgres"), time.Since(s.begun)
	if !alone {
		passed += 19*time.Second + 800*time.Millisecond
	}
	s.env["FUGONG_CLOCK"] = clock.Add(passed).Format(time.RFC3339Nano)
	next := s.serve()
	next.client = client
	if alone && next.look(file).Find("#work").Length() > 0 {
		next.Errorf("%s shows what nobody does any more", step)
	}
	return next
}
