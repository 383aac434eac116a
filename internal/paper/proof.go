package paper

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"

	"fugong/internal/fault"
)

const (
	hashSize  = sha256.Size
	proofSize = 16 // bytes of the hash that stand in a link, and bytes of an id: 128 bits, 22 characters
	idLength  = 22
)

// IDFrom makes a paper's id of 16 random bytes.
func IDFrom(random [proofSize]byte) string { return base64.RawURLEncoding.EncodeToString(random[:]) }

// ValidID reports whether a text can be the id of a paper at all.
func ValidID(id string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(id) == idLength && len(raw) == proofSize
}

// Proof is what a link says of the content: the first half of its hash, in 22 characters.
func Proof(hash string) string {
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) != hashSize {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw[:proofSize])
}

// Proves reports whether the proof in a link is that of the content. It takes as long for a wrong one.
func (p Paper) Proves(proof string) bool {
	want := Proof(p.Hash)
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(proof)) == 1
}

// Link is the address that the code on the paper leads to. What follows # is the signature; a browser does not send it, and
// with the published keys it can be checked without asking anybody.
func (p Paper) Link(base string) (string, error) {
	link, err := url.Parse(base)
	if err != nil || link.Scheme != "https" && link.Scheme != "http" || link.Host == "" {
		return "", fault.New(fault.Invalid, "未设置 FUGONG_BASE_URL（如 https://fugong.example）：核查表上的二维码无处可指，不能签发")
	}
	link = link.JoinPath("v", p.Content.ID) // #nosec G125 -- an id of ours: 22 letters, digits, - and _
	link.RawQuery = url.Values{"h": {Proof(p.Hash)}}.Encode()
	link.Fragment = p.KeyID + "." + base64.RawURLEncoding.EncodeToString(p.Signature)
	return link.String(), nil
}

// Message is what is signed for a content: the format, so that no signature made for another purpose fits, and the hash.
func Message(hash string) []byte { return []byte(Format + "\n" + hash) }

// PDFMessage is what is signed for the bytes of a PDF. It names the content too: neither can be swapped for another's.
func PDFMessage(hash, pdfHash string) []byte {
	return []byte("fugong.report.pdf.v1\n" + hash + "\n" + pdfHash)
}

// Verify checks everything that can be checked without trusting where the paper was kept: that the content is in its one form,
// that it has its hash and is signed with one of the keys, and, where the bytes of the PDF are there, those too. It returns a
// fault.Invalid that says what does not fit.
func (p Paper) Verify(keys map[string]ed25519.PublicKey) error {
	if HashOf(p.Canonical) != p.Hash {
		return fault.New(fault.Invalid, "内容与签发时的校验值不符")
	}
	content, err := ParseContent(p.Canonical)
	if err != nil {
		return err
	}
	if content != p.Content {
		return fault.New(fault.Invalid, "所列内容与签名的内容不符")
	}
	key, known := keys[p.KeyID]
	if !known {
		return fault.New(fault.Invalid, "签名密钥 %q 不在公布之列", p.KeyID)
	}
	if !ed25519.Verify(key, Message(p.Hash), p.Signature) {
		return fault.New(fault.Invalid, "内容的签名不成立")
	}
	if !ed25519.Verify(key, PDFMessage(p.Hash, p.PDFHash), p.PDFSignature) {
		return fault.New(fault.Invalid, "文件的签名不成立")
	}
	if p.PDF != nil && HashOf(p.PDF) != p.PDFHash {
		return fault.New(fault.Invalid, "文件与签发时不同")
	}
	return nil
}

// Decoy makes a paper that was never issued, with the keys that verify it. Whoever looks for a paper that is not there verifies this
// one, so that it takes as long as if there were one.
func Decoy() (Paper, map[string]ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Paper{}, nil, fmt.Errorf("make key of decoy: %w", err)
	}
	p := Paper{KeyID: "decoy", Content: Content{
		ID: IDFrom([proofSize]byte{}), Number: FormatNumber(DefaultPattern, 2000, 0), Section: "section", SectionName: "标段名称", Project: "项目名称",
		Copy: "internal", Verdict: "unmet", At: 1, KnownAt: 1, HoldsUntil: 1, Policy: "policy", IssuedAt: 1, IssuerRole: "inspector",
		AuditMAC: HashOf(nil)}}
	if p.Canonical, err = p.Content.Canonical(); err != nil {
		return Paper{}, nil, err
	}
	p.Hash, p.PDFHash = HashOf(p.Canonical), HashOf(nil)
	p.Signature, p.PDFSignature = ed25519.Sign(private, Message(p.Hash)), ed25519.Sign(private, PDFMessage(p.Hash, p.PDFHash))
	return p, map[string]ed25519.PublicKey{p.KeyID: public}, nil
}
