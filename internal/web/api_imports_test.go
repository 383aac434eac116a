package web

import (
	"bytes"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fugong/internal/intake"
	"fugong/internal/store"
)

func TestAPIImports(t *testing.T) {
	a := newAPI(t)
	dry := a.upload("district", "/imports/rooms?dry_run=true", "", "rooms.csv", rooms)
	if dry.Code != http.StatusOK || !strings.Contains(dry.Body.String(), `"dry_run":true,"accepted":1`) {
		t.Errorf("dry run: %d %s", dry.Code, dry.Body)
	}
	first := a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms)
	for _, part := range []string{`"kind":"rooms","file":"rooms.csv","dry_run":false,"accepted":1,"duplicate":0,"quarantined":0,"rejected":1`, `"line":3,"outcome":"rejected","code":"UNKNOWN_SECTION"`} {
		if first.Code != http.StatusOK || !strings.Contains(first.Body.String(), part) {
			t.Errorf("import: %d %s, want %s", first.Code, first.Body, part)
		}
	}
	again := a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms)
	if again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replay") != "true" {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms+"XY-01,103,20,4\n"), http.StatusConflict)
	wantProblem(t, a.upload("district", "/imports/areas", keyOne, "rooms.csv", "标段编号,区域编号,区域名称,区域类型\nXY-01,A1,一号宿舍,宿舍\n"), http.StatusConflict)
	if anew := a.upload("district", "/imports/rooms", keyTwo, "rooms.csv", rooms); !strings.Contains(anew.Body.String(), `"accepted":0,"duplicate":1`) {
		t.Errorf("anew: %s", anew.Body)
	}
	entries, err := a.store.AuditEntries(t.Context(), store.AuditFilter{Action: "import", Actor: "district", Limit: 9})
	if err != nil || len(entries) != 2 || entries[0].Act.RequestID == "" || entries[0].Act.Role != "district" {
		t.Errorf("audit: %+v, %v", entries, err)
	}
	results := "证件号码,采样时间,检测结果\n320699199003070013,2022-05-06 07:00,阴性\n"
	if w := a.upload("health", "/imports/results", keyOne, "lab.csv", results); w.Code != http.StatusOK {
		t.Errorf("results of the health office: %d %s", w.Code, w.Body)
	}
	wantProblem(t, a.upload("health", "/imports/rooms", keyTwo, "rooms.csv", rooms), http.StatusForbidden)
	wantProblem(t, a.upload("manager", "/imports/sections", keyTwo, "rooms.csv", rooms), http.StatusForbidden)
	for _, part := range []string{`"duplicate":1,"quarantined":0,"rejected":1`, `"line":3,"outcome":"rejected","code":"UNKNOWN_SECTION"`} {
		if w := a.upload("manager", "/imports/rooms?dry_run=true", "", "rooms.csv", rooms); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), part) {
			t.Errorf("rooms of a manager: %d %s, want %s", w.Code, w.Body, part)
		}
	}
	others := "标段编号,房间号,使用面积,床位数\nQZ-01,301,20,4\nXY-99,301,20,4\n"
	w := a.upload("manager", "/imports/rooms", keyTwo, "rooms.csv", others)
	told := strings.ReplaceAll(w.Body.String(), "QZ-01", "XY-99")
	if want := `"message":"没有编号为“XY-99”的标段，请先导入标段信息"`; strings.Count(told, want) != 2 || !strings.Contains(told, `"accepted":0`) {
		t.Errorf("rooms of others: %s", w.Body)
	}
}

func TestAPIRefusesFiles(t *testing.T) {
	a := newAPI(t)
	wantProblem(t, a.upload("district", "/imports/dogs", keyOne, "rooms.csv", rooms), http.StatusNotFound)
	wantProblem(t, a.upload("district", "/imports/rooms", "", "rooms.csv", rooms), http.StatusUnprocessableEntity, idempotencyKey)
	wantProblem(t, a.upload("district", "/imports/rooms?dry_run=perhaps", keyOne, "rooms.csv", rooms), http.StatusUnprocessableEntity, "dry_run")
	wantProblem(t, a.upload("district", "/imports/rooms?dryrun=true", keyOne, "rooms.csv", rooms), http.StatusUnprocessableEntity, "dryrun")
	for name, content := range map[string]string{
		"empty.csv": "", "other.csv": "a,b\n1,2\n", "old.xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "broken.xlsx": "PK\x03\x04broken", "image.png": "\x89PNG\r\n\x1a\n",
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, a.upload("district", "/imports/rooms", keyOne, name, content), http.StatusUnprocessableEntity, "file")
		})
	}
	long := rooms + strings.Repeat(" ", uploadLimit)
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", long), http.StatusRequestEntityTooLarge)
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", long+strings.Repeat(" ", 2*formMemory)), http.StatusRequestEntityTooLarge)
	many := rooms + strings.Repeat("XY-01,Z,18,6\n", intake.UploadLimits().Rows) // what an operator may bring, but no stranger
	wantProblem(t, a.upload("district", "/imports/rooms", keyOne, "rooms.csv", many), http.StatusUnprocessableEntity, "file")
	wantProblem(t, a.send("district", http.MethodPost, apiRoot+"/imports/rooms", jsonWith(keyOne), `{}`), http.StatusUnsupportedMediaType)
	parts := func(write func(m *multipart.Writer) error) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		if err := errors.Join(write(m), m.Close()); err != nil {
			t.Fatal(err)
		}
		h := http.Header{"Content-Type": {m.FormDataContentType()}, idempotencyKey: {keyOne}}
		return a.send("district", http.MethodPost, apiRoot+"/imports/rooms", h, b.String())
	}
	file := func(m *multipart.Writer, field string) error {
		w, err := m.CreateFormFile(field, "rooms.csv")
		if err == nil {
			_, err = w.Write([]byte(rooms))
		}
		return err
	}
	wantProblem(t, parts(func(m *multipart.Writer) error { return nil }), http.StatusUnprocessableEntity, "file")
	wantProblem(t, parts(func(m *multipart.Writer) error { return errors.Join(file(m, "file"), file(m, "file")) }), http.StatusUnprocessableEntity, "file")
	wantProblem(t, parts(func(m *multipart.Writer) error { return file(m, "table") }), http.StatusUnprocessableEntity, "table")
	wantProblem(t, parts(func(m *multipart.Writer) error { return errors.Join(file(m, "file"), m.WriteField("by", "me")) }), http.StatusUnprocessableEntity, "by")
	if list := decoded[sectionsAnswer](t, a.get("district", "/sections")); len(list.Sections) != 3 {
		t.Errorf("sections %+v", list)
	}
}

// An upload goes through temporary files, which are gone when it is answered.
func TestAPILeavesNoTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	a := newAPI(t)
	a.upload("district", "/imports/rooms", keyOne, "rooms.csv", rooms+strings.Repeat("XY-01,101,20,4\n", 300_000))
	a.upload("manager", "/imports/rooms", keyOne, "rooms.csv", rooms+strings.Repeat("XY-01,101,20,4\n", 300_000))
	err := filepath.WalkDir(os.TempDir(), func(path string, d fs.DirEntry, err error) error {
		if strings.Contains(d.Name(), "multipart") {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
