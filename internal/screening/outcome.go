package screening

import (
	"strings"

	"fugong/internal/fault"
	"fugong/internal/intake"
)

// Mapping says what the codes of one source mean. A bare 1 is negative in one system and positive in another, so it means
// nothing until the source is known.
type Mapping map[string]Outcome

// ParseMapping reads a mapping written as 0=阴性,1=阳性,99=待复核.
func ParseMapping(text string) (Mapping, error) {
	m := Mapping{}
	for _, pair := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' || r == ';' || r == '；' }) {
		code, word, ok := strings.Cut(pair, "=")
		outcome, known := ParseOutcome(word, nil)
		if !ok || !known || word == "" {
			return nil, fault.New(fault.Invalid, "结果代码对照%s不能识别，请写成 0=阴性,1=阳性", intake.Quote(pair))
		}
		m[normalWord(code)] = outcome
	}
	return m, nil
}

func normalWord(text string) string { return strings.ToLower(intake.Fold(text)) }

// ParseOutcome reads a result. The mapping of its source goes first. What neither it nor the common vocabulary knows gives
// false: never a negative.
func ParseOutcome(text string, m Mapping) (Outcome, bool) {
	word := normalWord(text)
	if outcome, ok := m[word]; ok {
		return outcome, true
	}
	if outcome, ok := vocabulary(word); ok {
		return outcome, true
	}
	for _, prefix := range []string{"混检", "混采", "单检", "单采", "单管", "核酸", "抗原"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok {
			return vocabulary(strings.TrimPrefix(rest, ":"))
		}
	}
	return Pending, false
}

func vocabulary(word string) (Outcome, bool) {
	switch word {
	case "阴性", "阴", "阴性(-)", "(-)", "-", "阴性-", "未检出", "正常", "negative", "neg", "negative(-)", "阴性(neg)":
		return Negative, true
	case "阳性", "阳", "(+)", "+", "阳性(+)", "阳性+", "检出", "positive", "pos", "positive(+)":
		return Positive, true
	case "可疑", "灰区", "弱阳", "弱阳性", "单靶标阳性", "待复核", "待复检", "复检中", "异常":
		return Suspect, true
	case "无效", "样本不合格", "需重采", "未采到":
		return Invalid, true
	case "", "检测中", "未出", "待检测", "已采样", "报告未出", "空":
		return Pending, true
	}
	return Pending, false
}

// String gives the word by which the outcome is exported.
func (o Outcome) String() string {
	switch o {
	case Negative:
		return "阴性"
	case Positive:
		return "阳性"
	case Suspect:
		return "可疑"
	case Invalid:
		return "无效"
	}
	return "检测中"
}
