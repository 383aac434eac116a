package locale_test

import (
	"testing"
	"testing/fstest"

	"fugong/internal/locale"
)

func load(t *testing.T, files map[string]string) (*locale.Catalogue, error) {
	t.Helper()
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return locale.Load(all, map[string]string{"通道畅通": "Aisles free", "食堂": "mess"})
}

func TestWords(t *testing.T) {
	c, err := load(t, map[string]string{
		"locales/list.json": `{"list.count": {"zh-CN": "共 {n} 个标段", "en": {"one": "{n} section", "other": "{n} sections"}}, "verdict.met": {"zh-CN": "符合", "en": "Met"},
			"list.named": {"zh-CN": "{{name}} 的 {n} 与 {other}", "en": "{name"}}`,
		"phrases/criteria.json": `{"%d人无记录": "%d without record", "%s未消毒": "%s not disinfected", "食堂": "canteen", "%s有%d间": {"one": "%s has %d room", "other": "%s has %d rooms"}}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	zh, en := c.In(locale.Chinese), c.In(locale.English)
	for _, tt := range []struct{ name, got, want string }{
		{"hole", zh.T("list.count", "n", 12345), "共 12,345 个标段"},
		{"one", en.T("list.count", "n", 1), "1 section"},
		{"many", en.T("list.count", "n", 2), "2 sections"},
		{"value like a hole", zh.T("list.named", "name", "{n}", "n", 3), "{{n}} 的 3 与 {other}"},
		{"hole left open", en.T("list.named", "name", "x"), "{name"},
		{"nothing given", zh.T("list.named"), "{{name}} 的 {n} 与 {other}"},
		{"missing key", en.T("nothing"), "nothing"},
		{"vocabulary", en.Word("verdict", "met"), "Met"},
		{"phrase", en.Say(locale.Say("%d人无记录", 3)), "3 without record"},
		{"one of a phrase", en.Say(locale.Say("%s有%d间", "食堂", 1)), "canteen has 1 room"},
		{"one that was stored", en.Say(locale.Say("%s有%d间", "食堂", int64(1))), "canteen has 1 room"},
		{"many of a phrase", en.Say(locale.Say("%s有%d间", "食堂", 2)), "canteen has 2 rooms"},
		{"one in Chinese", zh.Say(locale.Say("%s有%d间", "食堂", 1)), "食堂有1间"},
		{"term", en.Text("通道畅通"), "Aisles free"},
		{"phrase in Chinese", zh.Say(locale.Say("%d人无记录", 3)), "3人无记录"},
		{"facts of ours", en.Say(locale.Say("%s未消毒", "食堂")), "canteen not disinfected"},
		{"facts of others", en.Say(locale.Say("%s未消毒", "张三")), "张三 not disinfected"},
		{"no words yet", en.Say(locale.Say("%d间超员", 2)), "2间超员"},
		{"text", en.Text("食堂"), "canteen"},
		{"zero", locale.Words{}.T("list.count"), "list.count"},
		{"zero phrase", locale.Words{}.Say(locale.Say("%d间超员", 2)), "2间超员"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10000: "10,000", 1234567: "1,234,567", -12345: "-12,345", 100000: "100,000"} {
		if got := locale.Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestLoadRefusesWhatContradicts(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"twice":     {"locales/a.json": `{"x": {"en": "one"}}`, "locales/b.json": `{"x": {"en": "two"}}`},
		"phrases":   {"phrases/a.json": `{"是": "yes"}`, "phrases/b.json": `{"是": "is"}`},
		"malformed": {"locales/a.json": `{"x": {"en": 1}}`},
	} {
		if _, err := load(t, files); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestParseLang(t *testing.T) {
	for tag, want := range map[string]locale.Lang{"zh": locale.Chinese, "zh-TW": locale.Chinese, " EN-gb": locale.English, "fr": "", "": ""} {
		if got, ok := locale.ParseLang(tag); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", tag, got, ok)
		}
	}
}
