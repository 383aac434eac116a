package web

import (
	"crypto/ed25519"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/audit"
	"fugong/internal/fault"
	"fugong/internal/locale"
	"fugong/internal/paper"
)

// verifyPage tells whoever holds a paper what was issued under its code. It names nobody.
type verifyPage struct {
	Frame
	Known                                     bool
	Standing, Heading                         string // the answer: ok, warn or bad, and why
	Advice                                    locale.Phrase
	Number, Section, Project, Copy, Verdict   string
	At, HoldsUntil, Policy, IssuedAt, Role    string
	Words, Trail, Host, Status, FileHash      string
	Headcount, HousedOnSite, Blocking, Warned int
	PolicyVersion                             int
}

// decoy is what is verified when there is no paper of an id.
type decoy struct {
	paper paper.Paper
	keys  map[string]ed25519.PublicKey
}

func newDecoy() (decoy, error) {
	p, keys, err := paper.Decoy()
	return decoy{p, keys}, err
}

// verify shows what was issued under the code of a paper to anybody who has it. An id that nobody issued takes as long as one that
// is revoked, and answers all alike.
func (s *server) verify(c echo.Context) error {
	if err := s.visits.take(c.RealIP(), s.Now()); err != nil {
		return err
	}
	id := c.Param("id")
	if !paper.ValidID(id) {
		id = s.decoy.paper.Content.ID
	}
	p, err := s.Store.PaperByID(c.Request().Context(), id)
	keys, status := s.Printer.Signer.ReportKeys(), http.StatusOK
	switch {
	case fault.KindOf(err) == fault.NotFound:
		p, keys, status = s.decoy.paper, s.decoy.keys, http.StatusNotFound
	case err != nil:
		return err
	}
	page := s.verifyPage(p, p.Verify(keys), p.Proves(c.QueryParam("h")))
	if status == http.StatusNotFound {
		page = verifyPage{Frame: page.Frame, Standing: "bad", Heading: "没有这份核查表",
			Advice: locale.Say("本系统没有签发过这个二维码所指的核查表。请确认网址与纸面所印网站一致；仍然如此的，请勿采信，并向主管部门反映。")}
	}
	return s.render(c, status, "verify", page)
}

func (s *server) verifyPage(p paper.Paper, broken error, proven bool) verifyPage {
	content := p.Content
	page := verifyPage{
		Frame: s.frame(""), Known: true, Number: content.Number, Section: content.Section + " " + content.SectionName, Project: content.Project,
		Copy: content.Copy, Verdict: content.Judgement().String(), At: s.minute(content.At), HoldsUntil: s.minute(content.HoldsUntil),
		Policy: content.Policy, PolicyVersion: content.PolicyVersion, IssuedAt: s.minute(content.IssuedAt),
		Role: content.IssuerRole, Words: paper.Words(p.Hash), FileHash: p.PDFHash, Host: hostOf(s.Printer.Base),
		Trail: audit.Head{Seq: content.AuditSeq, MAC: content.AuditMAC}.String(), Status: p.Status().Chinese(),
		Headcount: content.Headcount, HousedOnSite: content.HousedOnSite, Blocking: content.Blocking, Warned: content.Warnings,
	}
	page.Standing, page.Heading, page.Advice = s.standing(p, broken, proven)
	return page
}

// standing is the answer to whether the paper may be believed: the gravest of what is wrong with it.
func (s *server) standing(p paper.Paper, broken error, proven bool) (tone, heading string, advice locale.Phrase) {
	since := s.minute(p.Changed())
	switch {
	case broken != nil:
		return "bad", "记录校验失败", locale.Say("系统中的这条记录与签发时的签名不符，请勿采信，并报告主管部门。")
	case !proven:
		return "bad", "内容不一致", locale.Say("二维码中的校验值缺失，或与签发时的内容不符：手中的纸面可能被改动。以下是签发时的内容，请逐项比对，以本页为准。")
	case p.Status() == paper.Revoked:
		return "bad", "已撤销", locale.Say("这份核查表已于 %s 撤销，不再有效。", since)
	case p.Status() == paper.Superseded:
		return "warn", "已被取代", locale.Say("这份核查表确由本系统签发；同一标段已于 %s 签发新的核查表，以新的为准。", since)
	}
	return "ok", "有效", locale.Say("这份核查表由本系统签发，现行有效。请将以下各项与纸面逐项比对；不一致的，以本页为准。")
}

// hostOf is the host of an address, as it is printed beside the code.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}

// reportKeys publishes the keys by which anybody can check the signature in a paper's code.
func (s *server) reportKeys(c echo.Context) error {
	type key struct {
		ID     string `json:"id"`
		Public string `json:"public_key"`
	}
	keys := s.Printer.Signer.ReportKeys()
	answer := struct {
		Format    string `json:"format"`
		Algorithm string `json:"algorithm"`
		Signed    string `json:"signed"`
		Keys      []key  `json:"keys"`
	}{paper.Format, "Ed25519", paper.Format + "\n + SHA-256(content) in hex", nil}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		answer.Keys = append(answer.Keys, key{id, base64.StdEncoding.EncodeToString(keys[id])})
	}
	return c.JSON(http.StatusOK, answer)
}
