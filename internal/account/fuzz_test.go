package account_test

import (
	"testing"
	"unicode/utf8"

	"fugong/internal/account"
)

// FuzzUserName holds that a name that is taken is text, stays as it is when read again, and needs no escaping anywhere.
func FuzzUserName(f *testing.F) {
	for _, seed := range []string{"li", " 王小明 ", "A@b", "ｌｉ", "\x00", "<script>", "İ", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := account.UserName(text)
		if err != nil {
			if name != "" {
				t.Errorf("%q is refused and taken", text)
			}
			return
		}
		again, err := account.UserName(name)
		if err != nil || again != name || !utf8.ValidString(name) {
			t.Errorf("%q becomes %q and then %q, %v", text, name, again, err)
		}
	})
}

// FuzzValidatePassword holds that no text makes the rules fail, and that a second factor only ever makes them milder.
func FuzzValidatePassword(f *testing.F) {
	for _, seed := range []string{"", "password", "塔吊司机今天早班没有来，改叫老周", "ｐａｓｓ", "\xff\x00", "1qaz2wsx3edc4rfv"} {
		f.Add("li", seed)
	}
	f.Fuzz(func(t *testing.T, name, password string) {
		alone := account.ValidatePassword(name, password, false)
		beside := account.ValidatePassword(name, password, true)
		if alone == nil && beside != nil {
			t.Errorf("%q is good enough alone, but not beside a second factor: %v", password, beside)
		}
	})
}
