package screening_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/screening"
)

func TestParseOutcome(t *testing.T) {
	words := map[screening.Outcome][]string{
		screening.Negative: {"阴性", "阴", "阴性(-)", "阴性（－）", "(-)", "（-）", "－", "-", "−", "未检出", "正常", "negative", "Negative", "NEG", " 阴 性 ", "混检阴性", "核酸阴性", "单检:阴性"},
		screening.Positive: {"阳性", "阳", "(+)", "（＋）", "+", "检出", "positive", "混检阳性"},
		screening.Suspect:  {"可疑", "灰区", "弱阳", "单靶标阳性", "待复核", "待复检", "复检中", "异常"},
		screening.Invalid:  {"无效", "样本不合格", "需重采", "未采到"},
		screening.Pending:  {"检测中", "未出", "待检测", "已采样", "报告未出", "空", ""},
	}
	for want, texts := range words {
		for _, text := range texts {
			if got, ok := screening.ParseOutcome(text, nil); !ok || got != want {
				t.Errorf("%q: got %v %v, want %v", text, got, ok, want)
			}
		}
	}
	for _, text := range []string{"0", "1", "99", "1.0", "合格", "非阴性", "阴阳", "未见异常", "不详", "绿码", "无", "/", "true"} {
		if got, ok := screening.ParseOutcome(text, nil); ok {
			t.Errorf("%q: got %v, want no answer", text, got)
		}
	}
}

func TestParseMapping(t *testing.T) {
	got, err := screening.ParseMapping("0=阴性,1=阳性，99=待复核")
	want := screening.Mapping{"0": screening.Negative, "1": screening.Positive, "99": screening.Suspect}
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("got %v, %v", got, err)
	}
	if outcome, ok := screening.ParseOutcome("１", got); !ok || outcome != screening.Positive {
		t.Errorf("full-width 1: got %v %v", outcome, ok)
	}
	if _, ok := screening.ParseOutcome("01", got); ok {
		t.Error("01 was taken for 1")
	}
	for _, bad := range []string{"0", "0=", "0=好"} {
		if m, err := screening.ParseMapping(bad); err == nil {
			t.Errorf("%q: got %v, want a fault", bad, m)
		}
	}
}
