package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/fault"
)

func TestPasswordMatchesItsHash(t *testing.T) {
	hash, err := account.HashPassword("复工之前先消毒，再测体温")
	if err != nil {
		t.Fatal(err)
	}
	again, err := account.HashPassword("复工之前先消毒，再测体温")
	if err != nil || hash == again {
		t.Errorf("two hashes of one password are equal: %v", err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	for password, want := range map[string]bool{
		"复工之前先消毒，再测体温":  true,
		"复工之前先消毒,再测体温":  true, // the other comma is a matter of the keyboard's mode
		"复工之前先消毒，再测体温 ": false,
		"":              false,
	} {
		if got := account.CheckPassword(hash, password); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
}

func TestForeignHashesMatchNothing(t *testing.T) {
	good, _ := account.HashPassword("a")
	parts := strings.Split(good, "$")
	for _, hash := range []string{
		"", "$", "a", "$2a$12$abcdefghijklmnopqrstuv", good[:len(good)-30],
		strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=99999999", 1), strings.Replace(good, "t=2", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "m=19456", "m=x", 1),
		strings.Join([]string{"", parts[1], parts[2], parts[3], "", parts[5]}, "$"),
		strings.Join([]string{"", parts[1], parts[2], parts[3], parts[4], ""}, "$"),
	} {
		if account.CheckPassword(hash, "a") {
			t.Errorf("%q matches", hash)
		}
	}
}

func TestPasswordStrength(t *testing.T) {
	tests := []struct {
		name, password string
		factor         bool
		refused        string
	}{
		{"li", "correct mule cell clip", false, ""},
		{"li", "塔吊司机今天早班没有来", true, ""},
		{"li", "塔吊司机今天早班没有来，改叫老周", false, ""},
		{"li", "Gx7#pQ9v", true, ""},
		{"li", "Gx7#pQ9v", false, "15"},
		{"li", "Gx7#pQ9", true, "8"},
		{"li", "", true, "8"},
		{"li", strings.Repeat("木头机械车间", 22), false, "128"},
		{"li", "password123456789", false, "猜"},
		{"li", "P@ssw0rdP@ssw0rd!", false, "猜"},
		{"li", "aaaaaaaaaaaaaaaaaaaa", false, "猜"},
		{"li", "123456789012345678", false, "猜"},
		{"li", "987654321098765432", false, "猜"},
		{"li", "qwertyuiopasdfgh", false, "猜"},
		{"li", "1qaz2wsx3edc4rfv", false, "猜"},
		{"li", "woaini1314woaini1314", false, "猜"},
		{"li", "abababababababab", false, "猜"},
		{"li", "correcthorsebatterystaple", false, "猜"},
		{"li", "ｐａｓｓｗｏｒｄ１２３４５６７", false, "猜"},
		{"wangxiaoming", "WangXiaoMing2022!", false, "猜"},
		{"wangxiaoming", "xiaoming's 3 cats bite", false, ""},
		{"li", "admin@fugong12345", false, "猜"},
		{"li", "a line\nof two lines here", false, "无法输入"},
		{"li", "broken \xff text of some length", false, "无法输入"},
	}
	for _, test := range tests {
		err := account.ValidatePassword(test.name, test.password, test.factor)
		if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%q of %s: %v, want %q", test.password, test.name, err, test.refused)
		}
		if err == nil {
			continue
		}
		if fields := fieldsOf(err); fault.KindOf(err) != fault.Invalid || fields["password"] == "" {
			t.Errorf("%q: kind %v, fields %v", test.password, fault.KindOf(err), fields)
		}
		if test.password != "" && strings.Contains(err.Error(), test.password) {
			t.Errorf("the message %v repeats the password", err)
		}
	}
}

func fieldsOf(err error) map[string]string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

func TestDelayGrowsAndEnds(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 10: 32 * time.Second, 11: time.Minute, 12: time.Minute, 1 << 31: time.Minute,
	} {
		if got := account.Delay(failures); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
}

// TestUnknownNamesCostTheSame compares the time to check a password of a user with that of nobody.
func TestUnknownNamesCostTheSame(t *testing.T) {
	h := account.NewHasher(1)
	hash, err := h.Hash(t.Context(), "some password")
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := time.Hour, time.Hour // the fastest of many, in turns: the machine has other work, too
	for range 15 {
		known = min(known, timed(t, h, hash))
		unknown = min(unknown, timed(t, h, ""))
	}
	if ratio := float64(unknown) / float64(known); ratio < 0.8 || ratio > 1.25 {
		t.Errorf("a known name takes %v, an unknown one %v", known, unknown)
	}
	if ok, err := h.Check(t.Context(), hash, "some password"); !ok || err != nil {
		t.Error("the right password is refused", err)
	}
	if !strings.HasPrefix(account.DummyHash, hash[:strings.LastIndex(hash[:strings.LastIndex(hash, "$")], "$")]) {
		t.Error("the dummy hash has other costs than real ones")
	}
}

func timed(t *testing.T, h *account.Hasher, hash string) time.Duration {
	t.Helper()
	start := time.Now()
	if ok, err := h.Check(t.Context(), hash, "wrong password"); ok || err != nil {
		t.Fatal(ok, err)
	}
	return time.Since(start)
}

// TestHasherTurnsAwayWhomItCannotServe sends many more at once than may wait.
func TestHasherTurnsAwayWhomItCannotServe(t *testing.T) {
	h := account.NewHasher(1)
	const crowd = 60
	results := make(chan error, crowd)
	var wg sync.WaitGroup
	for range crowd {
		wg.Go(func() {
			_, err := h.Check(t.Context(), "", "x")
			results <- err
		})
	}
	wg.Wait()
	close(results)
	served := 0
	for err := range results {
		f, ok := errors.AsType[*fault.Error](err)
		switch {
		case err == nil:
			served++
		case !ok || f.Kind != fault.Busy || f.Wait <= 0:
			t.Errorf("turned away with %v", err)
		}
	}
	if served < 34 || served == crowd {
		t.Errorf("served %d of %d, want 34 or some more", served, crowd)
	}
	if _, err := h.Check(t.Context(), "", "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestHasherLetsGoOfWhoLeaves(t *testing.T) {
	h := account.NewHasher(1)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for range 100 { // more than there are places
		if _, err := h.Hash(gone, "x"); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("places leak: %v", err)
		}
	}
}
