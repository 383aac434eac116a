package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/store/storetest"
)

// regressions are the holes that others' programs of this kind had, each with the tests that hold it shut here, or with the reason
// why there is nothing yet that could have it.
func regressions() []struct{ name, hole, tests, notYet string } {
	return []struct{ name, hole, tests, notYet string }{
		{"R1", "a file by a foreign id", "TestWhoMayDoWhat TestPapersStayInTheirScope TestForeignPhotosAreNotThere", ""},
		{"R2", "a child of a foreign parent through one's own", "TestForeignChildThroughOwnParent", ""},
		{"R3", "comment or photo of a foreign checklist", "TestAPITellsNothingOfForeignSections TestForeignPhotosAreNotThere", ""},
		{"R4", "another user's export", "TestForeignExportsAreNotThere TestWhoMayDoWhat", ""},
		{"R5", "a disabled user by a second way in", "TestShuttingOutWorksAtOnce TestStateIsReadOnEveryRequest TestEnabledUsersStartAfresh", ""},
		{"R6", "a role lowered during a session", "TestWhoMayDoWhat TestScopeTakenAwayWorksAtOnce", ""},
		{"R7", "a section moved to one's own street", "TestMovedSectionChangesHands", ""},
		{"R8", "a search that leaves the scope", "TestSearchStaysInScope TestCountsAgreeWithScope", ""},
		{"R9", "the order tells a hidden column", "TestOrderTellsNothing", ""},
		{"R10", "counts and totals of what one does not see", "TestCountsAgreeWithScope TestSmallGroupsAreNotShown", ""},
		{"R11", "suggestions of what one does not see", "TestCountsAgreeWithScope", ""},
		{"R12", "a notice after the scope was taken away", "", "there are no notices yet"},
		{"R13", "a link used twice", "TestSetupLinkWorksOnce TestInvitationSetsThePasswordOnce", ""},
		{"R14", "a code used twice, by many at once, or guessed", "TestSecondFactor TestStepIsAcceptedOnce TestCodesCannotBeGuessed", ""},
		{"R15", "slowing down that is passed by a made-up address", "TestAddressesCannotBeMadeUp TestGuessingFromManySidesGainsNothing", ""},
		{"R16", "a session that outlives a change of password", "TestChangingThePassword TestChangesEndWhatRestsOnThem", ""},
		{"R17", "a redirect to another site", "TestSafeNext TestSigningInLeadsNowhereElse", ""},
		{"R18", "an upload shown as a page", "TestAPITakesPhotos TestAPIRefusesPhotos TestInspectRefuses", ""},
		{"R19", "an import past its limit of size", "TestAPIRefusesFiles TestLargeBodiesAreRefused", ""},
		{"R20", "names told by status, time or length", "TestNamesAreNotGivenAway TestUnknownNamesCostTheSame", ""},
	}
}

// mutants are changes to the program that must not survive its tests, each with those that were seen to fail under it.
func mutants() []struct{ name, hole, tests, notYet string } {
	return []struct{ name, hole, tests, notYet string }{
		{"M1", "the scope is dropped in one list", "TestScopesHoldInEveryRead TestScopesHoldInPages", ""},
		{"M2", "WhereOr outside a group", "TestNothingIsShownOutsideTheScope", ""},
		{"M3", "synchronous=NORMAL", "TestMigrateAppliesEachStepOnce", ""},
		{"M4", "no idempotency", "TestSameRequestHasOneEffect TestSameKeyAmongMany", ""},
		{"M5", "told before the commit", "TestAFailedCommitIsTold TestKilledImport", ""},
		{"M6", "a session is put back on touch", "TestLogoutWinsAgainstRequestsUnderWay TestSigningOutWins", ""},
		{"M7", "no multipart clean-up", "TestAPILeavesNoTemporaryFiles TestUploadsLeaveNoFiles", ""},
		{"M8", "no limits for XLSX and uploads", "TestReadXLSXRefuses TestAPIRefusesFiles", ""},
		{"M9", "seals that are bound to no row", "TestMovedSealIsRefused TestBlobsOpenOnlyWhereTheyBelong", ""},
		{"M10", "the address is what a header says", "TestAddressesCannotBeMadeUp", ""},
	}
}

func TestEveryRegressionHasItsTest(t *testing.T) {
	known := testsOfTheProgram(t)
	for _, r := range append(regressions(), mutants()...) {
		if (r.tests == "") == (r.notYet == "") {
			t.Errorf("%s has neither tests nor a reason, or both", r.name)
		}
		for _, test := range strings.Fields(r.tests) {
			if !known[test] {
				t.Errorf("%s, %s: there is no %s", r.name, r.hole, test)
			}
		}
	}
}

func testsOfTheProgram(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, root := range []string{"..", "../../cmd"} {
		addTests(t, root, known)
	}
	return known
}

func addTests(t *testing.T, root string, known map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is {
				known[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForeignChildThroughOwnParent(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		answer := w.ask("mgr_A1", method, "/sections/QA1/workers/"+w.names["wB1"]+"/number", url.Values{"reason": {"核对身份"}})
		wantStatus(t, answer, http.StatusNotFound)
		for _, word := range append(canaries()["QB1"], secrets()...) {
			if strings.Contains(readable(w, answer), word) {
				t.Errorf("%s tells %q", method, word)
			}
		}
	}
	answer := w.ask("admin", http.MethodPost, "/users/"+w.names["u_mgr_A1"]+"/tokens/"+w.names["t_chief"]+"/revoke", nil)
	wantStatus(t, answer, http.StatusNotFound)
	if w.dump() != w.before {
		t.Error("what was refused changed the database")
	}
}

func TestScopeTakenAwayWorksAtOnce(t *testing.T) {
	w := newWorld(t)
	wantStatus(t, w.ask("mgr_A1_B1", http.MethodGet, "/sections/QB1", nil), http.StatusOK)
	u, err := w.store.UserByName(t.Context(), "mgr_a1_b1")
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.ChangeUser(t.Context(), u.ID, account.Manager, account.Scope{Sections: []string{"QA1"}}, audit.Act{Actor: "test"}, w.now())
	if err != nil {
		t.Fatal(err)
	}
	if word := wordOf(w.ask("mgr_A1_B1", http.MethodGet, "/sections/QB1", nil)); word != "login" {
		t.Errorf("the session goes on: %s", word)
	}
	if u, err = w.store.UserByName(t.Context(), "mgr_a1_b1"); err != nil {
		t.Fatal(err)
	}
	w.signIn("mgr_A1_B1", u)
	wantStatus(t, w.ask("mgr_A1_B1", http.MethodGet, "/sections/QB1", nil), http.StatusNotFound)
	wantStatus(t, w.ask("mgr_A1_B1", http.MethodGet, "/sections/QA1", nil), http.StatusOK)
}

// TestMovedSectionChangesHands: a section belongs to the street where it is now, and those who may not see it cannot move it.
func TestMovedSectionChangesHands(t *testing.T) {
	w := newWorld(t)
	for actor, want := range map[string]int{"mgr_B1": 403, "insp_B": 403, "admin": 403, "leader": 403} {
		wantStatus(t, w.ask(actor, http.MethodPost, apiPrefix+"v1/imports/sections", nil), want)
	}
	storetest.Import(t, w.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道
		QC,柏山工程,QA2,甲二标,乙桐街道`)
	for _, path := range []string{"/sections/QA2", "/sections/QA2/sheet.pdf", "/papers/" + w.names["pA2"] + ".pdf"} {
		wantStatus(t, w.ask("insp_A", http.MethodGet, path, nil), http.StatusNotFound)
		wantStatus(t, w.ask("insp_B", http.MethodGet, path, nil), http.StatusOK)
	}
}

func TestSearchStaysInScope(t *testing.T) {
	w := newWorld(t)
	for _, q := range []string{"QB1", "榆海", "乙一标", "q", "%", "_", "'", "' OR 1=1 --", "QA1 OR QB1", "*", "\\", "a\" OR \"a"} {
		for _, path := range []string{"/sections?q=", "/sections?verdict=unmet&street=" + url.QueryEscape("乙桐街道") + "&q=", "/api/v1/sections?q=", "/api/v1/sections?street=" + url.QueryEscape("乙桐街道") + "&q="} {
			read := found(w, w.ask("mgr_A1", http.MethodGet, path+url.QueryEscape(q), nil))
			for _, word := range canaries()["QB1"][:4] {
				if strings.Contains(read, word) {
					t.Errorf("a search for %q by %s finds %q", q, path, word)
				}
			}
		}
	}
}

// found is what an answer tells of what was found: the rows, figures and choices of a page, which also repeats what was asked
// for, or all of another answer.
func found(w *world, answer *httptest.ResponseRecorder) string {
	w.Helper()
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		return readable(w, answer)
	}
	var told strings.Builder
	document(w, answer).Find("tbody, .kpis, select option:not([selected])").Each(func(_ int, part *goquery.Selection) {
		html, err := goquery.OuterHtml(part)
		if err != nil {
			w.Fatal(err)
		}
		told.WriteString(html)
	})
	if told.Len() == 0 {
		w.Fatalf("nothing of the page can be read: %s", answer.Body)
	}
	return told.String()
}

// TestOrderTellsNothing: lists are ordered by what they show; there is no parameter that orders or filters by anything else.
func TestOrderTellsNothing(t *testing.T) {
	w := newWorld(t)
	plain := found(w, w.ask("district", http.MethodGet, "/sections", nil))
	for _, query := range []string{"sort=phone", "order=number_sealed", "sort=-evaluated_at", "order_by=1%3BDROP+TABLE+users"} {
		if got := found(w, w.ask("district", http.MethodGet, "/sections?"+query, nil)); got != plain {
			t.Errorf("%s changes the list", query)
		}
		wantStatus(t, w.ask("district", http.MethodGet, "/api/v1/sections?"+query, nil), http.StatusUnprocessableEntity)
	}
}
