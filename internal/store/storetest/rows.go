package storetest

import (
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/site"
	"fugong/internal/store"
)

// Shanghai is the zone that tests write their times in; it needs no zone files.
func Shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// At reads an instant written as 2006-01-02 15:04 or 2006-01-02 15:04:05 on a clock in Shanghai.
func At(text string) calendar.Instant {
	layout := time.DateTime[:len(text)]
	t, err := time.ParseInLocation(layout, text, Shanghai())
	if err != nil {
		panic(err) // a test that is written wrong
	}
	return calendar.Moment(t)
}

// Import takes in a small table, written as CSV without indentation worries, at 08:00 on 2022-05-06. Every row of it must be
// accepted.
func Import(tb testing.TB, s *store.Store, kind, csv string) []site.SectionID {
	tb.Helper()
	return ImportAt(tb, s, At("2022-05-06 08:00"), kind, csv)
}

// ImportAt is Import at another time.
func ImportAt(tb testing.TB, s *store.Store, now calendar.Instant, kind, csv string) []site.SectionID {
	tb.Helper()
	report, touched := Take(tb, s, now, kind, csv)
	for _, p := range report.Rows {
		tb.Fatalf("import %s: line %d was not accepted: %s %s", kind, p.Line, p.Code, p.Message)
	}
	return touched
}

// Take takes in a small table whose rows need not all be accepted, and gives the report on it.
func Take(tb testing.TB, s *store.Store, now calendar.Instant, kind, csv string) (intake.Report, []site.SectionID) {
	tb.Helper()
	report, touched, err := s.Import(tb.Context(), Upload(now, kind, csv))
	if err != nil {
		tb.Fatalf("import %s: %v", kind, err)
	}
	return report, touched
}

// Order asks for the export of a kind of table.
func Order(kind string) store.ExportOrder {
	return store.ExportOrder{Kind: kind, Loc: Shanghai(), Act: audit.Act{Actor: "test"}, Now: At("2022-05-06 08:00")}
}

// Upload makes the upload of a small table.
func Upload(now calendar.Instant, kind, csv string) store.Upload {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return store.Upload{
		Kind: kind, File: kind + ".csv", Content: []byte(strings.Join(lines, "\n")), Loc: Shanghai(), Now: now, By: "test",
		Within: account.Everywhere(),
	}
}
