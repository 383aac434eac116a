package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fugong/internal/account"
)

// TestPapersAreFoundByTheirNumbers, however the number is written, within the scope of who asks.
func TestPapersAreFoundByTheirNumbers(t *testing.T) {
	w := newDistrict(t)
	wantStatus(t, w.post("/sections/XY-01/sheet", url.Values{"key": {"0192f0c1-7c1e-7cc0-8000-000000000001"}, "copy": {"internal"}}), http.StatusSeeOther)
	for _, number := range []string{"2022-1", "2022-000001", "复核〔2022〕第000001号", " 2022 / 000001 "} {
		answer := w.get("/verify?number=" + url.QueryEscape(number))
		to := answer.Header().Get("Location")
		if answer.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/v/") {
			t.Errorf("%q: %d to %q", number, answer.Code, to)
			continue
		}
		if page := w.page(http.StatusOK, to); !strings.Contains(words(page.Find("main")), "有效") || !strings.Contains(words(page.Find("main")), "XY-01") {
			t.Errorf("%q: %q", number, words(page.Find("main")))
		}
	}
	for _, number := range []string{"2022-2", "2021-1", "1", "核查表", "2022-99999999999999999999"} {
		doc := w.page(http.StatusUnprocessableEntity, "/verify?number="+url.QueryEscape(number))
		if typed, _ := doc.Find(`input[name=number]`).Attr("value"); typed != number || doc.Find(".probs a").Length() != 1 {
			t.Errorf("%q: the form keeps %q", number, typed)
		}
	}
	w.hire("elsewhere", account.Inspector, account.Scope{Streets: []string{"南安桥街道"}})
	wantStatus(t, w.enter("elsewhere").get("/verify?number=2022-1"), http.StatusUnprocessableEntity)
	wantStatus(t, w.get("/verify"), http.StatusOK)
}
