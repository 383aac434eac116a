package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"fugong/internal/calendar"
)

// tokenBytes are 256 random bits: nobody guesses them, so that a plain hash of them may be kept.
const tokenBytes = 32

// NewToken makes a random token, to be given out once, and the hash that is kept of it.
func NewToken() (clear, hash string) {
	b := make([]byte, tokenBytes)
	rand.Read(b) // never fails
	clear = base64.RawURLEncoding.EncodeToString(b)
	return clear, HashToken(clear)
}

// HashToken is the hash by which a token is found again.
func HashToken(clear string) string {
	sum := sha256.Sum256([]byte(clear))
	return hex.EncodeToString(sum[:])
}

// Token is an API token as its owner sees it.
type Token struct {
	ID         int64
	Name       string
	ReadOnly   bool
	CreatedAt  calendar.Instant
	ExpiresAt  calendar.Instant // zero: not by itself
	LastUsedAt calendar.Instant
	RevokedAt  calendar.Instant
}
