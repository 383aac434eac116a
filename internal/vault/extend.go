package vault

import (
	"crypto/sha256"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/signature/ed25519"
)

func missing(sets map[string]*keyset.Handle) bool {
	for _, n := range needs() {
		if sets[n.name] == nil {
			return true
		}
	}
	return false
}

// extend adds the missing keysets to a file. The keys that were in it stay as they are.
func extend(path string) (contents, error) {
	return change(path, complete)
}

// complete grows the keysets that are missing from the look-up keys, and tells whether there were any. A copy of the old file, on
// another machine or in a safe, grows the same ones: it stays worth what it was.
func complete(sets map[string]*keyset.Handle) (added bool, err error) {
	for _, n := range needs() {
		if sets[n.name] != nil {
			continue
		}
		if sets[n.name], err = n.from(sets[lookupSet]); err != nil {
			return added, fmt.Errorf("grow %s keys: %w", n.name, err)
		}
		added = true
	}
	return added, nil
}

func (n need) from(root *keyset.Handle) (*keyset.Handle, error) {
	seed, err := derive(root, "fugong|keyset|v1|"+n.name)
	if err != nil {
		return nil, err
	}
	grown, err := n.grow(secretdata.NewBytesFromData(seed, insecuresecretdataaccess.Token{}))
	if err != nil {
		return nil, err
	}
	m := keyset.NewManager()
	id, err := m.AddKey(grown)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return m.Handle()
}

func hashKey(seed secretdata.Bytes) (key.Key, error) {
	params, err := hmacprf.NewParameters(sha256.Size, hmacprf.SHA256)
	if err != nil {
		return nil, err
	}
	return hmacprf.NewKey(seed, params)
}

func signingKey(seed secretdata.Bytes) (key.Key, error) {
	params, err := ed25519.NewParameters(ed25519.VariantNoPrefix)
	if err != nil {
		return nil, err
	}
	return ed25519.NewPrivateKey(seed, 0, params)
}
