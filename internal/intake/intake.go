// Package intake turns an uploaded file into rows with line numbers, or into a list of problems that a person can act on.
// It knows CSV and XLSX and the dirt that comes with them; what the columns mean is known by the registers.
package intake

import (
	"fmt"

	"fugong/internal/locale"
)

// Code names what is wrong with a row; the codes are part of the public contract.
type Code string

// The codes of rows that were not plainly accepted.
const (
	Missing        Code = "MISSING"
	IDSci          Code = "ID_SCI"
	IDChecksum     Code = "ID_CHECKSUM"
	IDDate         Code = "ID_DATE"
	IDMasked       Code = "ID_MASKED"
	IDLength       Code = "ID_LENGTH"
	NameMismatch   Code = "NAME_MISMATCH"
	NotOnRoster    Code = "NOT_ON_ROSTER"
	ResultCode     Code = "RESULT_CODE"
	TimeFormat     Code = "TIME_FORMAT"
	TimeOrder      Code = "TIME_ORDER"
	Future         Code = "FUTURE"
	PoolOversize   Code = "POOL_OVERSIZE"
	BadNumber      Code = "NUMBER"
	Range          Code = "RANGE"
	UnknownSection Code = "UNKNOWN_SECTION"
	UnknownRoom    Code = "UNKNOWN_ROOM"
	UnknownArea    Code = "UNKNOWN_AREA"
	Overlap        Code = "OVERLAP"
	Duplicate      Code = "DUPLICATE"
	TubeConflict   Code = "TUBE_CONFLICT" // rows of one tube disagree: kept aside
	BadWord        Code = "WORD"          // a word outside the list a column allows
)

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Accepted    Outcome = "accepted"
	Duplicated  Outcome = "duplicate"
	Quarantined Outcome = "quarantined"
	Rejected    Outcome = "rejected"
)

// Quarantines reports whether a row with this code is kept aside for a person to decide, rather than rejected.
func (c Code) Quarantines() bool {
	return c == NameMismatch || c == NotOnRoster || c == IDMasked || c == TubeConflict
}

// Problem is one row that was not plainly accepted: where, what was found, what is wanted. Message tells it in Chinese, Faults
// tells it so that it can be said in other languages.
type Problem struct {
	Sheet   string  `json:"sheet,omitempty"`
	Line    int     `json:"line"` // as a person sees it in the file, header included
	Outcome Outcome `json:"outcome"`
	Code    Code    `json:"code"`
	Column  string  `json:"column,omitempty"`
	Message string  `json:"message"`

	Faults []Fault `json:"-"` // of single cells, the weightiest first; a form shows each at its field
}

// Fault is what is wrong with one cell, or with a row as a whole; what it says does not name the column.
type Fault struct {
	Code   Code
	Column string
	Said   locale.Phrase
}

// Wrong makes the problem of a row that is not taken in as it stands. What of args stands in the file goes through Quote.
func Wrong(sheet string, line int, outcome Outcome, code Code, column, format string, args ...any) Problem {
	return Problem{Sheet: sheet, Line: line, Outcome: outcome, Code: code, Column: column, Message: fmt.Sprintf(format, args...),
		Faults: []Fault{{code, column, locale.Say(format, args...)}}}
}

// Report is what became of a file.
type Report struct {
	Kind        string    `json:"kind"`
	File        string    `json:"file"`
	DryRun      bool      `json:"dry_run"`
	Accepted    int       `json:"accepted"`
	Duplicate   int       `json:"duplicate"`
	Quarantined int       `json:"quarantined"`
	Rejected    int       `json:"rejected"`
	Unknown     []string  `json:"unknown_columns,omitempty"`
	Rows        []Problem `json:"rows"`
}
