package sheet

import (
	"bytes"
	"strings"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/sheet/sheettest"
)

func issuedOf(src Source) Source {
	src.Number = "复核〔2022〕第000123号"
	src.Issue = &Issue{
		ID: "AAECAwQFBgcICQoLDA0ODw", Host: "fugong.example", Words: "9f3a 0c11 2b4e 77d0 1a2b 3c4d 5e6f 7081", At: "2022-05-06 08:30",
		Link: "https://fugong.example/v/AAECAwQFBgcICQoLDA0ODw?h=nzoMESuOd9AaKzxNXm9wgQ#1a2b3c4d." + strings.Repeat("aB3-_", 17) + "Q",
		By:   "检查人员", Trail: "10432 · 9f3a0c112b4e77d0",
	}
	return src
}

// TestCodeIsReadFromThePage draws the page as a printer would and reads the code from the picture with another's decoder.
func TestCodeIsReadFromThePage(t *testing.T) {
	for name, src := range map[string]Source{"internal": issuedOf(unmetSource()), "posted": postedOf(issuedOf(unmetSource()))} {
		t.Run(name, func(t *testing.T) {
			pdf := render(t, src)
			if got := sheettest.Code(t, pdf); got != src.Issue.Link {
				t.Errorf("the code says %q, want %q", got, src.Issue.Link)
			}
			if !bytes.Contains(pdf, []byte(Claim+src.Issue.ID)) {
				t.Error("the document does not tell its id")
			}
		})
	}
}

func TestIssuedSheetSaysWhatItProves(t *testing.T) {
	src := issuedOf(metSource())
	pages := pagesOf(text(t, render(t, src), "-raw"))
	for _, want := range []string{src.Number, "fugong.example", src.Issue.Words, "检查人员", "2022-05-06 08:30", src.Issue.Trail} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
	for i, page := range pages {
		if !strings.Contains(page, "审计序号 "+src.Issue.Trail) || !strings.Contains(page, src.Number) {
			t.Errorf("page %d lacks the head of the audit trail or the number", i+1)
		}
		if strings.Contains(page, "未签发") || strings.Contains(page, "〓") {
			t.Errorf("page %d is marked as a draft, or has characters that cannot be printed", i+1)
		}
	}
}

func TestDraftIsMarkedOnEveryPage(t *testing.T) {
	for i, page := range pagesOf(text(t, render(t, metSource()), "-raw")) {
		if !strings.Contains(solid(page), "未签发编号HC-XY-01") || !strings.Contains(page, "未签发，不作凭证") {
			t.Errorf("page %d could be taken for an issued paper", i+1)
		}
	}
}

func TestLinkTooLongForACode(t *testing.T) {
	if err := CheckLink("https://" + strings.Repeat("a", 3000)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	if err := CheckLink(issuedOf(metSource()).Issue.Link); err != nil {
		t.Error(err)
	}
}
