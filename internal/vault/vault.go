// Package vault seals personal data (ID numbers, phone numbers) before it is stored, opens it again, and makes the keyed
// hashes by which a sealed value can still be looked up. It also chains the audit trail and signs checkpoints and papers. It is
// the one door to the keys.
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
	"sync/atomic"

	"fugong/internal/fault"
)

// Vault holds the keys of one installation. It is safe for concurrent use.
type Vault struct {
	keys atomic.Pointer[ring]
	path string     // of the key file; empty for keys in memory only
	turn sync.Mutex // held while the file is read again
}

// Generate makes a vault with new random keys that are in memory only; Create keeps them in a file.
func Generate() (*Vault, error) {
	sets, err := generate()
	if err != nil {
		return nil, err
	}
	return holding(contents{sets: sets}, "")
}

func holding(c contents, path string) (*Vault, error) {
	r, err := assemble(c)
	if err != nil {
		return nil, err
	}
	v := &Vault{path: path}
	v.keys.Store(r)
	return v, nil
}

// Seal encrypts a value of a field for one row. Sealing the same value twice gives different bytes.
func (v *Vault) Seal(field, rowKey, plain string) ([]byte, error) {
	sealed, err := v.latest().aead.Encrypt([]byte(plain), bind(field, rowKey))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", field, err)
	}
	return sealed, nil
}

// Unseal opens what Seal made. It returns a fault.Forbidden when the bytes were sealed by another key, or for another field
// or row: ciphertext that was moved is refused.
func (v *Vault) Unseal(field, rowKey string, sealed []byte) (string, error) {
	r := v.keys.Load()
	plain, err := r.aead.Decrypt(sealed, bind(field, rowKey))
	if err != nil && v.latest() != r { // another process may have changed the key meanwhile
		plain, err = v.keys.Load().aead.Decrypt(sealed, bind(field, rowKey))
	}
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
	key := mac(v.keys.Load().root, field)
	return mac(key, normalised)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
