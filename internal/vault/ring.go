package vault

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/signature"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ring is one state of the keys. It never changes: a rotation makes another.
type ring struct {
	contents
	aead        tink.AEAD
	root        []byte // of the look-ups
	trail       []byte // of the audit trail
	checkpoints signer
	reports     signer
}

// contents is what a key file holds, and what the file looked like.
type contents struct {
	sets map[string]*keyset.Handle // by their name in the file
	info os.FileInfo               // nil for keys in memory only
}

// The keysets, as the key file names them.
const (
	fieldSet      = "field_aead"      // AES-256-GCM: seals fields
	lookupSet     = "lookup_prf"      // HMAC-SHA256: root of the look-ups
	trailSet      = "audit_prf"       // HMAC-SHA256: chains the audit trail
	checkpointSet = "checkpoint_sign" // Ed25519: signs where the trail stood
	reportSet     = "report_sign"     // Ed25519: signs issued papers
)

// need is a keyset that every installation has. Those that came after the first release can be grown from the first ones; those
// of the first release cannot be made up when they are missing: they hold what is sealed already.
type need struct {
	name     string
	template func() *tinkpb.KeyTemplate
	grow     func(seed secretdata.Bytes) (key.Key, error) // nil: of the first release
}

func needs() []need {
	return []need{
		{fieldSet, aead.AES256GCMKeyTemplate, nil},
		{lookupSet, prf.HMACSHA256PRFKeyTemplate, nil},
		{trailSet, prf.HMACSHA256PRFKeyTemplate, hashKey},
		{checkpointSet, signature.ED25519KeyWithoutPrefixTemplate, signingKey},
		{reportSet, signature.ED25519KeyWithoutPrefixTemplate, signingKey},
	}
}

// generate makes all keysets anew.
func generate() (map[string]*keyset.Handle, error) {
	sets := map[string]*keyset.Handle{}
	for _, n := range needs() {
		h, err := keyset.NewHandle(n.template())
		if err != nil {
			return nil, fmt.Errorf("generate %s keys: %w", n.name, err)
		}
		sets[n.name] = h
	}
	return sets, nil
}

// assemble derives everything that can fail once, so that sealing and signing are the only things that may fail later.
func assemble(c contents) (*ring, error) {
	r, sets := &ring{contents: c}, c.sets
	var err error
	if r.aead, err = aead.New(sets[fieldSet]); err != nil {
		return nil, fmt.Errorf("use field keys: %w", err)
	}
	if r.root, err = derive(sets[lookupSet], "fugong|lookup|v1"); err != nil {
		return nil, fmt.Errorf("derive look-up keys: %w", err)
	}
	if r.trail, err = derive(sets[trailSet], "fugong|audit|v1"); err != nil {
		return nil, fmt.Errorf("derive audit key: %w", err)
	}
	if r.checkpoints, err = newSigner(sets[checkpointSet]); err != nil {
		return nil, fmt.Errorf("use checkpoint keys: %w", err)
	}
	if r.reports, err = newSigner(sets[reportSet]); err != nil {
		return nil, fmt.Errorf("use report keys: %w", err)
	}
	return r, nil
}

func derive(h *keyset.Handle, label string) ([]byte, error) {
	set, err := prf.NewPRFSet(h)
	if err != nil {
		return nil, err
	}
	return set.ComputePrimaryPRF([]byte(label), sha256.Size)
}

// signer signs with the newest of its keys and knows the public halves of all.
type signer struct {
	tink.Signer
	id     string // of the newest
	public map[string]ed25519.PublicKey
}
