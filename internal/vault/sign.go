package vault

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/signature"
	tinked "github.com/tink-crypto/tink-go/v2/signature/ed25519"
)

func newSigner(h *keyset.Handle) (signer, error) {
	s := signer{public: map[string]ed25519.PublicKey{}}
	var err error
	if s.Signer, err = signature.NewSigner(h); err != nil {
		return s, err
	}
	public, err := h.Public()
	if err != nil {
		return s, err
	}
	for i := range public.Len() {
		entry, err := public.Entry(i)
		if err != nil {
			return s, err
		}
		key, ok := entry.Key().(*tinked.PublicKey)
		if !ok || len(key.OutputPrefix()) != 0 {
			return s, errors.New("not a plain Ed25519 key")
		}
		id := keyID(key.KeyBytes())
		s.public[id] = key.KeyBytes()
		if entry.IsPrimary() {
			s.id = id
		}
	}
	return s, nil
}

// keyID names a public key by the beginning of its hash, so that whoever has the key can tell its name.
func keyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:4])
}

// AuditMAC gives the keyed hash, 32 bytes, by which an entry of the audit trail is chained to the one before.
func (v *Vault) AuditMAC(message []byte) []byte { return mac(v.keys.Load().trail, string(message)) }

// SignCheckpoint signs a checkpoint of the audit trail: 64 bytes of Ed25519.
func (v *Vault) SignCheckpoint(message []byte) ([]byte, error) {
	sig, err := v.keys.Load().checkpoints.Sign(message)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return sig, nil
}

// CheckpointKey is the public key of the checkpoints that are signed now. Whoever has it can check a checkpoint without this
// program's keys.
func (v *Vault) CheckpointKey() ed25519.PublicKey {
	s := v.keys.Load().checkpoints
	return s.public[s.id]
}

// CheckpointKeys are the public keys of all checkpoints that were ever signed here, by their names.
func (v *Vault) CheckpointKeys() map[string]ed25519.PublicKey {
	return maps.Clone(v.keys.Load().checkpoints.public)
}

// SignReport signs an issued paper, 64 bytes of Ed25519, and names the key.
func (v *Vault) SignReport(message []byte) (sig []byte, key string, err error) {
	s := v.keys.Load().reports
	if sig, err = s.Sign(message); err != nil {
		return nil, "", fmt.Errorf("sign report: %w", err)
	}
	return sig, s.id, nil
}

// ReportKeys are the public keys of all papers that were ever issued here, by their names.
func (v *Vault) ReportKeys() map[string]ed25519.PublicKey {
	return maps.Clone(v.keys.Load().reports.public)
}
