package checklist

import (
	"unicode/utf8"

	"fugong/internal/fault"
)

// Digits is how many decimals of a number are kept, and longestRemark how many characters a remark may have.
const (
	Digits        = 3
	longestRemark = 500
)

// Validate tells what is wrong with an answer to the item, as a fault.Invalid whose Fields are named answer, number and remark.
// An item may be answered with a word, with a number, or with both, as its Input says.
func (i Item) Validate(a Answer) error {
	fields := map[string]string{}
	says, counts := a.Choice == Yes || a.Choice == No || a.Choice == NotApplicable, a.Number != ""
	switch {
	case !says && !counts && i.Input.Has(Count):
		fields["number"] = "请填写数字"
	case !says && !counts:
		fields["answer"] = "请回答是、否或不适用"
	case says && !i.takes(a.Choice):
		fields["answer"] = "这一项不能这样回答，请填写数字"
	}
	if counts && !i.Input.Has(Count) {
		fields["number"] = "这一项不填数字"
	}
	switch {
	case TooLong(a.Remark):
		fields["remark"] = "备注不能超过 500 个字"
	case a.Remark == "" && a.Choice == No && i.Input.Has(RemarkOnNo):
		fields["remark"] = "回答“否”时请在备注中写明情况、责任人和整改期限"
	case a.Remark == "" && a.Choice == Yes && i.Input.Has(Words) && !i.Input.Has(YesNo):
		fields["remark"] = "请在备注中写明"
	}
	if len(fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: "第 " + i.Code + " 项填写有误", Fields: fields}
}

// TooLong reports whether a remark has more characters than are kept.
func TooLong(remark string) bool { return utf8.RuneCountInString(remark) > longestRemark }

// takes reports whether a word may answer the item. That there is nothing to count is said with 0; that what was counted is
// not in order, with 否.
func (i Item) takes(c Choice) bool {
	return i.Input&(YesNo|Words) != 0 || c == No && (i.Input.Has(RemarkOnNo) || len(i.Figures) > 0)
}
