// Package config reads every setting once: from the environment, with the command line's flags of the same names over it.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"fugong/internal/account"
)

// Config is every setting of the program.
type Config struct {
	DB             string         // a file path or postgres://…
	Listen         string         // host:port
	Data           string         // folder of photos and exports
	KeyFile        string         // keys that seal personal data
	Timezone       *time.Location // of naive times in files and of everything shown
	Lang           string         // zh-CN or en
	EvaluateEvery  time.Duration  // a full evaluation at least this often
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	BaseURL        string         // how the program is reached from outside
	Numbering      string         // form of the numbers of issued sheets
	TOTPRoles      []account.Role // who must use a second factor
	GoalDay        time.Time      // the day, at midnight UTC, by which GoalPercent of the sections are to work; zero: no goal
	GoalPercent    int
	Tiles          map[string][2]int // column and row of each street in the grid of the overview
	Clock          time.Time         // where the program's clock starts; zero: the real time
}

// Setting is one setting as the operator sees it.
type Setting struct {
	Name    string // of the environment variable; the flag is the same without FUGONG_, in lower case with dashes
	Default string
	Meaning string
	secret  func(string) string // how its value is shown, where that differs from itself
	set     func(*Config, string) error
}

// Flag is the name of the command line's flag.
func (s Setting) Flag() string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.Name, "FUGONG_")), "_", "-")
}

// Shown is a value as it may be printed.
func (s Setting) Shown(value string) string {
	if s.secret == nil {
		return value
	}
	return s.secret(value)
}

// Settings lists every setting in the order of the documentation.
func Settings() []Setting {
	return []Setting{
		{Name: "FUGONG_DB", Default: "data/fugong.db", Meaning: "database: a file path (SQLite) or postgres://…", secret: maskDSN, set: setDB},
		{Name: "FUGONG_LISTEN", Default: "127.0.0.1:8080", Meaning: "address and port of the web server", set: setListen},
		{Name: "FUGONG_DATA", Default: "data", Meaning: "folder of photos and exports", set: func(c *Config, v string) error { c.Data = v; return nil }},
		{Name: "FUGONG_KEY_FILE", Default: "data/fugong.key", Meaning: "keys that seal personal data; created with mode 0600 on first start; back it up apart from the database", set: func(c *Config, v string) error { c.KeyFile = v; return nil }},
		{Name: "FUGONG_TIMEZONE", Default: "Asia/Shanghai", Meaning: "zone of naive times in files and of everything shown", set: setTimezone},
		{Name: "FUGONG_LANG", Default: "zh-CN", Meaning: "language of pages and papers: zh-CN or en", set: setLang},
		{Name: "FUGONG_EVALUATE_EVERY", Default: "5m", Meaning: "every section is judged at least this often", set: setEvery},
		{Name: "FUGONG_TRUSTED_PROXIES", Default: "", Meaning: "addresses or networks whose X-Forwarded-For is believed, separated by commas", set: setProxies},
		{Name: "FUGONG_BASE_URL", Default: "", Meaning: "how the program is reached from outside, such as https://fugong.example", set: setBaseURL},
		{Name: "FUGONG_NUMBERING", Default: "复核〔{year}〕第{number}号", Meaning: "numbers of issued sheets: {year} and {number}, which runs within the year", set: setNumbering},
		{Name: "FUGONG_TOTP_ROLES", Default: "", Meaning: "roles that must use a second factor, separated by commas, such as admin,district; all for every role", set: setTOTPRoles},
		{Name: "FUGONG_GOAL", Default: "", Meaning: "the goal of the overview: a day and the percentage of sections that are to work by then, such as 2022-05-15:90", set: setGoal},
		{Name: "FUGONG_TILES", Default: "", Meaning: "where streets lie in the grid of the overview, from 1, as street:column:row, separated by commas", set: setTiles},
		{Name: "FUGONG_CLOCK", Default: "", Meaning: "RFC 3339: the program's clock starts there and runs on; for demonstrations and trials only", set: setClock},
	}
}

// Load reads all settings through getenv; an empty value means the default. All mistakes come back together.
func Load(getenv func(string) string) (Config, error) {
	var c Config
	var wrong []error
	for _, s := range Settings() {
		value := getenv(s.Name)
		if value == "" {
			value = s.Default
		}
		if err := s.set(&c, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s=%q: %w", s.Name, s.Shown(value), err))
		}
	}
	return c, errors.Join(wrong...)
}

// LogValue shows the settings without their secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("db", maskDSN(c.DB)), slog.String("listen", c.Listen), slog.String("timezone", c.Timezone.String()))
}

// Loopback reports whether the listen address can be reached from this machine only.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func setDB(c *Config, v string) error {
	c.DB = v
	if scheme, _, found := strings.Cut(v, "://"); found && scheme != "postgres" && scheme != "postgresql" {
		return errors.New("want a file path or postgres://…")
	}
	return nil
}

func maskDSN(v string) string {
	u, err := url.Parse(v)
	if err != nil {
		return "(unreadable)"
	}
	if u.User != nil {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(strings.ToLower(name), "password") {
			q.Set(name, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.String()
}

func setListen(c *Config, v string) error {
	c.Listen = v
	if _, _, err := net.SplitHostPort(v); err != nil {
		return errors.New("want host:port, such as 127.0.0.1:8080")
	}
	return nil
}

func setTimezone(c *Config, v string) (err error) {
	if c.Timezone, err = time.LoadLocation(v); err != nil {
		c.Timezone = time.UTC
		return errors.New("unknown zone; want a name such as Asia/Shanghai")
	}
	return nil
}

func setLang(c *Config, v string) error {
	c.Lang = v
	if v != "zh-CN" && v != "en" {
		return errors.New("want zh-CN or en")
	}
	return nil
}

func setEvery(c *Config, v string) (err error) {
	c.EvaluateEvery, err = time.ParseDuration(v)
	if err != nil || c.EvaluateEvery < time.Minute || c.EvaluateEvery > 24*time.Hour {
		return errors.New("want a duration from 1m to 24h, such as 5m")
	}
	return nil
}

func setProxies(c *Config, v string) error {
	for _, field := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := parsePrefix(field)
		if err != nil {
			return fmt.Errorf("%q is neither an address nor a network", field)
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix)
	}
	return nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return netip.ParsePrefix(s)
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}

func setBaseURL(c *Config, v string) error {
	c.BaseURL = v
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("want http://… or https://…")
	}
	return nil
}

func setNumbering(c *Config, v string) error {
	c.Numbering = v
	if strings.Count(v, "{year}") != 1 || strings.Count(v, "{number}") != 1 || utf8.RuneCountInString(v) > 40 || !utf8.ValidString(v) {
		return errors.New("want a text of at most 40 characters with {year} and {number}")
	}
	return nil
}

func setTOTPRoles(c *Config, v string) error {
	if v == "all" {
		c.TOTPRoles = account.Roles()
		return nil
	}
	for _, field := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		role, err := account.ParseRole(field)
		if err != nil {
			return err
		}
		c.TOTPRoles = append(c.TOTPRoles, role)
	}
	return nil
}

func setClock(c *Config, v string) (err error) {
	if v == "" {
		return nil
	}
	if c.Clock, err = time.Parse(time.RFC3339, v); err != nil {
		return errors.New("want RFC 3339, such as 2022-05-06T08:00:00+08:00")
	}
	return nil
}
