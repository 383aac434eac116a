package config

import (
	"strings"
	"testing"
	"time"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestDefaults(t *testing.T) {
	c, err := Load(env())
	if err != nil {
		t.Fatal(err)
	}
	if c.DB != "data/fugong.db" || c.EvaluateEvery != 5*time.Minute || c.Timezone.String() != "Asia/Shanghai" || !c.Loopback() || !c.Clock.IsZero() {
		t.Errorf("got %+v", c)
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := Load(env("FUGONG_DB", "mysql://u:geheim@h/d", "FUGONG_LISTEN", "8080", "FUGONG_TIMEZONE", "Mars/Base",
		"FUGONG_LANG", "fr", "FUGONG_EVALUATE_EVERY", "1s", "FUGONG_TRUSTED_PROXIES", "10.0.0.0/8,nonsense",
		"FUGONG_BASE_URL", "fugong.example", "FUGONG_TOTP_ROLES", "admin,boss", "FUGONG_NUMBERING", "第号", "FUGONG_CLOCK", "2022-05-06", "FUGONG_GOAL", "soon", "FUGONG_TILES", "甲:0:1"))
	if err == nil {
		t.Fatal("eight mistakes accepted")
	}
	for _, s := range Settings() {
		named := strings.Contains(err.Error(), s.Name+"=")
		if free := s.Name == "FUGONG_DATA" || s.Name == "FUGONG_KEY_FILE"; named == free {
			t.Errorf("%s: named %v in %q", s.Name, named, err)
		}
	}
	if strings.Contains(err.Error(), "geheim") {
		t.Errorf("password shown: %v", err)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"data/fugong.db": "data/fugong.db",
		"postgres://fugong:s3cret@db:5432/fugong":      "postgres://fugong:xxxxx@db:5432/fugong",
		"postgres://db/fugong?user=a&password=s3cret1": "postgres://db/fugong?password=xxxxx&user=a",
	} {
		if got := maskDSN(in); got != want {
			t.Errorf("maskDSN(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for listen, want := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "localhost:80": true,
		"0.0.0.0:8080": false, ":8080": false, "192.0.2.1:80": false, "example.test:80": false,
	} {
		if got := (Config{Listen: listen}).Loopback(); got != want {
			t.Errorf("Loopback(%q) = %v, want %v", listen, got, want)
		}
	}
}

func TestFlagNames(t *testing.T) {
	if got := (Setting{Name: "FUGONG_EVALUATE_EVERY"}).Flag(); got != "evaluate-every" {
		t.Errorf("got %q", got)
	}
}
