package store

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"fugong/internal/account"
	"fugong/internal/fault"
)

// formTokenField is the look-up that signs the tokens of forms, and unsentField binds what was typed and not sent to its user.
const (
	formTokenField = "sessions.form_token"
	unsentField    = "forms.unsent"
)

// newFormToken makes what the forms of a session carry: a secret that no other site can guess, and whose forms they are, which must
// still be known when the session is gone.
func (s *Store) newFormToken(id account.UserID) string {
	secret, _ := account.NewToken()
	who := strconv.FormatInt(int64(id), 10)
	return who + "." + secret + "." + s.formSignature(who, secret)
}

func (s *Store) formSignature(who, secret string) string {
	return hex.EncodeToString(s.vault.Lookup(formTokenField, who+"|"+secret)[:16])
}

// FormOwner gives the user to whom a form with this token was shown, in whatever session; none when the token is not of our making.
func (s *Store) FormOwner(token string) (account.UserID, bool) {
	who, signed, _ := strings.Cut(token, ".")
	secret, signature, _ := strings.Cut(signed, ".")
	id, err := strconv.ParseInt(who, 10, 64)
	if err != nil || !hmac.Equal([]byte(signature), []byte(s.formSignature(who, secret))) {
		return 0, false
	}
	return account.UserID(id), true
}

// SealUnsent closes up what a user typed and has not sent yet, so that it can wait on his screen until he has shown who he is.
func (s *Store) SealUnsent(id account.UserID, content string) (string, error) {
	sealed, err := s.vault.Seal(unsentField, strconv.FormatInt(int64(id), 10), content)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// OpenUnsent opens it again for the same user. It returns a fault.Forbidden for anybody else, and when it was changed.
func (s *Store) OpenUnsent(id account.UserID, sealed string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", &fault.Error{Kind: fault.Forbidden, Message: "填写的内容无法读取", Err: errors.New("unseal: no base64")}
	}
	return s.vault.Unseal(unsentField, strconv.FormatInt(int64(id), 10), raw)
}
