package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const twoSections = `项目编号,项目名称,标段编号,标段名称,街道
	XY,星原项目,XY-01,一标段,小塘街道
	XY,星原项目,XY-02,二标段,小塘街道`

// submitting is a user who hands in checklists of XY-01.
type submitting struct {
	*testing.T
	store *store.Store
	user  account.User
	now   calendar.Instant
	calls int // how often an answer was made
}

func newSubmitting(t *testing.T, s *store.Store) *submitting {
	storetest.Import(t, s, "sections", twoSections)
	return &submitting{T: t, store: s, user: someone(t, s, "wang", account.Manager, "XY-01"), now: storetest.At("2022-05-06 16:00")}
}

func (b *submitting) list(section string, item string) store.Submission {
	return store.Submission{Section: section, Date: calendar.Day(2022, 5, 6), Now: b.now, Act: by("wang"), DeviceAt: b.now - 1,
		Answers: []checklist.Answer{{Item: item, Choice: checklist.No, Remark: "已通知"}, {Item: "K1", Choice: checklist.Number, Number: "2"}}}
}

func (b *submitting) submit(sub store.Submission, key, content string) (store.Answer, error) {
	request := store.Request{User: b.user.ID, Key: key, Content: content}
	return b.store.Submit(b.Context(), b.user.Scope, sub, request, func(f store.Filed) (store.Answer, error) {
		b.calls++
		body, err := json.Marshal(f)
		return store.Answer{Status: http.StatusCreated, Body: body}, err
	})
}

func (b *submitting) must(sub store.Submission, key, content string) store.Answer {
	b.Helper()
	answer, err := b.submit(sub, key, content)
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

func (b *submitting) versions(section string) []store.Filed {
	b.Helper()
	all, err := b.store.Submissions(b.Context(), account.Everywhere(), section, calendar.Day(2022, 5, 6))
	if err != nil {
		b.Fatal(err)
	}
	return all
}

func TestChecklistsAreNumberedWithinTheirDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		b.must(b.list("XY-01", "B1"), "a", "1")
		b.must(b.list("XY-01", "B2"), "b", "2") // at the same instant
		storetest.Import(t, s, "checklists", `标段编号,日期,提交时间,项目编号,答案
			XY-01,2022-05-06,2022-05-06 07:00,B1,是
			XY-01,2022-05-06,2022-05-06 07:30,B1,是
			XY-01,2022-05-06,2022-05-06 07:30,B2,是
			XY-02,2022-05-06,2022-05-06 07:30,B1,是`)
		b.must(b.list("XY-01", "B3"), "c", "3")
		got := b.versions("XY-01")
		if len(got) != 5 {
			t.Fatalf("%d versions: %+v", len(got), got)
		}
		for i, items := range []string{"B1 K1", "B2 K1", "B1", "B1 B2", "B3 K1"} {
			f := got[i]
			var have []string
			for _, a := range f.Answers {
				have = append(have, a.Item)
			}
			if f.Version != i+1 || strings.Join(have, " ") != items || f.Section != "XY-01" || f.ID == 0 {
				t.Errorf("version %d is %+v, want items %s", i+1, f, items)
			}
		}
		if first := got[0]; first.ReceivedAt != b.now || first.DeviceAt != b.now-1 || first.By != "wang" || first.Answers[0].Remark != "已通知" {
			t.Errorf("the first says %+v", first)
		}
		if other := b.versions("XY-02"); len(other) != 1 || other[0].Version != 1 {
			t.Errorf("the other section has %+v", other)
		}
		due, err := s.Due(t.Context(), b.now)
		if err != nil || len(due) == 0 {
			t.Errorf("due: %v, %v", due, err)
		}
		entries, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "checklist.submit", Limit: 9})
		if err != nil || len(entries) != 3 || entries[0].Act.ObjectID != "XY-01" || entries[0].Act.Actor != "wang" {
			t.Errorf("audit: %+v, %v", entries, err)
		}
	})
}

// TestSubmissionDays: the last days that have checklists, the newest first, with what each version counts; nothing of another
// section, and nothing that was not handed in.
func TestSubmissionDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		storetest.Import(t, s, "checklists", `标段编号,日期,提交时间,项目编号,答案
			XY-01,2022-05-02,2022-05-02 16:00,B1,是
			XY-01,2022-05-04,2022-05-04 16:00,B1,否
			XY-01,2022-05-04,2022-05-04 16:00,B2,否
			XY-01,2022-05-04,2022-05-04 16:00,B3,12
			XY-02,2022-05-05,2022-05-05 16:00,B1,是`)
		b.must(b.list("XY-01", "B1"), "a", "1")
		b.must(b.list("XY-01", "B2"), "b", "2")
		days := func(n int) string {
			t.Helper()
			all, err := s.SubmissionDays(t.Context(), b.user.Scope, "XY-01", n)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, f := range all {
				lines = append(lines, fmt.Sprintf("%s v%d %s %d/%d", f.Date, f.Version, f.By, f.Refused, f.Answers))
			}
			return strings.Join(lines, "\n")
		}
		const two = "2022-05-06 v2 wang 1/2\n2022-05-06 v1 wang 1/2\n2022-05-04 v1 test 2/3"
		if got := days(2); got != two {
			t.Errorf("two days:\n%s\nwant\n%s", got, two)
		}
		if got := days(9); got != two+"\n2022-05-02 v1 test 0/1" {
			t.Errorf("all days:\n%s", got)
		}
		for _, foreign := range []string{"XY-02", "XY-99"} {
			if _, err := s.SubmissionDays(t.Context(), b.user.Scope, foreign, 9); fault.KindOf(err) != fault.NotFound {
				t.Errorf("section %s: %v", foreign, err)
			}
		}
		all, err := s.SubmissionDays(t.Context(), b.user.Scope, "XY-01", 1)
		if err != nil || len(all) != 2 || all[1].ReceivedAt != b.now || all[0].ReceivedAt <= b.now {
			t.Errorf("received: %+v, %v", all, err)
		}
	})
}

func TestExportOfSubmissionsChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		sub := b.list("XY-01", "B1")
		sub.Answers = append(sub.Answers, checklist.Answer{Item: "B4", Choice: checklist.Yes, Number: "12"})
		b.must(sub, "a", "1")
		header, rows, err := s.Export(t.Context(), storetest.Order("checklists"))
		if err != nil || len(rows) != 3 {
			t.Fatalf("export: %q, %v", rows, err)
		}
		var csv bytes.Buffer
		for _, row := range append([][]string{header}, rows...) {
			fmt.Fprintln(&csv, strings.Join(row, ","))
		}
		report, touched := storetest.Take(t, s, b.now+5, "checklists", csv.String())
		if report.Accepted != 0 || report.Duplicate != 3 || len(touched) > 0 {
			t.Errorf("the export, taken in: %+v, touched %v", report, touched)
		}
		if len(b.versions("XY-01")) != 1 {
			t.Errorf("versions %+v", b.versions("XY-01"))
		}
	})
}

func TestSameRequestHasOneEffect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		first := b.must(b.list("XY-01", "B1"), "a", "1")
		if first.Replayed || first.Status != http.StatusCreated {
			t.Errorf("first: %+v", first)
		}
		b.now += 1_000_000
		again := b.must(b.list("XY-01", "B1"), "a", "1")
		if !again.Replayed || again.Status != first.Status || !bytes.Equal(again.Body, first.Body) {
			t.Errorf("again: %+v, want %s", again, first.Body)
		}
		if _, err := b.submit(b.list("XY-01", "B1"), "a", "2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another request under the key: %v", err)
		}
		if n := len(b.versions("XY-01")); n != 1 || b.calls != 1 {
			t.Errorf("%d versions, %d answers made", n, b.calls)
		}
		other := someone(t, s, "li", account.Manager, "XY-01")
		b.user = other
		if got := b.must(b.list("XY-01", "B1"), "a", "1"); got.Replayed {
			t.Error("somebody else got the answer of the first")
		}
	})
}

func TestRequestSentManyTimesAtOnceHasOneEffect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		var all sync.WaitGroup
		answers := make([]store.Answer, 12)
		failures := make([]error, len(answers))
		for i := range answers {
			all.Go(func() {
				request := store.Request{User: b.user.ID, Key: fmt.Sprint(i % 2), Content: "same"}
				answers[i], failures[i] = s.Submit(t.Context(), b.user.Scope, b.list("XY-01", "B1"), request, func(f store.Filed) (store.Answer, error) {
					return store.Answer{Status: http.StatusCreated, Body: fmt.Append(nil, f.ID)}, nil
				})
			})
		}
		all.Wait()
		for i, a := range answers {
			if failures[i] != nil || !bytes.Equal(a.Body, answers[i%2].Body) {
				t.Errorf("sending %d: %s, %v", i, a.Body, failures[i])
			}
		}
		if got := b.versions("XY-01"); len(got) != 2 || got[1].Version != 2 {
			t.Errorf("versions %+v", got)
		}
	})
}

func TestWhatFailedIsNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		broken := errors.New("broken")
		request := store.Request{User: b.user.ID, Key: "a", Content: "1"}
		_, err := s.Submit(t.Context(), b.user.Scope, b.list("XY-01", "B1"), request, func(store.Filed) (store.Answer, error) {
			return store.Answer{}, broken
		})
		if !errors.Is(err, broken) || len(b.versions("XY-01")) != 0 {
			t.Errorf("%v, versions %v", err, b.versions("XY-01"))
		}
		for _, foreign := range []string{"XY-02", "XY-99", ""} {
			if _, err := b.submit(b.list(foreign, "B1"), "a", "1"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("section %q: %v", foreign, err)
			}
		}
		if _, err := s.Submissions(t.Context(), b.user.Scope, "XY-02", calendar.Day(2022, 5, 6)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("list of a foreign section: %v", err)
		}
		if got := b.must(b.list("XY-01", "B1"), "a", "2"); got.Replayed {
			t.Error("the key was spent on what failed")
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Submit(gone, b.user.Scope, b.list("XY-01", "B1"), request, nil); err == nil {
			t.Error("a request whose sender has gone came through")
		}
	})
}

func TestImportOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		up := storetest.Upload(b.now, "rooms", "标段编号,房间号,使用面积,床位数\nXY-01,101,20,4\nXY-99,102,20,4")
		take := func(content string) (store.Answer, error) {
			request := store.Request{User: b.user.ID, Key: "a", Content: content}
			return s.ImportOnce(t.Context(), up, request, func(r intake.Report) (store.Answer, error) {
				b.calls++
				body, err := json.Marshal(r)
				return store.Answer{Status: http.StatusOK, Body: body}, err
			})
		}
		first, err := take("1")
		if err != nil || first.Replayed || !strings.Contains(string(first.Body), "UNKNOWN_SECTION") {
			t.Fatalf("first: %s, %v", first.Body, err)
		}
		again, err := take("1")
		if err != nil || !again.Replayed || !bytes.Equal(first.Body, again.Body) || b.calls != 1 {
			t.Errorf("again: %s, %v, made %d times", again.Body, err, b.calls)
		}
		if _, err := take("2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another file under the key: %v", err)
		}
		entries, err := s.AuditEntries(t.Context(), store.AuditFilter{Action: "import", Object: "register", ObjectID: "rooms", Limit: 9})
		if err != nil || len(entries) != 1 {
			t.Errorf("audit: %+v, %v", entries, err)
		}
	})
}

// What was answered may tell of people: it is kept, and cannot be read from the disk.
func TestKeptAnswersAreSealed(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "f.db")
	s := storetest.Open(t, dsn, storetest.Keys(t))
	b := newSubmitting(t, s)
	const telling = "王某核酸阳性"
	request := store.Request{User: b.user.ID, Key: "the key of it", Content: telling}
	for _, replayed := range []bool{false, true} {
		answer, err := s.Submit(t.Context(), b.user.Scope, b.list("XY-01", "B1"), request, func(store.Filed) (store.Answer, error) {
			return store.Answer{Status: http.StatusCreated, Body: []byte(telling)}, nil
		})
		if err != nil || string(answer.Body) != telling || answer.Replayed != replayed {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(dsn + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, content...)
	}
	if !bytes.Contains(disk, []byte(request.Key)) {
		t.Fatal("not even the key is found: the search is broken")
	}
	if bytes.Contains(disk, []byte(telling)) {
		t.Error("the answer is on the disk in clear")
	}
}

// TestAnswersAreKeptForSevenDays: until then the same request has no second effect.
func TestAnswersAreKeptForSevenDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := newSubmitting(t, s)
		b.must(b.list("XY-01", "B1"), "a", "1")
		if !b.must(b.list("XY-01", "B1"), "a", "1").Replayed {
			t.Error("the request has a second effect")
		}
		for _, tt := range []struct {
			after     time.Duration
			forgotten int64
		}{{store.AnswersKept, 0}, {store.AnswersKept + time.Second, 1}, {store.AnswersKept + time.Second, 0}} {
			if n, err := s.ForgetAnswers(t.Context(), b.now.Add(tt.after)); err != nil || n != tt.forgotten {
				t.Errorf("%s later %d are forgotten, want %d: %v", tt.after, n, tt.forgotten, err)
			}
		}
	})
}
