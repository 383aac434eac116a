package store_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"fugong/internal/account"
	"fugong/internal/intake"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// sent is a file of testdata/district with what must come of it.
type sent struct {
	file, kind string
	counts     [4]int // accepted, duplicate, quarantined, rejected
	rows       []string
}

// sentDistrict reads what testdata/district says of its own files; its README tells what was planted in each.
func sentDistrict(t *testing.T) []sent {
	t.Helper()
	rows := map[string][]string{}
	for _, r := range table(t, "rows.csv") {
		rows[r[0]] = append(rows[r[0]], fmt.Sprintf("%s:%s %s %s", r[1], r[2], r[3], r[4]))
	}
	var files []sent
	for _, r := range table(t, "counts.csv") {
		f := sent{file: r[0], kind: r[1], rows: rows[r[0]]}
		for i := range f.counts {
			f.counts[i], _ = strconv.Atoi(r[2+i])
		}
		files = append(files, f)
	}
	return files
}

func table(t *testing.T, name string) [][]string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../testdata/district", name))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func upload(t *testing.T, f sent) store.Upload {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../testdata/district", f.file))
	if err != nil {
		t.Fatal(err)
	}
	return store.Upload{
		Kind: f.kind, File: f.file, Content: content, Loc: storetest.Shanghai(), Now: storetest.At(morning), By: "test",
		Within: account.Everywhere(),
	}
}

func importFile(t *testing.T, s *store.Store, up store.Upload) intake.Report {
	t.Helper()
	r, _, err := s.Import(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDistrictAsItIsSentIn takes the whole district in, in order; then again, which changes nothing; then exports each kind
// and takes the export in, which changes nothing either.
func TestDistrictAsItIsSentIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		files := sentDistrict(t)
		for _, f := range files {
			checkSent(t, f, importFile(t, s, upload(t, f)))
		}
		for _, f := range files {
			r := importFile(t, s, upload(t, f))
			if r.Accepted != 0 || r.Duplicate != f.counts[0]+f.counts[1] || r.Quarantined != f.counts[2] || r.Rejected != f.counts[3] {
				t.Errorf("%s again: accepted %d, duplicate %d, quarantined %d, rejected %d", f.file, r.Accepted, r.Duplicate, r.Quarantined, r.Rejected)
			}
		}
		for _, k := range store.Kinds() {
			roundTrip(t, s, k)
		}
	})
}

func checkSent(t *testing.T, f sent, r intake.Report) {
	t.Helper()
	if got := [4]int{r.Accepted, r.Duplicate, r.Quarantined, r.Rejected}; got != f.counts {
		t.Errorf("%s: accepted, duplicate, quarantined, rejected: got %v, want %v", f.file, got, f.counts)
	}
	var got []string
	for _, p := range r.Rows {
		got = append(got, fmt.Sprintf("%s:%d %s %s", p.Sheet, p.Line, p.Outcome, p.Code))
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(f.rows))
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", f.file, got, want)
	}
}

// roundTrip exports a kind as CSV and takes it in again.
func roundTrip(t *testing.T, s *store.Store, kind string) {
	t.Helper()
	header, rows, err := s.Export(t.Context(), storetest.Order(kind))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Errorf("%s: nothing exported", kind)
	}
	var b bytes.Buffer
	if err := intake.WriteCSV(&b, header, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	r := importFile(t, s, store.Upload{
		Kind: kind, File: kind + ".csv", Content: b.Bytes(), Loc: storetest.Shanghai(), Now: storetest.At("2022-05-06 09:00"), By: "test",
		Within: account.Everywhere(),
	})
	if r.Accepted != 0 || r.Duplicate != len(rows) {
		t.Errorf("%s: import of the export accepted %d, duplicate %d of %d", kind, r.Accepted, r.Duplicate, len(rows))
		for _, p := range r.Rows[:min(3, len(r.Rows))] {
			t.Logf("  line %d: %s %s", p.Line, p.Code, p.Message)
		}
	}
}
