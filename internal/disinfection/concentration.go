package disinfection

import (
	"strings"

	"fugong/internal/intake"
)

// strongest is pure substance, in mg/L.
const strongest = 1_000_000

// readConcentration reads a concentration and the unit it is counted in; none gives NoUnit.
func readConcentration(r *intake.Reader, agent string) (int, Unit) {
	const column = "浓度"
	text := r.Value(column)
	if text == "" {
		return 0, NoUnit
	}
	n, unit, err := ParseConcentration(text, agent)
	if err != nil {
		r.Fail(column, err)
	}
	return n, unit
}

// ParseConcentration reads what was written as a concentration of an agent: 500 and 500mg/L are milligrams per litre, 75% is
// a percentage, and so is a bare 75 of alcohol. A percentage of chlorine, or one that is no whole number, is told in mg/L:
// 0.05% is 500. A fault is an *intake.Flaw of NUMBER or RANGE.
func ParseConcentration(text, agent string) (int, Unit, error) {
	number, unit := splitUnit(intake.Fold(text))
	alcohol := containsAny(agent, "酒精", "乙醇")
	n, err := intake.ParseDecimal(number, 4)
	if err != nil {
		return 0, NoUnit, intake.NewFlaw(intake.BadNumber, "%s不是浓度，请写成 500mg/L 或 75%%", intake.Quote(text))
	}
	if unit == NoUnit {
		unit = MilligramsPerLitre
		if alcohol && n <= 100*10_000 {
			unit = Percent
		}
	}
	whole := n%10_000 == 0
	if unit == Percent && !alcohol && (!whole || containsAny(agent, "氯", "84", "漂白", "优氯净")) {
		n, unit, whole = n*10_000, MilligramsPerLitre, true
	}
	switch {
	case !whole:
		return 0, NoUnit, intake.NewFlaw(intake.BadNumber, "%s不是整数，是否漏了百分号？请写成 500mg/L 或 75%%", intake.Quote(text))
	case n <= 0, unit == Percent && n > 100*10_000, n > strongest*10_000:
		return 0, NoUnit, intake.NewFlaw(intake.Range, "%s超出浓度可能的范围，请核对单位", intake.Quote(text))
	}
	return int(n / 10_000), unit, nil
}

// splitUnit takes the unit off a folded text.
func splitUnit(text string) (number string, unit Unit) {
	lower := strings.ToLower(text)
	for _, suffix := range []string{"mg/l", "毫克/升", "毫克每升", "ppm", "mg/升"} {
		if rest, ok := strings.CutSuffix(lower, suffix); ok {
			return rest, MilligramsPerLitre
		}
	}
	for _, suffix := range []string{"%vol", "%", "度"} {
		if rest, ok := strings.CutSuffix(lower, suffix); ok {
			return rest, Percent
		}
	}
	return lower, NoUnit
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
