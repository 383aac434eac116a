// Package paper knows issued sheets: what such a paper says in the words that are hashed and signed, how it is numbered, what
// has become of it since, and how somebody who only holds the paper finds out whether it is what was issued.
//
// The signed content holds no personal data. It is fixed when the paper is issued; a correction is another paper, which
// supersedes the first.
package paper

import (
	"encoding/hex"
	"fmt"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

// Paper is one issued sheet. PDF is empty where only its content was asked for.
type Paper struct {
	Content      Content
	Section      site.SectionID
	Canonical    []byte // the content as it was signed
	Hash         string // SHA-256 of Canonical, in hex
	Signature    []byte
	KeyID        string
	PDF          []byte
	PDFHash      string // SHA-256 of PDF, in hex
	PDFSignature []byte // binds the bytes of the PDF to the content
	IssuedBy     string // the user's name; the content names the role only
	SupersededBy string // id of the paper that took its place
	SupersededAt calendar.Instant
	RevokedAt    calendar.Instant
	RevokedFor   string // why
}

// Status is what has become of a paper.
type Status string

// The statuses.
const (
	Valid      Status = "valid"      // 有效
	Superseded Status = "superseded" // 已被新的核查表取代
	Revoked    Status = "revoked"    // 已撤销
)

// Chinese names the status on pages and in messages.
func (s Status) Chinese() string {
	switch s {
	case Valid:
		return "有效"
	case Superseded:
		return "已被取代"
	case Revoked:
		return "已撤销"
	}
	return "无法核验"
}

// Status tells whether the paper still stands. One that was revoked stays so, whatever came after it.
func (p Paper) Status() Status {
	switch {
	case !p.RevokedAt.IsZero():
		return Revoked
	case p.SupersededBy != "":
		return Superseded
	}
	return Valid
}

// Changed is since when the paper has its status: zero for one that is valid.
func (p Paper) Changed() calendar.Instant {
	if !p.RevokedAt.IsZero() {
		return p.RevokedAt
	}
	return p.SupersededAt
}

// DefaultPattern is how papers are numbered unless the operator wants another form.
const DefaultPattern = "复核〔{year}〕第{number}号"

// FormatNumber writes the number of a paper, such as 复核〔2022〕第000123号: {year} and {number} stand for the year and for the
// place within it, in six digits.
func FormatNumber(pattern string, year, number int) string {
	return strings.NewReplacer("{year}", fmt.Sprint(year), "{number}", fmt.Sprintf("%06d", number)).Replace(pattern)
}

// Words writes the first half of a hash in groups of four, as it is printed and shown, so that two people can compare it by
// reading it out. It gives the empty string for what is no hash.
func Words(hash string) string {
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != hashSize {
		return ""
	}
	groups := make([]string, 0, proofSize/2)
	for i := 0; i < proofSize*2; i += 4 {
		groups = append(groups, hash[i:i+4])
	}
	return strings.Join(groups, " ")
}
