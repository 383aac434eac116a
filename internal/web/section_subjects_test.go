package web

import (
	"net/http"
	"strings"
	"testing"

	"fugong/internal/account"
)

// TestSubjectsOfAFinding: the page of a section lists the first people of a finding, and leads to the list of all of them, which
// pages, and goes out as a table.
func TestSubjectsOfAFinding(t *testing.T) {
	o := newOffice(t)
	o.everyone()
	o.fillDesk(1)
	inspector := o.enter(string(account.Inspector))
	long := document(t, inspector.get("/sections/S-0001")).Find(".crit:has(a.all)").First()
	if n := long.Find("tbody tr").Length(); n != subjectsShown {
		t.Fatalf("the section lists %d people of a finding of a hundred", n)
	}
	if said := long.Find("summary").Text() + long.Find("a.all").Text(); strings.Count(said, "100") != 2 {
		t.Errorf("of how many there are it says %q", said)
	}
	all, _ := long.Find("a.all").Attr("href")
	page := document(t, inspector.get(all))
	if n := page.Find(".named tbody tr").Length(); n != peopleShown || page.Find(".named td:empty").Length() > 0 {
		t.Errorf("%s lists %d people", all, n)
	}
	next, _ := page.Find(`.ent__sum a[href*="page=1"]`).Attr("href")
	if n := document(t, inspector.get(next)).Find(".named tbody tr").Length(); n != 100-peopleShown {
		t.Errorf("%s lists %d people", next, n)
	}
	file, _ := page.Find(`a[href*=".csv"]`).Attr("href")
	csv := inspector.get(file)
	wantStatus(t, csv, http.StatusOK)
	if body := csv.Body.String(); strings.Count(body, "S-0001,工人") != 100 || strings.Contains(body, identity(7)) {
		t.Errorf("%s sends %.300q", file, body)
	}
	wantStatus(t, inspector.get("/sections/S-0001/people?finding=nat.nothing"), http.StatusNotFound)
	wantStatus(t, o.enter(string(account.Health)).get(all), http.StatusForbidden)
}
