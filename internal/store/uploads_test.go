package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

const temperaturesCSV = "姓名,身份证号,测量时间,体温,备注\n" +
	"王小明," + wang + ",2022-05-05 07:30,36.5,无\n" +
	"李红," + li + ",2022-05-05 07:30,365,漏了点\n" +
	"某人,810000199001010019,2022-05-05 07:30,36.5,\n"

// preview previews a table of temperatures as the manager of the first section.
func preview(t *testing.T, s *store.Store, user account.UserID) (store.Waiting, store.Upload) {
	t.Helper()
	up := storetest.Upload(storetest.At(morning), "temperatures", temperaturesCSV)
	up.Within, up.Act.Actor = own(), "li"
	w, err := s.Preview(t.Context(), user, up, "")
	if err != nil {
		t.Fatal(err)
	}
	return w, store.Upload{Loc: up.Loc, Now: up.Now, By: "li", Within: own()}
}

func TestPreviewTellsHowAFileIsRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		w, _ := preview(t, s, user)
		expect(t, w.Report, 1, "3 rejected RANGE", "4 quarantined NOT_ON_ROSTER")
		want := store.PreviewSheet{Header: []string{"姓名", "身份证号", "测量时间", "体温", "备注"}, Unknown: []string{"备注"}, Rows: 3,
			Found: []intake.Found{{Column: "证件号码", Heading: "身份证号"}, {Column: "测量时间", Heading: "测量时间"}, {Column: "体温", Heading: "体温"}, {Column: "姓名", Heading: "姓名"}},
			First: [][]string{{"王小明", wang, "2022-05-05 07:30", "36.5", "无"}, {"李红", li, "2022-05-05 07:30", "365", "漏了点"}, {"某人", "810000199001010019", "2022-05-05 07:30", "36.5"}}}
		got := w.Sheets[0]
		got.First[2] = got.First[2][:4]
		slices.SortFunc(got.Found, func(a, b intake.Found) int {
			return slices.Index(want.Header, a.Heading) - slices.Index(want.Header, b.Heading)
		})
		slices.SortFunc(want.Found, func(a, b intake.Found) int {
			return slices.Index(want.Header, a.Heading) - slices.Index(want.Header, b.Heading)
		})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
		if len(w.Bad) != 2 || w.Bad[0].Line != 3 || w.Bad[0].Cells[4] != "漏了点" || w.Bad[1].Message == "" {
			t.Errorf("bad rows %+v", w.Bad)
		}
		again, err := s.Uploaded(t.Context(), user, w.Token, storetest.At(morning))
		if err != nil || !reflect.DeepEqual(again.Bad, w.Bad) || again.Report.Accepted != 1 || again.Batch != 0 {
			t.Errorf("read again %+v, %v", again, err)
		}
		if _, rows, _ := s.Export(t.Context(), storetest.Order("temperatures")); len(rows) != 0 {
			t.Errorf("a preview left %d rows", len(rows))
		}
	})
}

// TestUploadIsItsUsersAlone holds that nobody else sees or takes a waiting file, and nobody after its hour.
func TestUploadIsItsUsersAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		other := someone(t, s, "zhao", account.District).ID
		w, base := preview(t, s, user)
		late := base
		late.Now = base.Now.Add(store.UploadLife)
		for name, try := range map[string]func() error{
			"seen by another":  func() error { _, err := s.Uploaded(t.Context(), other, w.Token, base.Now); return err },
			"taken by another": func() error { _, err := s.TakeUploaded(t.Context(), other, w.Token, base); return err },
			"seen later":       func() error { _, err := s.Uploaded(t.Context(), user, w.Token, late.Now); return err },
			"taken later":      func() error { _, err := s.TakeUploaded(t.Context(), user, w.Token, late); return err },
			"never there":      func() error { _, err := s.TakeUploaded(t.Context(), user, "x", base); return err },
		} {
			if err := try(); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n, err := s.ExpireUploads(t.Context(), late.Now-1); n != 0 || err != nil {
			t.Errorf("forgot %d before the hour, %v", n, err)
		}
		if n, err := s.ExpireUploads(t.Context(), late.Now); n != 1 || err != nil {
			t.Errorf("forgot %d, %v", n, err)
		}
		for range 7 {
			w, _ = preview(t, s, user)
		}
		if n, err := s.ExpireUploads(t.Context(), late.Now); n != 5 || err != nil {
			t.Errorf("%d files waited, %v", n, err)
		}
		w, _ = preview(t, s, user)
		if err := s.DropUpload(t.Context(), other, w.Token); err != nil {
			t.Error(err)
		}
		if _, err := s.Uploaded(t.Context(), user, w.Token, base.Now); err != nil {
			t.Errorf("dropped by another: %v", err)
		}
		if err := s.DropUpload(t.Context(), user, w.Token); err != nil {
			t.Error(err)
		}
		if _, err := s.Uploaded(t.Context(), user, w.Token, base.Now); fault.KindOf(err) != fault.NotFound {
			t.Errorf("dropped: %v", err)
		}
	})
}

// TestUploadIsTakenOnce holds that a file is taken in once, however often and at once its user says so, and is gone then.
func TestUploadIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		w, base := preview(t, s, user)
		taken := make([]store.Taken, 6)
		var all sync.WaitGroup
		for i := range taken {
			all.Go(func() {
				var err error
				if taken[i], err = s.TakeUploaded(t.Context(), user, w.Token, base); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		first := 0
		for _, x := range taken {
			if x.Batch == 0 || x.Batch != taken[0].Batch {
				t.Errorf("batches %d and %d", x.Batch, taken[0].Batch)
			}
			if !x.Replayed {
				first++
				if x.Report.Accepted != 1 || x.Report.Quarantined != 1 || len(x.Sections) != 1 {
					t.Errorf("taken %+v", x)
				}
			}
		}
		if first != 1 {
			t.Errorf("taken in %d times", first)
		}
		list, err := s.Batches(t.Context(), own(), store.BatchFilter{Limit: 10})
		if err != nil || len(list) != 1 || list[0].Kind != "temperatures" || list[0].Rejected != 1 || list[0].RecordedBy != "li" {
			t.Errorf("history %+v, %v", list, err)
		}
		done, err := s.Uploaded(t.Context(), user, w.Token, base.Now)
		if err != nil || done.Batch != taken[0].Batch || len(done.Bad) != 2 {
			t.Errorf("afterwards %+v, %v", done, err)
		}
		if token, err := s.UploadOf(t.Context(), user, done.Batch, base.Now); token != w.Token || err != nil {
			t.Errorf("of the batch: %q, %v", token, err)
		}
		detail, err := s.Batch(t.Context(), own(), done.Batch)
		if err != nil || len(detail.Problems) != 2 || detail.Problems[0].Code != intake.Range || detail.Touched != 1 {
			t.Errorf("batch %+v, %v", detail, err)
		}
		if _, err := s.Batch(t.Context(), account.Scope{Sections: []string{"XY-02"}}, done.Batch); fault.KindOf(err) != fault.NotFound {
			t.Errorf("seen by the manager of another section: %v", err)
		}
	})
}

// TestHistoryIsOfOnesScope holds that managers see files that were brought with no more than their scope, and others none.
func TestHistoryIsOfOnesScope(t *testing.T) {
	both := account.Scope{Sections: []string{"XY-01", "XY-02"}}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s) // two files of the district
		for _, within := range []account.Scope{both, own()} {
			bring(t, s, within, "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100")
		}
		for _, test := range []struct {
			within account.Scope
			want   int
		}{{account.Everywhere(), 4}, {both, 2}, {own(), 1}, {account.Scope{}, 0}} {
			list, err := s.Batches(t.Context(), test.within, store.BatchFilter{Limit: 10})
			if err != nil || len(list) != test.want {
				t.Errorf("%+v sees %d, want %d: %v", test.within, len(list), test.want, err)
			}
		}
		list, err := s.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Kinds: []string{"stock"}, Limit: 1})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		list, err = s.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Kinds: []string{"stock"}, Before: list[0].ID, Limit: 9})
		if err != nil || len(list) != 1 {
			t.Errorf("the page before: %v, %v", list, err)
		}
	})
}

// TestBatchTellsWhichVerdictsChanged holds that a verdict that a file brought about is told with it, to those who see the section.
func TestBatchTellsWhichVerdictsChanged(t *testing.T) {
	const later, then = "2022-05-06 09:00", "2022-05-06 09:00:01"
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Import(t, s, "sections", sectionsCSV)
		judge := func(at string) {
			t.Helper()
			if _, err := evaluator(s, at).All(t.Context(), "recorded"); err != nil {
				t.Fatal(err)
			}
		}
		up := storetest.Upload(storetest.At(later), "roster", rosterCSV)
		r := store.Request{User: someone(t, s, "li", account.District).ID, Key: "0123456789abcdef", Content: "x"}
		taken, err := s.TakeIn(t.Context(), up, r)
		if err != nil || taken.Report.Accepted != 3 {
			t.Fatal(taken, err)
		}
		d, err := s.Batch(t.Context(), account.Everywhere(), taken.Batch)
		if err != nil || d.Touched != 2 || len(d.Changes) != 0 {
			t.Errorf("before it is judged %+v, %v", d, err)
		}
		judge(then)
		d, err = s.Batch(t.Context(), account.Everywhere(), taken.Batch)
		if err != nil || len(d.Changes) == 0 {
			t.Fatalf("batch %+v, %v", d, err)
		}
		if c := d.Changes[0]; c.Section != "XY-01" || c.Name != "学苑示范项目 一标段" || c.Judged || c.After.String() != "unmet" {
			t.Errorf("change %+v", c)
		}
		storetest.ImportAt(t, s, storetest.At("2022-05-06 09:01"), "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100")
		judge("2022-05-06 09:02")
		if again, err := s.Batch(t.Context(), account.Everywhere(), taken.Batch); err != nil || !reflect.DeepEqual(again, d) {
			t.Errorf("after the next file %+v, %v", again, err)
		}
	})
}

// TestWhatIsSaidOfRowsIsKept holds that what is wrong with rows can be said in every language later on: formats apart from facts.
func TestWhatIsSaidOfRowsIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		up := storetest.Upload(storetest.At(morning), "temperatures", temperaturesCSV+"李红,"+li+",,36.512,\n")
		up.Within, up.Act.Actor = own(), "li"
		w, err := s.Preview(t.Context(), user, up, "")
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"RANGE 体温 %s超出范围，是否漏了小数点（%s）？请核对后重新填写 [“365” 36.5]",
			"NOT_ON_ROSTER 证件号码 证件尾号%s的人员不在%s的花名册上 [0019 您负责的标段此时]", "MISSING 测量时间 没有填写 []", "NUMBER 体温 %s的小数超过%d位 [“36.512” 1]"}
		waiting, err := s.Uploaded(t.Context(), user, w.Token, up.Now)
		if err != nil {
			t.Fatal(err)
		}
		var bad []intake.Problem
		for _, b := range waiting.Bad {
			bad = append(bad, b.Problem)
		}
		taken, err := s.TakeUploaded(t.Context(), user, w.Token, store.Upload{Loc: up.Loc, Now: up.Now, By: "li", Within: own()})
		if err != nil {
			t.Fatal(err)
		}
		batch, err := s.Batch(t.Context(), account.Everywhere(), taken.Batch)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := s.Quarantined(t.Context(), account.Everywhere())
		if err != nil || len(cases) != 1 {
			t.Fatalf("%d cases, %v", len(cases), err)
		}
		for name, problems := range map[string][]intake.Problem{"previewed": w.Report.Rows, "read again": waiting.Report.Rows, "bad rows": bad, "batch": batch.Problems} {
			if got := saidOf(problems...); !slices.Equal(got, want) {
				t.Errorf("%s: %q", name, got)
			}
		}
		if got := saidOf(cases[0].Problem); !slices.Equal(got, want[1:2]) {
			t.Errorf("case: %q", got)
		}
	})
}

func saidOf(problems ...intake.Problem) (all []string) {
	for _, p := range problems {
		for _, f := range p.Faults {
			all = append(all, fmt.Sprint(f.Code, " ", f.Column, " ", f.Said.Format, " ", f.Said.Args))
		}
	}
	return all
}

// TestWorkIsHeardOf: what is done to a file is known to every server until it is done, and how far it is where there can be others.
func TestWorkIsHeardOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user := someone(t, s, "li", account.Manager, "XY-01").ID
		up := storetest.Upload(storetest.At(morning), "temperatures", temperaturesCSV)
		up.Within, up.Act.Actor = own(), "li"
		token, err := s.Receive(t.Context(), user, up, "")
		if err != nil {
			t.Fatal(err)
		}
		base := store.Upload{Loc: up.Loc, Now: up.Now, By: "li", Within: own()}
		if _, err := s.TakeUploaded(t.Context(), user, token, base); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken unchecked: %v", err)
		}
		work := func(want store.Step, lasts bool) store.Waiting {
			t.Helper()
			w, err := s.Uploaded(t.Context(), user, token, up.Now)
			if err != nil || w.Work.Step != want || w.Work.Lasts(up.Now) != lasts {
				t.Errorf("%+v, %v", w.Work, err)
			}
			return w
		}
		if w := work(store.Checking, true); !w.Unchecked || w.File != up.File || w.Work.Lasts(up.Now.Add(time.Minute)) {
			t.Errorf("received: %+v", w)
		}
		var told []store.Headway
		base.Tell = func(h store.Headway) { told = append(told, h) }
		for range 2 {
			if err := s.CheckUploaded(t.Context(), user, token, base); err != nil {
				t.Fatal(err)
			}
		}
		if w := work("", false); w.Unchecked || w.Report.Accepted != 1 || len(told) != 3 || told[0] != (store.Headway{Total: 3, Done: 1, Refused: 1}) || told[2] != (store.Headway{Total: 3, Done: 3, Kept: 1, Refused: 2}) {
			t.Errorf("checked: %+v, %+v", w.Report, told)
		}
		if err := s.BeginWork(t.Context(), user, token, store.Taking, up.Now); err != nil {
			t.Fatal(err)
		}
		h := store.Headway{Total: 3, Done: 2, Kept: 1, Refused: 1}
		if err := s.HearOf(t.Context(), token, h, up.Now.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		shared := store.Work{Step: store.Taking, HeardAt: up.Now.Add(time.Second), Headway: h}
		if w := work(store.Taking, true); w.Work != shared && w.Work != (store.Work{Step: store.Taking, HeardAt: up.Now}) {
			t.Errorf("heard: %+v", w.Work)
		}
		if err := s.GiveUp(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		work(store.Taking, false)
		if _, err := s.TakeUploaded(t.Context(), user, token, base); err != nil {
			t.Fatal(err)
		}
		if w := work("", false); w.Batch == 0 {
			t.Errorf("taken: %+v", w)
		}
		if err := s.BeginWork(t.Context(), user, token, store.Taking, up.Now); err != nil {
			t.Error(err)
		}
		work("", false)
		if n, err := s.ExpireUploads(t.Context(), up.Now.Add(2*store.UploadLife)); n != 1 || err != nil {
			t.Errorf("forgot %d, %v", n, err)
		}
	})
}
