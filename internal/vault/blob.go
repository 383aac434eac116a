package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"fugong/internal/fault"
)

// blobKeySize is that of AES-256.
const blobKeySize = 32

// SealBlob encrypts something large, such as a file, under a key of its own, and gives that key sealed as Seal does. When keys
// are rotated, only the sealed key is sealed again and the blob stays as it is; without its sealed key it is noise.
func (v *Vault) SealBlob(field, rowKey string, plain []byte) (sealedKey, blob []byte, err error) {
	key := make([]byte, blobKeySize)
	_, _ = rand.Read(key) // never fails
	box, err := boxOf(key)
	if err != nil {
		return nil, nil, fmt.Errorf("seal %s: %w", field, err)
	}
	if sealedKey, err = v.Seal(field, rowKey, string(key)); err != nil {
		return nil, nil, err
	}
	return sealedKey, box.Seal(nil, nil, plain, bind(field, rowKey)), nil // #nosec G407 -- the box takes a random nonce of its own
}

// UnsealBlob opens what SealBlob made. It returns a fault.Forbidden like Unseal.
func (v *Vault) UnsealBlob(field, rowKey string, sealedKey, blob []byte) ([]byte, error) {
	key, err := v.Unseal(field, rowKey, sealedKey)
	if err != nil {
		return nil, err
	}
	box, err := boxOf([]byte(key))
	if err != nil {
		return nil, fmt.Errorf("unseal %s: %w", field, err)
	}
	plain, err := box.Open(nil, nil, blob, bind(field, rowKey))
	if err != nil {
		return nil, &fault.Error{Kind: fault.Forbidden, Message: fmt.Sprintf("%s 的内容无法解封：被改动或挪用", field),
			Err: errors.New("unseal: authentication failed")}
	}
	return plain, nil
}

// boxOf encrypts with random nonces; a key that seals one blob never meets the same one twice.
func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
