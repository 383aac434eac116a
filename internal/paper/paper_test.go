package paper

import (
	"bytes"
	"crypto/ed25519"
	"reflect"
	"strings"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/fault"
)

func content() Content {
	at := calendar.Moment(time.Date(2022, 5, 6, 0, 0, 0, 0, time.UTC))
	return Content{
		ID: "AAECAwQFBgcICQoLDA0ODw", Number: "复核〔2022〕第000123号", Year: 2022, Place: 123, Section: "XY-01", SectionName: "一标段",
		Project: "学苑<示范>项目", Copy: "internal", Verdict: "unmet", At: at, KnownAt: at, HoldsUntil: at + 1, Policy: "epidemic-2022",
		PolicyVersion: 1, Headcount: 3, HousedOnSite: 2, Blocking: 4, Warnings: 5, IssuedAt: at + 7, IssuerRole: "inspector", AuditSeq: 10432, AuditMAC: "9f3a",
	}
}

func keyPair() (ed25519.PublicKey, ed25519.PrivateKey) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	return private.Public().(ed25519.PublicKey), private
}

func keys() map[string]ed25519.PublicKey {
	public, _ := keyPair()
	return map[string]ed25519.PublicKey{"k1": public}
}

// issued makes a paper as it is issued.
func issued(t *testing.T, c Content) Paper {
	t.Helper()
	_, private := keyPair()
	canonical, err := c.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	p := Paper{Content: c, Canonical: canonical, Hash: HashOf(canonical), KeyID: "k1", PDF: []byte("%PDF-1.3 …")}
	p.PDFHash = HashOf(p.PDF)
	p.Signature = ed25519.Sign(private, Message(p.Hash))
	p.PDFSignature = ed25519.Sign(private, PDFMessage(p.Hash, p.PDFHash))
	return p
}

func TestCanonicalForm(t *testing.T) {
	got, err := content().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":"fugong.report.v1","id":"AAECAwQFBgcICQoLDA0ODw","number":"复核〔2022〕第000123号","year":2022,"place":123,` +
		`"section":"XY-01","section_name":"一标段","project":"学苑<示范>项目","copy":"internal","verdict":"unmet",` +
		`"at":"2022-05-06T00:00:00Z","known_at":"2022-05-06T00:00:00Z","holds_until":"2022-05-06T00:00:00.000001Z",` +
		`"policy":"epidemic-2022","policy_version":1,"headcount":3,"housed_on_site":2,"blocking":4,"warnings":5,` +
		`"issued_at":"2022-05-06T00:00:00.000007Z","issuer_role":"inspector","audit_seq":10432,"audit_mac":"9f3a"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOnlyTheOneFormIsRead(t *testing.T) {
	good, err := content().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseContent(good); err != nil || back != content() {
		t.Fatalf("got %+v, %v", back, err)
	}
	for name, bad := range map[string]string{
		"space": " " + string(good), "trailing": string(good) + "\n", "empty": "", "object": "{}",
		"field":    strings.Replace(string(good), `{"format"`, `{"more":1,"format"`, 1),
		"twice":    strings.Replace(string(good), `{"format"`, `{"id":"x","format"`, 1),
		"offset":   strings.Replace(string(good), `"at":"2022-05-06T00:00:00Z"`, `"at":"2022-05-06T08:00:00+08:00"`, 1),
		"escape":   strings.Replace(string(good), "一", `\u4e00`, 1),
		"format":   strings.Replace(string(good), "report.v1", "report.v2", 1),
		"nanos":    strings.Replace(string(good), "00.000007Z", "00.0000071Z", 1),
		"fraction": strings.Replace(string(good), `"headcount":3`, `"headcount":3.0`, 1),
	} {
		if _, err := ParseContent([]byte(bad)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryFieldIsSigned changes each field of the content in turn: the paper must not verify, neither with the changed content
// beside the old text nor with the text made anew.
func TestEveryFieldIsSigned(t *testing.T) {
	if err := issued(t, content()).Verify(keys()); err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[Content]().NumField() {
		name := reflect.TypeFor[Content]().Field(i).Name
		changed := content()
		switch f := reflect.ValueOf(&changed).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "1")
		default:
			f.SetInt(f.Int() + 1)
		}
		p := issued(t, content())
		p.Content = changed
		if err := p.Verify(keys()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s changed: %v", name, err)
		}
		canonical, err := changed.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		p.Canonical = canonical
		if err := p.Verify(keys()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s changed with its text: %v", name, err)
		}
		p.Hash = HashOf(canonical)
		if err := p.Verify(keys()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s changed with its text and hash: %v", name, err)
		}
	}
}

func TestOtherChangesAreTold(t *testing.T) {
	other := content()
	other.Section = "XY-02"
	foreign := issued(t, other)
	for name, change := range map[string]func(*Paper){
		"bytes of the PDF":    func(p *Paper) { p.PDF = append(p.PDF, ' ') },
		"PDF with its hash":   func(p *Paper) { p.PDF = append(p.PDF, ' '); p.PDFHash = HashOf(p.PDF) },
		"no PDF hash":         func(p *Paper) { p.PDFHash = "" },
		"signature":           func(p *Paper) { p.Signature[0] ^= 1 },
		"foreign signature":   func(p *Paper) { p.Signature = foreign.Signature },
		"PDF of another":      func(p *Paper) { p.PDF, p.PDFHash, p.PDFSignature = foreign.PDF, foreign.PDFHash, foreign.PDFSignature },
		"signature of no key": func(p *Paper) { p.KeyID = "k2" },
		"no signature":        func(p *Paper) { p.Signature = nil },
	} {
		p := issued(t, content())
		change(&p)
		if err := p.Verify(keys()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		paper Paper
		want  Status
		since calendar.Instant
	}{
		{Paper{}, Valid, 0},
		{Paper{SupersededBy: "x", SupersededAt: 3}, Superseded, 3},
		{Paper{RevokedAt: 5}, Revoked, 5},
		{Paper{SupersededBy: "x", SupersededAt: 7, RevokedAt: 5}, Revoked, 5},
	} {
		if got := c.paper.Status(); got != c.want || c.paper.Changed() != c.since {
			t.Errorf("%+v: got %s since %d", c.paper, got, c.paper.Changed())
		}
	}
}

func TestLinkAndProof(t *testing.T) {
	p := issued(t, content())
	link, err := p.Link("https://fugong.example/")
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://fugong.example/v/AAECAwQFBgcICQoLDA0ODw?h=" + Proof(p.Hash) + "#k1."; !strings.HasPrefix(link, want) || len(link) != len(want)+86 {
		t.Errorf("got %s", link)
	}
	if !p.Proves(Proof(p.Hash)) || p.Proves("") || p.Proves(Proof(p.PDFHash)) || (Paper{}).Proves("") {
		t.Error("a wrong proof is taken, or the right one is not")
	}
	for _, base := range []string{"", "fugong.example", "ftp://fugong.example", "https://"} {
		if _, err := p.Link(base); fault.KindOf(err) != fault.Invalid {
			t.Errorf("base %q: %v", base, err)
		}
	}
	if words := Words(p.Hash); len(strings.Fields(words)) != 8 || !strings.HasPrefix(p.Hash, strings.ReplaceAll(words, " ", "")) {
		t.Errorf("words %q of %s", words, p.Hash)
	}
	if id := IDFrom([16]byte{15: 1}); !ValidID(id) || ValidID(id+"A") || ValidID(id[:21]+"=") || ValidID("") {
		t.Errorf("id %q", id)
	}
}

func FuzzContent(f *testing.F) {
	good, err := content().Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"fugong.report.v1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseContent(text)
		if err != nil {
			return
		}
		if again, err := c.Canonical(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("read %q, wrote %q, %v", text, again, err)
		}
	})
}

// FuzzCanonical holds that two contents never have the same text: what is written is read back as it was.
func FuzzCanonical(f *testing.F) {
	f.Add("XY-01", "一标段\u2028", "a\"b\\", int64(1), int64(0), 3)
	f.Add("\xff", "\x00", "\ufffd", int64(-1), int64(1<<62), -1)
	f.Fuzz(func(t *testing.T, section, project, number string, at, until int64, count int) {
		c := content()
		c.Section, c.Project, c.Number, c.Headcount = section, project, number, count
		c.At, c.HoldsUntil = calendar.Instant(at), calendar.Instant(until)
		text, err := c.Canonical()
		if err != nil {
			return
		}
		if back, err := ParseContent(text); err != nil || back != c {
			t.Errorf("wrote %q, read %+v, %v", text, back, err)
		}
	})
}

func TestDecoyVerifiesLikeAPaper(t *testing.T) {
	p, keys, err := Decoy()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(keys); err != nil {
		t.Error(err)
	}
}
