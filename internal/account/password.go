package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The cost of a hash: 19 MiB and two passes, about 30 ms. A higher memory would make a storm of sign-ins the end of a small
// machine.
const (
	memoryKiB = 19456
	passes    = 2
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32
)

// maxPassword is the longest password in characters.
const maxPassword = 128

// DummyHash is the hash of a password nobody knows, at the cost of real ones. A name without a user is checked against it, so
// that the time it takes does not tell who has an account.
const DummyHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// HashPassword makes the hash that is kept of a password.
func HashPassword(password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	h := hash{memory: memoryKiB, passes: passes, lanes: lanes, salt: salt}
	h.key = h.derive(password, keyBytes)
	return h.String(), nil
}

// CheckPassword reports whether a password is the one that was hashed. A hash it cannot read belongs to no password.
func CheckPassword(encoded, password string) bool {
	h, err := parseHash(encoded)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(h.key, h.derive(password, uint32(len(h.key)))) == 1 // #nosec G115 -- parseHash bounds it
}

// hash is an argon2id hash with what is needed to make it again.
type hash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// derive works on the compatibility form, so that a password typed with a full-width keyboard is the same password.
func (h hash) derive(password string, size uint32) []byte {
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), h.salt, h.passes, h.memory, h.lanes, size)
}

// String writes the hash in the usual form $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h hash) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		enc.EncodeToString(h.salt), enc.EncodeToString(h.key))
}

// parseHash reads what String wrote, within costs that we would ever choose: a hash from elsewhere must not stop the machine.
func parseHash(encoded string) (hash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hash{}, fmt.Errorf("parse password hash: not argon2id")
	}
	var h hash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return hash{}, fmt.Errorf("parse password hash: %w", err)
	}
	if h.memory < 8 || h.memory > 256<<10 || h.passes < 1 || h.passes > 10 || h.lanes < 1 || h.lanes > 8 {
		return hash{}, fmt.Errorf("parse password hash: cost %s is out of bounds", parts[3])
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return hash{}, fmt.Errorf("parse password hash: bad salt")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return hash{}, fmt.Errorf("parse password hash: bad key")
	}
	return h, nil
}
