package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"fugong/internal/account"
)

// sections that each actor sees; who is not named sees none.
func seenBy() map[string][]string {
	all := []string{"QA1", "QA2", "QB1"}
	return map[string][]string{"mgr_A1": {"QA1"}, "mgr_B1": {"QB1"}, "mgr_A1_B1": {"QA1", "QB1"}, "insp_A": {"QA1", "QA2"}, "insp_B": {"QB1"},
		"district": all, "admin": all, "health": all, "stale": all, "token": all, "token_r": {"QA1"}}
}

// TestNothingForeignShows follows all links from every actor's first page, and opens every page there is on every object, too. No
// answer, printed or not, holds anything of a section that the actor does not see, nor what its role is not to see of people.
func TestNothingForeignShows(t *testing.T) {
	w := newWorld(t)
	for _, actor := range actors() {
		forbidden := w.forbidden(actor)
		asked := map[string]bool{}
		w.crawl(actor, "/", asked, forbidden)
		for _, r := range Routes() {
			if r.Method != http.MethodGet {
				continue
			}
			for _, o := range w.objects(r.Path) {
				w.crawl(actor, o.path, asked, forbidden)
			}
		}
		if own := seenBy()[actor]; len(own) > 0 && w.tokens[actor] == "" && !asked["/sections/"+own[0]] {
			t.Errorf("%s never came to %s: asked %v", actor, own[0], slices.Sorted(maps.Keys(asked)))
		}
	}
}

// forbidden lists what an actor must not read, by what it is.
func (w *world) forbidden(actor string) map[string]string {
	words := map[string]string{}
	for _, s := range secrets() {
		words[s] = "somebody's number"
	}
	role := scopes()[actor].role // the test has its own idea of what a role sees
	if role == account.Manager { // calls his own people
		for code, phone := range map[string]string{"QA1": "13812345678", "QB1": "13987654321"} {
			if slices.Contains(seenBy()[actor], code) {
				delete(words, phone)
			}
		}
	}
	tails := role == account.Manager || role == account.Inspector || role == account.District
	names := tails || role == account.Health
	for code, all := range canaries() {
		own := slices.Contains(seenBy()[actor], code)
		for i, word := range all {
			switch person, digits := i == 4, i == 6; {
			case !own:
				words[word] = "of " + code
			case person && !names:
				words[word] = "a worker's name"
			case digits && !tails:
				words["尾号 "+word] = "the last digits of somebody's number"
				words[`"id_tail":"`+word] = "the last digits of somebody's number"
			}
		}
		if tail := all[6]; !own { // four digits stand by chance in many places
			delete(words, tail)
			words["尾号 "+tail], words[`"id_tail":"`+tail], words["**"+tail] = "of "+code, "of "+code, "of "+code
		}
	}
	return words
}

// crawl opens a page and all that it leads to.
func (w *world) crawl(actor, path string, asked map[string]bool, forbidden map[string]string) {
	w.Helper()
	if asked[path] {
		return
	}
	asked[path] = true
	answer := w.ask(actor, http.MethodGet, path, nil)
	read := readable(w, answer)
	_, public, _ := strings.Cut(path, "/v/") // whoever holds a paper may verify it: the section stands on it
	for word, what := range forbidden {
		if strings.Contains(read, word) && !strings.Contains(path, word) && (public == "" || what == "somebody's number") {
			w.Errorf("%s reads %q, %s, on %s", actor, word, what, path)
		}
	}
	if to := answer.Header().Get("Location"); strings.HasPrefix(to, "/") {
		w.crawl(actor, to, asked, forbidden)
	}
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		return
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body.String()))
	if err != nil {
		w.Fatal(err)
	}
	doc.Find("a[href], form[method=get]").Each(func(_ int, e *goquery.Selection) {
		to := e.AttrOr("href", e.AttrOr("action", ""))
		if strings.HasPrefix(to, "/") {
			to, _, _ = strings.Cut(to, "#")
			w.crawl(actor, to, asked, forbidden)
		}
	})
}

// randomKey is what makes a form take effect once: 26 letters that may be anything.
var randomKey = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)

// readable is what can be read of an answer: its headers and text, the text of a PDF as it is printed.
func readable(w *world, answer *httptest.ResponseRecorder) string {
	w.Helper()
	var all strings.Builder
	for name, values := range answer.Header() {
		if name != "X-Request-Id" { // random letters may be anything
			fmt.Fprintln(&all, name, values)
		}
	}
	if answer.Header().Get("Content-Type") == xlsxType {
		return all.String() + unpacked(w, answer.Body.Bytes())
	}
	if answer.Header().Get("Content-Type") != "application/pdf" {
		return all.String() + randomKey.ReplaceAllString(strings.ReplaceAll(answer.Body.String(), answer.Header().Get("X-Request-Id"), ""), "")
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			w.Fatal("pdftotext (poppler-utils) is missing")
		}
		return all.String()
	}
	cmd := exec.Command("pdftotext", "-", "-")
	cmd.Stdin = answer.Body
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		w.Fatalf("pdftotext: %v", err)
	}
	return all.String() + strings.ReplaceAll(out.String(), "\n", "")
}

// unpacked is all that the files of a workbook hold.
func unpacked(tb testing.TB, book []byte) string {
	tb.Helper()
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		tb.Fatal(err)
	}
	var all strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			tb.Fatal(err)
		}
	}
	return all.String()
}

// TestTheCrawlFindsWhatIsThere plants nothing: what is one's own must be found by the same search that finds nothing foreign.
func TestTheCrawlFindsWhatIsThere(t *testing.T) {
	w := newWorld(t)
	page := readable(w, w.ask("insp_A", http.MethodGet, "/sections/QA1", nil))
	printed := readable(w, w.ask("insp_A", http.MethodGet, "/sections/QA1/sheet.pdf", nil))
	for _, word := range canaries()["QA1"] {
		if !strings.Contains(page, word) {
			t.Errorf("%q is not on the page of its section", word)
		}
		if _, err := exec.LookPath("pdftotext"); err == nil && !strings.Contains(printed, word) {
			t.Errorf("%q is not on the sheet of its section", word)
		}
	}
	if !strings.Contains(page, "尾号 0013") || !strings.Contains(printed, "**0013") {
		t.Error("last digits are written in another way than the search looks for")
	}
}

// TestCountsAgreeWithScope: every number on a list is that of the sections one sees, whatever is searched for.
func TestCountsAgreeWithScope(t *testing.T) {
	w := newWorld(t)
	for actor, own := range seenBy() {
		if w.tokens[actor] != "" {
			continue
		}
		for query, want := range map[string]int{
			"": len(own), "q=" + url.QueryEscape("工程"): len(own), "q=" + url.QueryEscape("x' OR '1'='1"): 0, "verdict=unmet": len(own),
			"street=" + url.QueryEscape("甲柳街道"): count(own, "QA"), "q=QB1": count(own, "QB"), "q=%25": 0, "verdict=met": 0,
		} {
			page := w.ask(actor, http.MethodGet, "/sections?"+query, nil)
			doc := document(t, page)
			said := fmt.Sprintf("共 %d 个标段", want)
			if n := doc.Find("tbody tr").Length(); n != want || !strings.Contains(doc.Find(".page-h").Text(), said) {
				t.Errorf("%s with %q: %d rows, want %d: %s", actor, query, n, want, doc.Find(".page-h").Text())
			}
			if heads := doc.Find(".kpi").First().Find("b").Text(); heads != fmt.Sprint(want) { // one person a section
				t.Errorf("%s with %q: %s people, want %d", actor, query, heads, want)
			}
			streets := doc.Find("select[name=street] option").Length() - 1
			if strings.HasPrefix(query, "street=") && want == 0 {
				streets-- // the form says what the address says, whether there is such a street or not
			}
			if want := min(1, count(own, "QA")) + min(1, count(own, "QB")); streets != want {
				t.Errorf("%s with %q is offered %d streets, want %d", actor, query, streets, want)
			}
		}
	}
}

func count(codes []string, prefix string) int {
	n := 0
	for _, code := range codes {
		if strings.HasPrefix(code, prefix) {
			n++
		}
	}
	return n
}

// TestSheetsAreOfOnesOwnSections: whatever is asked for, printed is what one sees.
func TestSheetsAreOfOnesOwnSections(t *testing.T) {
	w := newWorld(t)
	for actor, own := range seenBy() {
		if role := scopes()[actor].role; w.tokens[actor] != "" || role == account.Admin || role == account.Health {
			continue
		}
		for _, query := range []string{"", "?flagged=1", "?verdict=unmet", "?copy=posted"} {
			read := readable(w, w.ask(actor, http.MethodGet, "/sheets.pdf"+query, nil))
			for code := range canaries() {
				if has := strings.Contains(read, code); has != slices.Contains(own, code) {
					t.Errorf("%s prints %s%s: %v", actor, code, query, has)
				}
			}
		}
	}
}
