package store_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// clients is how many hand in at the same time.
const clients = 64

// BenchmarkSubmit hands in durable checklists from 64 clients at once, and compares with bare inserts that wait for the disk as
// often, one transaction each: x-bare is the ratio of their rates, p99-ms the slowest hundredth.
func BenchmarkSubmit(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			driver, dsn := "sqlite", filepath.Join(b.TempDir(), "f.db")
			if kind == "postgres" {
				driver, dsn = "pgx", storetest.Postgres(b)
			}
			s := storetest.Open(b, dsn, storetest.Keys(b))
			user := crowdOfSections(b, s)
			bare, barePace := bareInserts(b, driver, dsn)
			const each = 20
			var ours, slowest, theirs, theirSlowest float64
			for b.Loop() { // by turns, so that other work on the machine disturbs both
				r, p := together(each, func(client, n int) error { return handIn(b, s, user, client, n) }, b)
				ours, slowest = ours+r, slowest+p
				r, p = together(each, bare, b)
				theirs, theirSlowest = theirs+r, theirSlowest+p
			}
			rounds := float64(b.N)
			b.ReportMetric(ours/rounds, "submits/s")
			b.ReportMetric(ours/theirs, "x-bare")
			b.ReportMetric(slowest/rounds, "p99-ms")
			b.ReportMetric(theirSlowest/rounds, "bare-p99-ms")
			barePace()
		})
	}
}

// BenchmarkSubmitTogether compares checklists that share transactions in the file database with those that have one each, handed in
// by as many clients: x-apart is the ratio of their rates (to reach: 2), p99-of-apart that of their slowest hundredths (a third).
func BenchmarkSubmitTogether(b *testing.B) {
	shared, apart := storetest.Open(b, filepath.Join(b.TempDir(), "f.db"), storetest.Keys(b)), storetest.Open(b, filepath.Join(b.TempDir(), "f.db"), storetest.Keys(b))
	store.KeepApart(apart)
	user, userApart := crowdOfSections(b, shared), crowdOfSections(b, apart)
	const each = 20
	var rate, slowest, rateApart, slowestApart float64
	for b.Loop() {
		r, p := together(each, func(client, n int) error { return handIn(b, shared, user, client, n) }, b)
		rate, slowest = rate+r, slowest+p
		r, p = together(each, func(client, n int) error { return handIn(b, apart, userApart, client, n) }, b)
		rateApart, slowestApart = rateApart+r, slowestApart+p
	}
	b.ReportMetric(rate/rateApart, "x-apart")
	b.ReportMetric(slowest/slowestApart, "p99-of-apart")
}

// crowdOfSections makes a section for each client, and a manager of all.
func crowdOfSections(b *testing.B, s *store.Store) account.User {
	var csv strings.Builder
	csv.WriteString("项目编号,项目名称,标段编号,标段名称,街道\n")
	for i := range clients {
		fmt.Fprintf(&csv, "P,项目,S-%02d,标段%d,小塘街道\n", i, i)
	}
	storetest.Import(b, s, "sections", csv.String())
	u, err := s.AddUser(b.Context(), account.NewUser{Name: "m", Role: account.Manager, Scope: account.Everywhere(), Hash: "$hash"},
		audit.Act{Actor: "test"}, storetest.At(morning))
	if err != nil {
		b.Fatal(err)
	}
	return u
}

func handIn(b *testing.B, s *store.Store, user account.User, client, n int) error {
	sub := store.Submission{Section: fmt.Sprintf("S-%02d", client), Date: calendar.Day(2022, 5, 6), Now: storetest.At(morning), Act: audit.Act{Actor: "m"},
		Answers: []checklist.Answer{{Item: "B1", Choice: checklist.Yes}, {Item: "K1", Choice: checklist.Number, Number: "2"}}}
	request := store.Request{User: user.ID, Key: fmt.Sprint(client, "-", n), Content: "x"}
	_, err := s.Submit(b.Context(), user.Scope, sub, request, func(store.Filed) (store.Answer, error) {
		return store.Answer{Status: http.StatusCreated, Body: []byte("{}")}, nil
	})
	return err
}

// bareInserts inserts a row in a transaction of its own, through one writer on the file database.
func bareInserts(b *testing.B, driver, dsn string) (insert func(client, n int) error, end func()) {
	if driver == "sqlite" {
		dsn = "file:" + dsn + "?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(8)
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	if _, err := db.ExecContext(b.Context(), "CREATE TABLE bare (body TEXT NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	return func(client, n int) error {
		_, err := db.ExecContext(b.Context(), "INSERT INTO bare (body) VALUES ('"+strings.Repeat("x", 200)+"')")
		return err
	}, func() { db.Close() }
}

// together lets all clients work at once and gives their rate and the time of the slowest hundredth in milliseconds.
func together(each int, work func(client, n int) error, b *testing.B) (rate, slowest float64) {
	b.Helper()
	took := make([]time.Duration, clients*each)
	base := int(round.Add(1)) * each
	var all sync.WaitGroup
	begun := time.Now()
	for c := range clients {
		all.Go(func() {
			for n := range each {
				from := time.Now()
				if err := work(c, base+n); err != nil {
					b.Error(err)
				}
				took[c*each+n] = time.Since(from)
			}
		})
	}
	all.Wait()
	rate = float64(len(took)) / time.Since(begun).Seconds()
	slices.Sort(took)
	return rate, float64(took[len(took)*99/100].Microseconds()) / 1000
}

// round numbers the rounds, so that no key is used twice.
var round atomic.Int64
