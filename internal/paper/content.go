package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/fault"
)

// Format is the version of the content's form; it is part of what is signed.
const Format = "fugong.report.v1"

// Content is what a paper says, as far as anybody may know it who has the paper in hand: no names, no lists of people.
type Content struct {
	ID            string // 22 random characters; leads to the page that verifies it
	Number        string // 复核〔2022〕第000123号
	Year          int
	Place         int // within the year's numbers, from 1
	Section       string
	SectionName   string
	Project       string
	Copy          string // internal or posted
	Verdict       string // met, conditional, unmet
	At            calendar.Instant
	KnownAt       calendar.Instant
	HoldsUntil    calendar.Instant // zero: until something new is recorded
	Policy        string
	PolicyVersion int
	Headcount     int
	HousedOnSite  int
	Blocking      int
	Warnings      int
	IssuedAt      calendar.Instant
	IssuerRole    string
	AuditSeq      int64 // head of the audit trail when the paper was issued
	AuditMAC      string
}

// wire is the content as JSON. Order and names of its fields are part of the format: changing them takes another Format.
type wire struct {
	Format        string `json:"format"`
	ID            string `json:"id"`
	Number        string `json:"number"`
	Year          int    `json:"year"`
	Place         int    `json:"place"`
	Section       string `json:"section"`
	SectionName   string `json:"section_name"`
	Project       string `json:"project"`
	Copy          string `json:"copy"`
	Verdict       string `json:"verdict"`
	At            string `json:"at"`
	KnownAt       string `json:"known_at"`
	HoldsUntil    string `json:"holds_until"`
	Policy        string `json:"policy"`
	PolicyVersion int    `json:"policy_version"`
	Headcount     int    `json:"headcount"`
	HousedOnSite  int    `json:"housed_on_site"`
	Blocking      int    `json:"blocking"`
	Warnings      int    `json:"warnings"`
	IssuedAt      string `json:"issued_at"`
	IssuerRole    string `json:"issuer_role"`
	AuditSeq      int64  `json:"audit_seq"`
	AuditMAC      string `json:"audit_mac"`
}

// Canonical writes the content in its one form: fields in a fixed order, no floats, times in UTC. It returns a fault.Invalid
// for text that is not UTF-8, of which JSON would make the same replacement character whatever it was, and for times that
// have no such form.
func (c Content) Canonical() ([]byte, error) {
	for _, text := range []string{c.ID, c.Number, c.Section, c.SectionName, c.Project, c.Copy, c.Verdict, c.Policy, c.IssuerRole, c.AuditMAC} {
		if !utf8.ValidString(text) {
			return nil, fault.New(fault.Invalid, "核查表内容不是有效的 UTF-8 文本：%q", text)
		}
	}
	for _, i := range []calendar.Instant{c.At, c.KnownAt, c.HoldsUntil, c.IssuedAt} {
		if year := i.In(time.UTC).Year(); year < 1 || year > 9999 {
			return nil, fault.New(fault.Invalid, "核查表内容的时间超出范围")
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c.wire()); err != nil {
		return nil, fmt.Errorf("write content of paper %s: %w", c.ID, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (c Content) wire() wire {
	utc := func(i calendar.Instant) string { return i.RFC3339(time.UTC) }
	return wire{
		Format: Format, ID: c.ID, Number: c.Number, Year: c.Year, Place: c.Place, Section: c.Section, SectionName: c.SectionName,
		Project: c.Project, Copy: c.Copy, Verdict: c.Verdict, At: utc(c.At), KnownAt: utc(c.KnownAt), HoldsUntil: utc(c.HoldsUntil),
		Policy: c.Policy, PolicyVersion: c.PolicyVersion, Headcount: c.Headcount, HousedOnSite: c.HousedOnSite, Blocking: c.Blocking,
		Warnings: c.Warnings, IssuedAt: utc(c.IssuedAt), IssuerRole: c.IssuerRole, AuditSeq: c.AuditSeq, AuditMAC: c.AuditMAC,
	}
}

// ParseContent reads what Canonical wrote, and nothing else: content in any other form, even one that means the same, gives a
// fault.Invalid, so that there is exactly one text for each content.
func ParseContent(canonical []byte) (Content, error) {
	var w wire
	if err := json.Unmarshal(canonical, &w); err != nil {
		return Content{}, &fault.Error{Kind: fault.Invalid, Message: "核查表内容无法读出", Err: err}
	}
	c, err := w.content()
	if err != nil {
		return Content{}, err
	}
	again, err := c.Canonical()
	if err != nil {
		return Content{}, err
	}
	if !bytes.Equal(again, canonical) {
		return Content{}, fault.New(fault.Invalid, "核查表内容不是规范格式 %s", Format)
	}
	return c, nil
}

func (w wire) content() (Content, error) {
	c := Content{
		ID: w.ID, Number: w.Number, Year: w.Year, Place: w.Place, Section: w.Section, SectionName: w.SectionName, Project: w.Project,
		Copy: w.Copy, Verdict: w.Verdict, Policy: w.Policy, PolicyVersion: w.PolicyVersion, Headcount: w.Headcount,
		HousedOnSite: w.HousedOnSite, Blocking: w.Blocking, Warnings: w.Warnings, IssuerRole: w.IssuerRole, AuditSeq: w.AuditSeq,
		AuditMAC: w.AuditMAC,
	}
	for _, moment := range []struct {
		text string
		to   *calendar.Instant
	}{{w.At, &c.At}, {w.KnownAt, &c.KnownAt}, {w.HoldsUntil, &c.HoldsUntil}, {w.IssuedAt, &c.IssuedAt}} {
		if moment.text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, moment.text)
		if err != nil {
			return Content{}, &fault.Error{Kind: fault.Invalid, Message: "核查表内容的时间无法读出", Err: err}
		}
		*moment.to = calendar.Moment(t)
	}
	return c, nil
}

// HashOf gives the SHA-256 of some bytes in hex: of a content's canonical form, or of a PDF.
func HashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Judgement reads the verdict; a word that is none means Unmet.
func (c Content) Judgement() criteria.Verdict {
	for _, v := range []criteria.Verdict{criteria.Met, criteria.Conditional} {
		if v.String() == c.Verdict {
			return v
		}
	}
	return criteria.Unmet
}
