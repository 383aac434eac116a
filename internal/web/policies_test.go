package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/locale"
	"fugong/internal/policy"
)

// TestParametersHaveNames: each stands under one domain, has a name and, where it has one, a unit, in each language.
func TestParametersHaveNames(t *testing.T) {
	catalogue, keys := loadWords(t), []string{}
	for _, d := range domains() {
		keys = append(keys, strings.Fields(d.keys)...)
	}
	slices.Sort(keys)
	var want []string
	for _, p := range policy.Parameters() {
		want = append(want, p.Key)
		for _, lang := range locale.Languages() {
			if len(catalogue.Texts("param."+p.Key, lang)) == 0 {
				t.Errorf("%s has no name in %s", p.Key, lang)
			}
			if p.Unit != "" && len(catalogue.Texts("unit."+p.Unit, lang)) == 0 {
				t.Errorf("the unit %s of %s has no words in %s", p.Unit, p.Key, lang)
			}
		}
	}
	slices.Sort(want)
	if !slices.Equal(keys, want) {
		t.Errorf("domains hold %q, want %q", keys, want)
	}
}

// TestSectionLeadsToItsRules: by name and version, and each criterion to what the policy says of it, for who may read policies.
func TestSectionLeadsToItsRules(t *testing.T) {
	w := newDistrict(t)
	doc := w.page(http.StatusOK, "/sections/XY-01")
	if got := words(doc.Find(".verdict p")); !strings.HasPrefix(got, "依据疫情防控复工条件（2022）第 1 版，判定于") {
		t.Errorf("the verdict says %q", got)
	}
	href, _ := doc.Find(`.crit[id="c-nat.latest_negative"] .links a`).First().Attr("href")
	page, anchor, _ := strings.Cut(href, "#")
	if n := w.page(http.StatusOK, page).Find(`[id="` + anchor + `"]`).Length(); n != 1 || anchor == "" {
		t.Errorf("%q leads to %d rules", href, n)
	}
	b := w.enter(string(account.Inspector))
	if page := b.get("/sections/XY-01").Body.String(); strings.Contains(page, `href="/policies`) || !strings.Contains(page, "疫情防控复工条件（2022）") {
		t.Error("an inspector is led to a page that is not his, or does not read by what is judged")
	}
}
