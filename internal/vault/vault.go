// Package vault seals personal data (ID numbers, phone numbers) before it is stored, opens it again, and makes the keyed
// hashes by which a sealed value can still be looked up. It is the one door to the keys.
//
// A plain hash of an ID number is no protection: all plausible numbers can be tried within hours. Only a keyed one is,
// and the key lives in a file outside the database.
package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	"fugong/internal/fault"
)

// Vault holds the keys of one installation. It is safe for concurrent use.
type Vault struct {
	fields *keyset.Handle // AES-256-GCM: seals fields
	hashes *keyset.Handle // HMAC-SHA256: root of the look-ups
	aead   tink.AEAD
	root   []byte
	keys   sync.Map // field to its own look-up key
}

// Generate makes a vault with new random keys that are in memory only; Create keeps them in a file.
func Generate() (*Vault, error) {
	fields, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("generate field keys: %w", err)
	}
	hashes, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("generate look-up keys: %w", err)
	}
	return assemble(fields, hashes)
}

// assemble derives everything that can fail once, so that sealing is the only thing that may fail later.
func assemble(fields, hashes *keyset.Handle) (*Vault, error) {
	primitive, err := aead.New(fields)
	if err != nil {
		return nil, fmt.Errorf("use field keys: %w", err)
	}
	set, err := prf.NewPRFSet(hashes)
	if err != nil {
		return nil, fmt.Errorf("use look-up keys: %w", err)
	}
	root, err := set.ComputePrimaryPRF([]byte("fugong|lookup|v1"), sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive look-up keys: %w", err)
	}
	return &Vault{fields: fields, hashes: hashes, aead: primitive, root: root}, nil
}

// Seal encrypts a value of a field for one row. Sealing the same value twice gives different bytes.
func (v *Vault) Seal(field, rowKey, plain string) ([]byte, error) {
	sealed, err := v.aead.Encrypt([]byte(plain), bind(field, rowKey))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", field, err)
	}
	return sealed, nil
}

// Unseal opens what Seal made. It returns a fault.Forbidden when the bytes were sealed by another key, or for another field
// or row: ciphertext that was moved is refused.
func (v *Vault) Unseal(field, rowKey string, sealed []byte) (string, error) {
	plain, err := v.aead.Decrypt(sealed, bind(field, rowKey))
	if err != nil {
		return "", &fault.Error{
			Kind:    fault.Forbidden,
			Message: fmt.Sprintf("字段 %s 无法解封：密钥不符，或密文被改动、挪用", field),
			Err:     errors.New("unseal: authentication failed"),
		}
	}
	return string(plain), nil
}

func bind(field, rowKey string) []byte { return []byte(field + "|" + rowKey) }

// Lookup gives the keyed hash of a normalised value: 32 bytes, equal for equal values of one field, and unrelated for
// equal values of different fields.
func (v *Vault) Lookup(field, normalised string) []byte {
	key, ok := v.keys.Load(field)
	if !ok {
		key, _ = v.keys.LoadOrStore(field, mac(v.root, field))
	}
	return mac(key.([]byte), normalised)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
