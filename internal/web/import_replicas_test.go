package web

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// replicas are two servers on one PostgreSQL, each with connections of its own, which know of each other what the database says. A
// user of the district is at both, and a table of 1,200 good rows and a wrong one is at hand.
type replicas struct {
	*testing.T
	here, there *stage
	db          *sql.DB
	table       []byte
}

func newReplicas(t *testing.T) *replicas {
	t.Helper()
	dsn, keys := storetest.Postgres(t), storetest.Keys(t)
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	hasty := func(o *Options) { o.Patience = time.Nanosecond }
	here, there := newReplica(t, dsn, keys, hasty), newReplica(t, dsn, keys, hasty)
	here.everyone()
	storetest.Import(t, here.store, "sections", sectionsCSV)
	roster, table := crowd(400, 3)
	storetest.Import(t, here.store, "roster", roster)
	who := here.enter("district")
	return &replicas{t, reach(here, who), reach(there, who), db, table}
}

// reach is a browser that comes to a server over the network.
func reach(o *office, who *browser) *stage {
	o.Helper()
	site := httptest.NewServer(o.handler)
	o.Cleanup(site.Close)
	b := who.again()
	b.office, b.site = o, strings.TrimPrefix(site.URL, "http://")
	return &stage{browser: b}
}

// waits waits until so many transactions wait for others.
func (r *replicas) waits(many int) {
	r.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		n := 0
		err := r.db.QueryRowContext(r.Context(), `SELECT count(DISTINCT w.pid) FROM pg_locks w JOIN pg_locks h ON h.pid = w.pid AND h.granted
			JOIN pg_class c ON c.oid = h.relation WHERE NOT w.granted AND c.relnamespace = current_schema()::regnamespace`).Scan(&n)
		if err != nil {
			r.Fatal(err)
		}
		if n == many {
			return
		}
	}
	r.Fatalf("there are not %d who wait", many)
}

// another is the table with other days.
func (r *replicas) another() []byte {
	return []byte(strings.ReplaceAll(string(r.table), "2022-04-0", "2022-04-1"))
}

// progress waits until the page of a work shows how far it is.
func (w *stage) progress(address, want string) {
	w.Helper()
	got := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if got = bar(w, w.page(200, address)); got == want {
			return
		}
	}
	w.Fatalf("%s shows %s, want %s", address, got, want)
}

// TestImportSeenAtAnotherReplica follows a long import at the server that does not do it, from its check to its result. There the
// word to take it in comes once more, and there somebody else brings another file, which waits for its turn and says so.
func TestImportSeenAtAnotherReplica(t *testing.T) {
	r := newReplicas(t)
	before, other := r.here.results(), reach(r.there.office, r.there.enter("health"))
	g := newGate(r.here.options.Works, 501)
	defer g.open()
	mine := r.here.bring("results", "a.csv", r.table).Header().Get("Location")
	<-g.held
	theirs := other.bring("results", "b.csv", r.another()).Header().Get("Location")
	r.there.progress(mine, "501/1201")
	r.waits(1)
	other.holds(theirs, "等待前面的导入完成")
	g.open()
	r.there.until(mine)
	other.until(theirs)
	r.there.holds(mine, "确认导入 1200 行")

	g = newGate(r.here.options.Works, 501)
	defer g.open()
	r.here.post(mine, nil)
	<-g.held
	r.there.progress(mine, "501/1201")
	other.post(theirs, nil)
	if to := r.there.post(mine, nil).Header().Get("Location"); to != mine {
		t.Errorf("the word that comes again leads to %s", to)
	}
	r.waits(2)
	for end := time.Now().Add(heartbeat * 5 / 4); time.Now().Before(end); time.Sleep(heartbeat / 20) {
		if got := bar(t, r.there.page(200, mine)); got != "501/1201" {
			t.Fatalf("once a second server has the file in hand it shows %s", got)
		}
	}
	other.holds(theirs, "等待前面的导入完成")
	g.open()
	r.there.until(mine)
	other.until(theirs)
	result := r.there.get(mine).Header().Get("Location")
	r.there.holds(result, "导入结果：检测结果", "1200")
	for _, w := range []*stage{r.here, r.there} {
		if to := w.post(mine, nil).Header().Get("Location"); to != result {
			t.Errorf("the word after the end leads to %s, not %s", to, result)
		}
	}
	batches, err := r.there.store.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Kinds: []string{"results"}, Limit: 9})
	if got := r.there.results() - before; err != nil || len(batches) != 2 || got != 2400 {
		t.Errorf("%d results in %d batches, %v", got, len(batches), err)
	}
}

// TestOneKeyAtTwoReplicas: a table that is sent to another server with the same key, while the first is at work on it, gets the first's
// answer and has no effect of its own; another table under that key is refused, and one with its own key is taken in.
func TestOneKeyAtTwoReplicas(t *testing.T) {
	r := newReplicas(t)
	before := r.here.results()
	hold, err := r.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Rollback()
	if _, err := hold.ExecContext(t.Context(), "UPDATE key_check SET id = id"); err != nil { // as an import before it
		t.Fatal(err)
	}
	waiting := 0
	send := func(at *stage, key string, table []byte) <-chan *httptest.ResponseRecorder {
		b, answer := at.again(), make(chan *httptest.ResponseRecorder, 1)
		b.header.Set(idempotencyKey, key)
		go func() { answer <- b.bringTo(apiRoot+"/imports/results", "lab.csv", table) }()
		waiting++
		r.waits(waiting)
		return answer
	}
	first, again := send(r.here, keyOne, r.table), send(r.there, keyOne, r.table)
	clash, fresh := send(r.there, keyOne, r.another()), send(r.there, keyTwo, r.another())
	if err := hold.Commit(); err != nil {
		t.Fatal(err)
	}
	one, two := <-first, <-again
	if one.Code != http.StatusOK || one.Header().Get("Idempotent-Replay") != "" || !strings.Contains(one.Body.String(), `"accepted":1200`) {
		t.Errorf("first: %d %v %s", one.Code, one.Header(), one.Body)
	}
	if two.Code != http.StatusOK || two.Header().Get("Idempotent-Replay") != "true" || two.Body.String() != one.Body.String() {
		t.Errorf("again: %d %v %s", two.Code, two.Header(), two.Body)
	}
	wantProblem(t, <-clash, http.StatusConflict)
	if w := <-fresh; w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"accepted":1200`) {
		t.Errorf("another: %d %s", w.Code, w.Body)
	}
	if got := r.there.results() - before; got != 2400 {
		t.Errorf("%d results were taken in", got)
	}
}
