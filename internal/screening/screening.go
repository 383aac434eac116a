// Package screening knows how healthy people are: test results (核酸, 抗原) and temperatures.
package screening

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
)

// Outcome is what a test found. The zero value is Pending: a sample without a result is not a negative.
type Outcome int8

// The outcomes.
const (
	Pending Outcome = iota
	Negative
	Positive
	Suspect
	Invalid
)

// Method is the kind of test (检测类型).
type Method string

// The methods; empty in a file means NucleicAcid.
const (
	NucleicAcid Method = "核酸"
	Antigen     Method = "抗原"
)

// Result is one person's share in one tube. A pooled tube (混采) gives each of its members such a row with the tube's one
// outcome; PoolSize 0 or 1 is a single tube.
type Result struct {
	ID         int64
	WorkerID   roster.WorkerID
	SampledAt  calendar.Instant
	ReceivedAt calendar.Instant
	TestedAt   calendar.Instant
	ReportedAt calendar.Instant
	Outcome    Outcome
	Method     Method
	Tube       string
	PoolSize   int
	Point      string // 采样点
	Lab        string // 检测机构
	DateOnly   bool   // only the day of sampling was given; SampledAt is its first instant
}

// Pooled reports whether the tube held several people's samples.
func (r Result) Pooled() bool { return r.PoolSize > 1 }

// Temperature is one reading in tenths of a degree Celsius: 37.3 is 373.
type Temperature struct {
	ID       int64
	WorkerID roster.WorkerID
	At       calendar.Instant
	Tenths   int
}

// ResultRecord is a row of test results as it stands in a file. Name is empty when the file gives none.
type ResultRecord struct {
	Row      intake.Row
	Document roster.Document
	Name     string
	Result   Result
}

// TemperatureRecord is a row of temperatures as it stands in a file.
type TemperatureRecord struct {
	Row         intake.Row
	Document    roster.Document
	Name        string
	Temperature Temperature
}
