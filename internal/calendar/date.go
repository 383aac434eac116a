// Package calendar holds the two kinds of time the product speaks of: an Instant, which is one moment everywhere, and
// a Date, which is a day on a wall calendar. Neither of them ever asks what time it is now.
package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil day without a clock and without a zone. The zero Date means "not given". Dates compare with ==.
type Date struct {
	year  int16
	month int8
	day   int8
}

// Day makes the date of a year, month and day; values out of range are carried over as time.Date does.
func Day(year int, month time.Month, day int) Date {
	return fromTime(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

func fromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date{int16(y), int8(m), int8(d)} // #nosec G115 -- time.Date made them whole; years have four digits
}

// On says which day it is at an instant, there.
func On(at Instant, loc *time.Location) Date { return fromTime(at.In(loc)) }

// ParseDate reads the stored form 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("parse date %q: %w", s, err)
	}
	return fromTime(t), nil
}

// IsZero reports whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) utc() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// Add returns the date some days later (or earlier, when days is negative).
func (d Date) Add(days int) Date { return fromTime(d.utc().AddDate(0, 0, days)) }

// Until counts the days from d to e; it is negative when e is earlier.
func (d Date) Until(e Date) int { return int(e.utc().Sub(d.utc()) / (24 * time.Hour)) }

// Compare orders dates: -1 when d is before e, 0 when they are the same day, +1 when it is after.
func (d Date) Compare(e Date) int { return d.utc().Compare(e.utc()) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Start is the first instant of the day, there.
func (d Date) Start(loc *time.Location) Instant {
	return Moment(time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, loc))
}

// At is the instant of a clock reading on that day, there.
func (d Date) At(clock time.Duration, loc *time.Location) Instant {
	h, m, s := int(clock/time.Hour), int(clock/time.Minute)%60, int(clock/time.Second)%60
	return Moment(time.Date(int(d.year), time.Month(d.month), int(d.day), h, m, s, 0, loc))
}

// String gives 2006-01-02, or the empty string for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Chinese gives 2022年5月6日, without leading zeros, as official papers write it.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.year, d.month, d.day)
}

// MarshalText gives the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	var err error
	*d, err = ParseDate(string(b))
	return err
}

// Value stores the date as text, or NULL for no date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // a missing date is NULL in the database
	}
	return d.String(), nil
}

// Scan reads what Value stored.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("scan date: unexpected %T", src)
}
