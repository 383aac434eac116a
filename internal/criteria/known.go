package criteria

import (
	"strings"

	"fugong/internal/fault"
	"fugong/internal/policy"
)

// Check reports the criteria of a policy that this program does not know, as a fault.Invalid: a rule that nobody judges must
// not look as if it were kept.
func Check(p *policy.Policy) error {
	known := map[string]bool{}
	for _, c := range All() {
		known[string(c.Code)] = true
	}
	var unknown []string
	for _, r := range p.Criteria {
		if !known[r.Criterion] {
			unknown = append(unknown, r.Criterion)
		}
	}
	if len(unknown) > 0 {
		return fault.New(fault.Invalid, "本程序不认识的条件：%s", strings.Join(unknown, "、"))
	}
	return nil
}
