package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"fugong/internal/calendar"
)

// The second factor is the usual one: six digits that change every 30 seconds, from a secret of 160 bits. One step either
// way is allowed for clocks that differ.
const (
	totpStep    = 30 * time.Second
	totpDigits  = otp.DigitsSix
	totpBytes   = 20
	totpAllowed = 1
)

// NewTOTP makes the secret of a second factor, in the base32 that people can type.
func NewTOTP() string {
	b := make([]byte, totpBytes)
	rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// TOTPAddress is the otpauth address that an authenticator reads from a QR code.
func TOTPAddress(issuer, name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + name, RawQuery: q.Encode()}
	return u.String()
}

// CheckTOTP finds the time step that a code belongs to, among those after the last one used: a code works once, and older ones
// not at all. The step must be accepted by the store before it counts, for somebody may use the same code at this moment.
func CheckTOTP(secret, code string, lastStep int64, at calendar.Instant) (step int64, ok bool) {
	now := int64(at) / int64(totpStep/time.Microsecond)
	for s := now - totpAllowed; s <= now+totpAllowed; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1}) // #nosec G115 -- steps since 1970
		if err != nil {
			return 0, false
		}
		if s > lastStep && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}
