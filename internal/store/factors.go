package store

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

// totpField binds a sealed secret to its user's row.
const totpField = "users.totp"

// deviceField is the look-up that signs the cookies of known devices.
const deviceField = "users.device"

// SetTOTP enrols a second factor, whose first code, of the given step, has been checked; an empty secret takes it away. Other
// sessions of the user end: they began without it.
func (s *Store) SetTOTP(ctx context.Context, a account.Actor, secret string, step int64, now calendar.Instant) error {
	action := "user.totp.set"
	if secret == "" {
		action = "user.totp.remove"
	}
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockUser(ctx, tx, a.User); err != nil {
			return err
		}
		if err := s.sealTOTP(ctx, tx, a.User.ID, secret, step); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ? AND token_hash <> ?", a.User.ID, a.Session).Exec(ctx)
		if err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, By(a).Doing(action, "user", a.User.Name, nil), now)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// RemoveTOTP takes the second factor of a user away who has lost it, and ends all sessions and tokens.
func (s *Store) RemoveTOTP(ctx context.Context, id account.UserID, act audit.Act, now calendar.Instant) error {
	return s.changeUser(ctx, id, "user.totp.remove", act, now, func(ctx context.Context, tx bun.Tx, _ *userRow) (map[string]string, error) {
		return nil, s.sealTOTP(ctx, tx, id, "", 0)
	})
}

func (s *Store) sealTOTP(ctx context.Context, tx bun.Tx, id account.UserID, secret string, step int64) error {
	row := userRow{ID: id, TotpStep: step}
	if secret != "" {
		if err := tx.NewSelect().Model((*userRow)(nil)).Column("row_key").Where("u.id = ?", id).Scan(ctx, &row.RowKey); err != nil {
			return err
		}
		sealed, err := s.vault.Seal(totpField, row.RowKey, secret)
		if err != nil {
			return err
		}
		row.TotpSealed = bytea(sealed)
	}
	_, err := tx.NewUpdate().Model(&row).Column("totp_sealed", "totp_step").WherePK().Exec(ctx)
	return err
}

// TOTPSecret opens the second factor of a user, with the last step that was used. It returns a fault.NotFound when there is none.
func (s *Store) TOTPSecret(ctx context.Context, id account.UserID) (secret string, lastStep int64, err error) {
	var row userRow
	if err := s.read.NewSelect().Model(&row).Where("u.id = ?", id).Scan(ctx); err != nil {
		return "", 0, fmt.Errorf("read second factor: %w", translate(err))
	}
	if row.TotpSealed == "" {
		return "", 0, fault.New(fault.NotFound, "没有启用动态验证码")
	}
	secret, err = s.vault.Unseal(totpField, row.RowKey, []byte(row.TotpSealed))
	return secret, row.TotpStep, err
}

// AcceptTOTPStep uses up a step of the second factor and reports whether it was still unused: of many who show the same code
// at once, one is let in.
func (s *Store) AcceptTOTPStep(ctx context.Context, id account.UserID, step int64) (bool, error) {
	accepted := false
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		accepted, err = acceptStep(ctx, tx, id, step)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("accept step: %w", err)
	}
	return accepted, nil
}

func acceptStep(ctx context.Context, tx bun.Tx, id account.UserID, step int64) (bool, error) {
	result, err := tx.NewUpdate().Table("users").Set("totp_step = ?", step).
		Where("id = ? AND totp_step < ? AND totp_sealed IS NOT NULL AND disabled_at IS NULL", id, step).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// FinishSecondFactor lets a pending session in, for a code that CheckTOTP has found to be of a step: it uses the step up and
// gives the session a new token, the old one ends. It returns a fault.Unauthenticated when the step was used by somebody else
// or the session is none any more. device is the cookie that Attempt was given.
func (s *Store) FinishSecondFactor(ctx context.Context, a account.Actor, step int64, device string, now calendar.Instant) (token string, err error) {
	token, hash := account.NewToken()
	err = s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		accepted, err := acceptStep(ctx, tx, a.User.ID, step)
		if err != nil {
			return err
		}
		if !accepted {
			return fault.New(fault.Unauthenticated, "验证码已用过，请等下一个")
		}
		if err := renewToken(ctx, tx, a, hash, s.newFormToken(a.User.ID), now); err != nil {
			return err
		}
		if err := s.clearFailures(ctx, tx, a.User.Name, s.knownDevice(a.User, device)); err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, By(a).Doing("session.start", "user", a.User.Name, map[string]string{"factor": "totp"}), now)
	})
	if err != nil {
		return "", fmt.Errorf("finish second factor: %w", err)
	}
	return token, nil
}

func renewToken(ctx context.Context, tx bun.Tx, a account.Actor, hash, form string, now calendar.Instant) error {
	result, err := tx.NewUpdate().Model((*sessionRow)(nil)).
		Set("token_hash = ?", hash).Set("form_token = ?", form).Set("totp_pending = ?", false).Set("confirmed_at = ?", now).
		Set("last_seen_at = ?", now).Set("expires_at = ?", now.Add(account.SessionLife)).
		Where("token_hash = ? AND totp_pending AND epoch = ? AND expires_at > ?", a.Session, a.User.Epoch, now).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, over())
	}
	return nil
}

// DeviceCookie makes the cookie by which a browser is known again to have been used by a user to sign in. It opens nothing.
func (s *Store) DeviceCookie(u account.User) string {
	name, _ := account.NewToken()
	return name + "." + s.deviceSignature(u, name)
}

func (s *Store) deviceSignature(u account.User, name string) string {
	return hex.EncodeToString(s.vault.Lookup(deviceField, fmt.Sprintf("%d|%s", u.ID, name)))
}

// knownDevice names the device of a cookie that was made for this user; a cookie of another, or none, is no device.
func (s *Store) knownDevice(u account.User, cookie string) string {
	name, signature, ok := strings.Cut(cookie, ".")
	if !ok || u.ID == 0 || name == "" || !hmac.Equal([]byte(signature), []byte(s.deviceSignature(u, name))) {
		return ""
	}
	return name
}
