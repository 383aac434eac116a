package web

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fugong/internal/account"
)

// handedIn is a section whose checklist of the day was handed in, with an exception and a changed version.
func handedIn(t *testing.T) *filling {
	f := newFilling(t)
	for _, remark := range []string{"南门，王某，今日；电话13812345678", "南门已封闭"} {
		form := f.usual(checklistOf)
		form.Set("answer.B1", "no")
		form.Set("reason.B1", "另开出入口")
		form.Set("remark.B1", remark)
		review := f.send(form, "review")
		wantRedirect(t, f.send(fieldsOf(document(t, review)), "submit"), "/sections/XY-01/checklists/2022-05-06?notice=sent")
	}
	return f
}

func TestChecklistIsPrintedToBeRead(t *testing.T) {
	f := handedIn(t)
	w := f.manager.get("/sections/XY-01/checklists/2022-05-06.pdf")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/pdf" {
		t.Fatalf("%d %s", w.Code, text(w))
	}
	file := filepath.Join(t.ArtifactDir(), "checklist.pdf")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"每日自查 2022-05-06", "学苑示范项目", "第2版", "打印人 wang", "另开出入口；南门已封闭", "138****5678", "内部资料"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not printed:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "13812345678") {
		t.Error("a phone number is printed in full")
	}
	if x := f.manager.get("/sections/XY-01/checklists/2022-05-06.xlsx"); x.Code != 200 || x.Header().Get("Content-Type") != xlsxType {
		t.Errorf("workbook: %d %s", x.Code, text(x))
	}
	for _, name := range []string{"2022-05-05.pdf", "2022-05-06.txt", "today"} {
		wantStatus(t, f.manager.get("/sections/XY-01/checklists/"+name), 404)
	}
}

// The pages are drawn for somebody to look at, and nothing sticks out of them.
func TestChecklistPagesFitTheScreen(t *testing.T) {
	f := handedIn(t)
	f.hire("zhao", account.Manager, account.Scope{Sections: []string{"XY-01", "XY-02"}})
	site := httptest.NewServer(f.manager.handler)
	defer site.Close()
	b := newTab(t)
	b.open(site.URL+"/login", screens()["phone"])
	b.Fill(`main input[name="username"]`, "zhao")
	b.Fill(`main input[name="password"]`, goodPassword)
	b.Click(`main button[type="submit"]`)
	b.Wait(`.hm-card`)
	for name, path := range map[string]string{"home": "/", "form": checklistOf, "days": "/sections/XY-01/checklists", "day": "/sections/XY-01/checklists/2022-05-06"} {
		for screen, size := range map[string][2]int64{"phone": {390, 844}, "narrow": {320, 640}, "desk": {1440, 900}} {
			b.open(site.URL+path, size)
			if wide := b.finds(tooWide); len(wide) > 0 {
				t.Errorf("%s on %s: %v", name, screen, wide)
			}
			if screen != "narrow" {
				b.Shot("checklist-" + name + "-" + screen)
			}
		}
	}
	b.open(site.URL+checklistOf, screens()["phone"])
	b.Wait(`html[data-ready]`)
	b.Do(`document.querySelector('#a-B1-x').click()`)
	b.Click(`.dock button[name="step"]`)
	b.Wait(`#i-B1 .exc .chk-msg`)
	if cramped := b.finds(`Array.from(document.querySelectorAll('label .chk-msg'), e => e.textContent)`); len(cramped) > 0 {
		t.Errorf("messages within labels: %v", cramped)
	}
}
