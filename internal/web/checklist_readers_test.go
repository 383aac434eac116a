package web

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/calendar"
)

const (
	checklistsOf = "/sections/XY-01/checklists"
	reportOf     = checklistsOf + "/2022-05-06"
)

// handIn sends the usual checklist of the day.
func (f *filling) handIn() {
	f.Helper()
	review := f.send(f.usual(checklistOf), "review")
	wantRedirect(f, f.send(fieldsOf(document(f, review)), "submit"), reportOf+"?notice=sent")
}

// What comes after the report was due says so wherever the checklist is read; what came in time does not.
func TestLateChecklistsAreMarked(t *testing.T) {
	f := newFilling(t)
	f.handIn()
	for _, address := range []string{checklistsOf, reportOf} {
		if page := f.manager.get(address); strings.Contains(text(page), "迟报") {
			t.Errorf("%s calls what came in time late: %s", address, text(page))
		}
	}
	if page := f.printed(reportOf + ".pdf"); strings.Contains(page, "迟报") {
		t.Errorf("the paper calls what came in time late:\n%s", page)
	}
	f.pass(9*time.Hour + time.Minute) // 17:01
	f.manager = f.enter("wang")
	if form := f.manager.get(checklistOf); !strings.Contains(text(form), "迟报") {
		t.Errorf("nothing warns before a late checklist: %s", text(form))
	}
	f.handIn()
	day := document(t, f.manager.get(reportOf))
	if head := words(day.Find(".hd")); !strings.Contains(head, "迟报") || !strings.Contains(head, "第 2 版") {
		t.Errorf("report: %s", head)
	}
	if versions := texts(day, "aside .flags > li"); len(versions) != 2 || !strings.Contains(versions[0], "迟报") || strings.Contains(versions[1], "迟报") {
		t.Errorf("versions: %q", versions)
	}
	if lines := texts(document(t, f.manager.get(checklistsOf)), ".chk-days .sub"); len(lines) != 2 || !strings.Contains(lines[0], "迟报") ||
		strings.Contains(lines[1], "迟报") {
		t.Errorf("days: %q", lines)
	}
	if page := f.printed(reportOf + ".pdf"); !strings.Contains(page, "迟报") {
		t.Errorf("the paper does not say late:\n%s", page)
	}
}

// printed is the text of a paper.
func (f *filling) printed(address string) string {
	f.Helper()
	w := f.manager.get(address)
	wantStatus(f, w, http.StatusOK)
	file := filepath.Join(f.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		f.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		f.Fatal(err)
	}
	return string(out)
}

// An inspector reads what was handed in and how each answer came about, and hands nothing in.
func TestInspectorsReadChecklists(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	form.Set("how.J7", "bulk")
	review := f.send(form, "review")
	wantRedirect(t, f.send(fieldsOf(document(t, review)), "submit"), reportOf+"?notice=sent")
	f.hire("sun", account.Inspector, account.Everywhere())
	inspector := f.enter("sun")
	wantRedirect(t, inspector.get(checklistOf), reportOf)
	report := document(t, inspector.get(reportOf))
	how := map[string]string{}
	for _, row := range texts(report, ".chk-tbl tbody tr") {
		fields := strings.Fields(row)
		how[fields[0]] = row
	}
	if !strings.Contains(how["J7"], "批量确认") || !strings.Contains(how["B1"], "单项确认") {
		t.Errorf("J7: %q, B1: %q", how["J7"], how["B1"])
	}
	if n := report.Find("main form, main input, main a[href*='checklist?']").Length(); n > 0 {
		t.Errorf("the report offers %d ways to change it", n)
	}
	if list := document(t, inspector.get(checklistsOf)); list.Find(".chk-days > li").Length() != 1 || list.Find("main form, main a[href$='/checklist']").Length() > 0 {
		t.Errorf("days: %s", words(list.Find("main")))
	}
	wantStatus(t, inspector.post(checklistOf, form), http.StatusForbidden)
	f.wantVersions(1)
}

func (f *filling) wantVersions(n int) {
	f.Helper()
	versions, err := f.store.Submissions(f.Context(), account.Everywhere(), "XY-01", calendar.Day(2022, 5, 6))
	if err != nil || len(versions) != n {
		f.Errorf("%d versions, want %d: %v", len(versions), n, err)
	}
}

// A leader reads no section, and to the manager of another one it is not there.
func TestChecklistsAreKeptFromOthers(t *testing.T) {
	f := newFilling(t)
	form := f.usual(checklistOf)
	f.handIn()
	f.hire("li", account.Manager, account.Scope{Sections: []string{"XY-02"}})
	for name, status := range map[string]int{"leader": http.StatusForbidden, "li": http.StatusNotFound} {
		b := f.enter(name)
		for _, address := range []string{checklistOf, checklistsOf, reportOf, reportOf + ".pdf", reportOf + ".xlsx"} {
			if w := b.get(address); w.Code != status || strings.Contains(text(w), "一标段") {
				t.Errorf("%s reads %s: %d, want %d", name, address, w.Code, status)
			}
		}
		for _, step := range []string{"edit", "review", "submit"} {
			sent := url.Values{}
			for field, values := range form {
				sent[field] = values
			}
			sent.Set("step", step)
			sent.Set(formTokenName, b.actor().FormToken) // a form of his own; another's would not be looked at
			if w := b.post(checklistOf, sent); w.Code != status || strings.Contains(text(w), "一标段") {
				t.Errorf("%s sends it (%s): %d, want %d", name, step, w.Code, status)
			}
		}
	}
	f.wantVersions(1)
}
