package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func decimal(n int) string { return strconv.Itoa(n) }

// text reads a PDF, without the spaces that the layout puts in.
func (w *world) text(pdf string) string {
	w.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			w.Fatal("pdftotext is not installed, and in CI nothing is skipped")
		}
		w.Skip("pdftotext is not installed")
	}
	cmd := exec.CommandContext(w.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		w.Fatalf("read PDF of %d bytes: %v", len(pdf), err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}

// outlined counts the entries of a PDF's outline.
func outlined(pdf string) int {
	return len(regexp.MustCompile(`/Title \S`).FindAllString(pdf, -1)) - 1 // the document has a title, too
}

// TestSheet: to a file or to stdout alike; the internal copy names whom it is about with the last four characters of the number.
func TestSheet(t *testing.T) {
	w := newDistrict(t)
	w.must("sheet", "--section", "XY-01", "--at", morning, "--out", w.path("one.pdf"))
	text := w.text(string(w.read("one.pdf")))
	for _, word := range []string{"建筑工地复工复产核查表", "学苑示范项目", "XY-01", "不符合", "丙", "0055", "49小时0分", "2022-05-0407:00"} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not on the sheet", word)
		}
	}
	if strings.Contains(text, "320699198810010055") {
		t.Error("a whole ID number is on the sheet")
	}
	out := w.must("sheet", "--section", "XY-01", "--at", morning, "--copy", "internal", "--out", "-")
	if got := w.text(out); !strings.Contains(got, "49小时0分") {
		t.Errorf("stdout holds\n%s", got)
	}
	later := w.text(w.must("sheet", "--section", "XY-01", "--at", "2022-05-06T12:15:00+08:00", "--out", "-"))
	if !strings.Contains(later, "53小时15分") {
		t.Errorf("the sheet of 12:15 does not say how old the sample of 丙 is then:\n%s", later)
	}
}

// TestPostedCopy may hang on the wall: no name in full, no number, no telephone.
func TestPostedCopy(t *testing.T) {
	w := newDistrict(t)
	w.must("import", "roster", w.write("more.csv", "标段编号,姓名,证件号码,进场时间,手机号码\nXY-01,欧阳建国,32069919910412018X,2022-04-20 08:00,13987654321\n"))
	internal := w.text(w.must("sheet", "--section", "XY-01", "--out", "-"))
	posted := w.text(w.must("sheet", "--section", "XY-01", "--copy", "posted", "--out", "-"))
	for _, secret := range []string{"欧阳建国", "018X"} {
		if !strings.Contains(internal, secret) {
			t.Errorf("%q is not on the internal copy, so that its absence from the posted one proves nothing", secret)
		}
	}
	for _, secret := range []string{"欧阳建国", "018X", "13987654321", "4321", "0055", "32069919"} {
		if strings.Contains(posted, secret) {
			t.Errorf("%q is on the posted copy", secret)
		}
	}
	if !strings.Contains(posted, "XY-01") || !strings.Contains(posted, "不符合") {
		t.Errorf("the posted copy says\n%s", posted)
	}
}

// TestSheets: one document with an entry of the outline for each section, in the order named, or else by code.
func TestSheets(t *testing.T) {
	w := newDistrict(t)
	w.evaluate("--section", "XY-01") // judged and flagged; the other is not
	for _, tt := range []struct {
		name string
		want []string
		args []string
	}{
		{"all", []string{"XY-01", "XY-02"}, nil},
		{"flagged", []string{"XY-01"}, []string{"--flagged"}},
		{"street", []string{"XY-02"}, []string{"--street", "南安桥街道"}},
		{"streets", []string{"XY-01", "XY-02"}, []string{"--street", "南安桥街道", "--street", "学苑街道"}},
		{"named", []string{"XY-02", "XY-01"}, []string{"--section", "XY-02", "--section", "XY-01", "--section", "XY-02"}},
		{"named and flagged", []string{"XY-01"}, []string{"--section", "XY-02,XY-01", "--flagged"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{t, w.dir, w.env}
			file := w.path(tt.name + ".pdf")
			w.must(append([]string{"sheets", "--out", file}, tt.args...)...)
			pdf := string(w.read(tt.name + ".pdf"))
			if n := outlined(pdf); n != len(tt.want) {
				t.Errorf("%d entries in the outline, want %d", n, len(tt.want))
			}
			text := w.text(pdf)
			last := -1
			for _, code := range tt.want {
				at := strings.Index(text, "HC-"+code)
				if at <= last {
					t.Errorf("%s is not where it belongs", code)
				}
				last = at
			}
		})
	}
	if !bytes.Contains(w.read("all.pdf"), []byte("/Outlines")) {
		t.Error("the document has no outline")
	}
}

// TestOutReplacesWhole: a file is replaced by a whole one or not at all, and a device is not replaced.
func TestOutReplacesWhole(t *testing.T) {
	w := newDistrict(t)
	file := w.write("sheet.pdf", "old")
	w.want(1, "sheet", "--section", "XY-99", "--out", file)
	if string(w.read("sheet.pdf")) != "old" {
		t.Error("a failed print replaced the file")
	}
	w.must("sheet", "--section", "XY-01", "--out", file)
	if !bytes.HasPrefix(w.read("sheet.pdf"), []byte("%PDF-")) {
		t.Error("the file was not replaced")
	}
	left, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		if strings.HasPrefix(entry.Name(), ".fugong-") {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
}
