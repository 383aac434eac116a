package account_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
	"fugong/internal/fault"
)

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		clear, hash := account.NewToken()
		raw, err := base64.RawURLEncoding.DecodeString(clear)
		if err != nil || len(raw) != 32 || seen[clear] || hash != account.HashToken(clear) || len(hash) != 64 || strings.Contains(hash, clear) {
			t.Fatalf("token %q, hash %q, %v", clear, hash, err)
		}
		seen[clear] = true
	}
}

// TestTOTP uses the secret and times of RFC 6238, appendix B; its codes end in these six digits.
func TestTOTP(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	at := func(second int64) calendar.Instant { return calendar.Instant(second * 1e6) }
	tests := []struct {
		name   string
		code   string
		last   int64
		second int64
		step   int64
		ok     bool
	}{
		{"of the RFC", "287082", 0, 59, 1, true},
		{"of the RFC, later", "081804", 0, 1111111109, 37037036, true},
		{"a step late", "081804", 0, 1111111109 + 30, 37037036, true},
		{"a step early", "081804", 0, 1111111109 - 30, 37037036, true},
		{"two steps late", "081804", 0, 1111111109 + 60, 0, false},
		{"two steps early", "081804", 0, 1111111109 - 60, 0, false},
		{"again", "081804", 37037036, 1111111109, 0, false},
		{"older than the last", "081804", 37037037, 1111111109, 0, false},
		{"wrong", "081805", 0, 1111111109, 0, false},
		{"short", "81804", 0, 1111111109, 0, false},
		{"empty", "", 0, 1111111109, 0, false},
	}
	for _, test := range tests {
		step, ok := account.CheckTOTP(secret, test.code, test.last, at(test.second))
		if step != test.step || ok != test.ok {
			t.Errorf("%s: %d, %v", test.name, step, ok)
		}
	}
	if _, ok := account.CheckTOTP("not base32!", "081804", 0, at(1111111109)); ok {
		t.Error("a broken secret accepts a code")
	}
	if a, b := account.NewTOTP(), account.NewTOTP(); a == b || len(a) != 32 {
		t.Errorf("secrets %s, %s", a, b)
	}
	if got := account.TOTPAddress("复工", "li@xy", "ABC"); !strings.HasPrefix(got, "otpauth://totp/%E5%A4%8D%E5%B7%A5:li@xy?") || !strings.Contains(got, "secret=ABC") {
		t.Errorf("address %s", got)
	}
}

func TestUserName(t *testing.T) {
	for text, want := range map[string]string{
		" Li.Hong ": "li.hong", "王小明": "王小明", "a@b-c_1": "a@b-c_1",
		"": "", "  ": "", "li hong": "", "ｌｉ": "", "li\n": "li", "l\x00i": "", "<b>": "", "лi": "", strings.Repeat("a", 64): strings.Repeat("a", 64),
		strings.Repeat("a", 65): "", "li\xff": "",
	} {
		got, err := account.UserName(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
		if err != nil && fieldsOf(err)["name"] == "" {
			t.Errorf("%q: no message at the field", text)
		}
	}
}

func TestScopeFor(t *testing.T) {
	tests := []struct {
		role              account.Role
		sections, streets []string
		want              account.Scope
		refused           bool
	}{
		{account.Manager, []string{"XY-02", " XY-01", "XY-02", ""}, nil, account.Scope{Sections: []string{"XY-01", "XY-02"}}, false},
		{account.Manager, nil, nil, account.Scope{}, true},
		{account.Manager, []string{"XY-01"}, []string{"城东"}, account.Scope{}, true},
		{account.Inspector, nil, []string{"城东"}, account.Scope{Streets: []string{"城东"}}, false},
		{account.Inspector, nil, []string{" "}, account.Scope{}, true},
		{account.District, nil, nil, account.Everywhere(), false},
		{account.District, nil, []string{"城东"}, account.Scope{}, true},
		{account.Admin, []string{"XY-01"}, nil, account.Scope{}, true},
		{account.Leader, nil, []string{"城东"}, account.Scope{Streets: []string{"城东"}}, false},
		{account.Health, nil, nil, account.Everywhere(), false},
	}
	for _, test := range tests {
		got, err := account.ScopeFor(test.role, test.sections, test.streets)
		same := got.Everywhere == test.want.Everywhere && slices.Equal(got.Sections, test.want.Sections) && slices.Equal(got.Streets, test.want.Streets)
		if !same || (err != nil) != test.refused {
			t.Errorf("%s %v %v: %+v, %v", test.role, test.sections, test.streets, got, err)
		}
	}
}

func TestParseRole(t *testing.T) {
	for _, r := range account.Roles() {
		if got, err := account.ParseRole(string(r)); got != r || err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	if _, err := account.ParseRole("root"); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "manager") {
		t.Errorf("an unknown role: %v", err)
	}
}

func TestDisabledActorSeesNothing(t *testing.T) {
	a := account.Actor{User: account.User{Scope: account.Everywhere()}}
	if !a.Scope().Everywhere {
		t.Error("a user sees nothing")
	}
	a.User.DisabledAt = 1
	if s := a.Scope(); s.Everywhere || len(s.Sections)+len(s.Streets) > 0 {
		t.Errorf("a disabled user sees %+v", s)
	}
}

func TestConfirmationLastsTenMinutes(t *testing.T) {
	const then = calendar.Instant(1e15)
	a := account.Actor{Session: "x", Confirmed: then}
	for after, want := range map[time.Duration]bool{0: true, 10 * time.Minute: true, 10*time.Minute + time.Second: false, -time.Second: false} {
		if got := a.RecentlyConfirmed(then.Add(after)); got != want {
			t.Errorf("%v after: %v", after, got)
		}
	}
	a.Session, a.Token = "", 1
	if a.RecentlyConfirmed(then) {
		t.Error("a token has a password")
	}
}
