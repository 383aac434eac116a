package scenario_test

import (
	"strings"
	"testing"

	"fugong/internal/criteria"
	"fugong/internal/scenario"
)

const pledge = `承诺书过期后不符合。

-- documents.csv --
标段编号,类型,签发日期,到期日期
XY-01,承诺书,2022-05-01,2022-05-06
-- want at 2022-05-06 08:00 --
headcount 0
org.commitment pass until 2022-05-06 23:59:59.999999
-- want at 2022-05-07 08:00 --
org.commitment fail
    item 承诺书 | 2022-05-06到期
`

func TestJudgeFindsNothingToSayOfATrueStory(t *testing.T) {
	s, err := scenario.Parse("pledge", []byte(pledge))
	if err != nil {
		t.Fatal(err)
	}
	diffs, err := s.Judge()
	if err != nil || len(diffs) != 0 {
		t.Errorf("got %v, %v; want no difference", diffs, err)
	}
	if got := s.Expects("org.commitment"); len(got) != 2 || got[0] != criteria.Pass || got[1] != criteria.Fail {
		t.Errorf("Expects: got %v", got)
	}
}

func TestJudgeTellsWhatDiffers(t *testing.T) {
	for from, to := range map[string]string{
		"pass until 2022-05-06 23:59:59.999999": "pass until 2022-05-06 23:59",
		"org.commitment fail":                   "org.commitment warn",
		"2022-05-06到期":                          "2022-05-05到期",
		"    item 承诺书 |":                        "    item 方案 |",
		"    item 承诺书 | 2022-05-06到期\n":         "",
		"headcount 0":                           "headcount 1",
		"org.commitment fail\n":                 "verdict met\norg.commitment fail\n",
	} {
		s, err := scenario.Parse("pledge", []byte(strings.Replace(pledge, from, to, 1)))
		if err != nil {
			t.Errorf("%q for %q: %v", to, from, err)
			continue
		}
		if diffs, err := s.Judge(); err != nil || len(diffs) != 1 {
			t.Errorf("%q for %q: got %v, %v; want one difference", to, from, diffs, err)
		}
	}
}

func TestKnownAtLeavesOutWhatWasRecordedLater(t *testing.T) {
	s, err := scenario.Parse("known", []byte(`补录的承诺书不改变当时的判定。

-- documents.csv recorded 2022-05-06 10:00 --
标段编号,类型,签发日期,到期日期
XY-01,承诺书,2022-05-01,2022-05-06
-- sections.csv recorded 2022-05-01 08:00 --
项目编号,项目名称,标段编号,标段名称,街道,停工类型
XY,学苑示范项目,XY-01,一标段,学苑街道,疫情
-- want at 2022-05-06 08:00 known 2022-05-06 08:00 --
org.commitment unknown
    item 承诺书
-- want at 2022-05-06 08:00 --
org.commitment pass
`))
	if err != nil {
		t.Fatal(err)
	}
	if diffs, err := s.Judge(); err != nil || len(diffs) != 0 {
		t.Errorf("got %v, %v; want no difference", diffs, err)
	}
}

func TestParseRefusesWhatItCannotRead(t *testing.T) {
	for name, text := range map[string]string{
		"no prose":         "-- want at 2022-05-06 08:00 --\n",
		"no want":          "甲。\n-- documents.csv --\n",
		"a strange file":   "甲。\n-- notes.txt --\n-- want at 2022-05-06 08:00 --\n",
		"a strange time":   "甲。\n-- want at noon --\n",
		"a strange line":   "甲。\n-- want at 2022-05-06 08:00 --\norg.commitment maybe\n",
		"a lonely subject": "甲。\n-- want at 2022-05-06 08:00 --\n    item 承诺书\n",
	} {
		if _, err := scenario.Parse(name, []byte(text)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	s, err := scenario.Parse("column", []byte("甲。\n-- documents.csv --\n标段编号,类型,签发日期,颜色\nXY-01,承诺书,2022-05-01,红\n-- want at 2022-05-06 08:00 --\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Judge(); err == nil || !strings.Contains(err.Error(), "颜色") {
		t.Errorf("got %v; want an error that names the strange column", err)
	}
}
