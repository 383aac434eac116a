// Command gen writes the files of testdata/district: a small district as site offices, a laboratory and a gate would send it,
// with the dirt such files have. It plants every flaw at a place it knows, and so it also writes what must come of each line, not
// by asking the program but by what the documents say. Run it at the top of the repository:
//
//	go run ./testdata/district/gen testdata/district
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/district"
)

// now is when the files are imported; whatever is dated later than that is planted.
func now() calendar.Instant {
	return calendar.Moment(time.Date(2022, time.May, 6, 8, 0, 0, 0, time.FixedZone("UTC+8", 8*3600)))
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gen DIRECTORY")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	tables, err := load()
	if err != nil {
		return err
	}
	var book ledger
	for _, f := range files(tables) {
		content, err := f.render(&book)
		if err != nil {
			return fmt.Errorf("render %s: %w", f.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.name), content, 0o644); err != nil {
			return err
		}
	}
	for name, text := range map[string]*bytes.Buffer{"counts.csv": book.counts(), "rows.csv": book.rows(), "README.md": book.readme()} {
		if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// table is a clean register of the district, by section where it has sections.
type table struct {
	header []string
	rows   [][]string
}

// load makes the clean district: eight sections with a trouble each.
func load() (map[string]table, error) {
	spec := district.Spec{Sections: 8, Workers: 14, Days: 3, Seed: 56, Now: now()}
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	all := map[string]table{}
	for t := range district.Tables(spec) {
		one := table{header: t.Header}
		for row := range t.Rows {
			one.rows = append(one.rows, append([]string(nil), row...))
		}
		all[t.Kind] = one
	}
	return all, nil
}
