package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/store"
)

// onePicture is a PNG of a few pixels.
const onePicture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

const (
	photoOne = "7f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d01"
	photoTwo = "7f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d02"
)

// picture is a PNG that differs by its shade.
func picture(tb testing.TB, shade uint8) string {
	tb.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 * 48 {
		p.SetRGBA(i%64, i/64, color.RGBA{shade, uint8(i), uint8(i / 64), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func (a *api) put(user, uuid, body string) *httptest.ResponseRecorder {
	a.Helper()
	return a.send(user, http.MethodPut, apiRoot+"/photos/"+uuid, http.Header{"Content-Type": {"image/png"}}, body)
}

// withPhotos is a checklist whose answer to B1 names photos.
func withPhotos(uuids ...string) string {
	list, err := json.Marshal(uuids)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"date":"2022-05-06","answers":[{"item":"E2","answer":"yes"},{"item":"B1","answer":"yes","photos":%s}]}`, list)
}

func TestAPITakesPhotos(t *testing.T) {
	a := newAPI(t)
	first := a.send("manager", http.MethodPut, apiRoot+"/photos/"+photoOne+"?taken_at=2022-05-06T07:58:00%2B08:00",
		http.Header{"Content-Type": {"image/jpeg"}}, picture(t, 1)) // whatever it says that it is
	got := decoded[photoAnswer](t, first)
	if first.Code != http.StatusCreated || got.UUID != photoOne || got.Width != 64 || got.Height != 48 || *got.TakenAt != "2022-05-06T07:58:00+08:00" ||
		got.ReceivedAt != "2022-05-06T08:00:00+08:00" {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	again := a.put("manager", strings.ToUpper(photoOne), picture(t, 1))
	if again.Body.String() != first.Body.String() || again.Header().Get(idempotentReplay) != "true" || first.Header().Get(idempotentReplay) != "" {
		t.Errorf("again: %s, headers %v", again.Body, again.Header())
	}
	wantProblem(t, a.put("manager", photoOne, picture(t, 2)), http.StatusConflict)
	shown := a.get("manager", "/photos/"+photoOne)
	if _, err := jpeg.Decode(shown.Body); err != nil || shown.Header().Get("Content-Type") != "image/jpeg" ||
		shown.Header().Get("X-Content-Type-Options") != "nosniff" || shown.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("shown: %v, headers %v", err, shown.Header())
	}
	if tag := shown.Header().Get("ETag"); tag != "" {
		t.Errorf("what must not be kept has a tag to keep it by: %s", tag)
	}
	entries, err := a.store.AuditEntries(t.Context(), store.AuditFilter{Action: "photo.add", Limit: 9})
	if err != nil || len(entries) != 1 || entries[0].Act.ObjectID != photoOne {
		t.Errorf("audit: %+v %v", entries, err)
	}
}

func TestAPIRefusesPhotos(t *testing.T) {
	a := newAPI(t)
	wantProblem(t, a.put("manager", photoOne, "<svg onload=alert(1)>"), http.StatusUnprocessableEntity, "photo")
	wantProblem(t, a.put("manager", photoOne, ""), http.StatusUnprocessableEntity, "photo")
	wantProblem(t, a.put("manager", photoOne, onePicture[:40]), http.StatusUnprocessableEntity, "photo")
	wantProblem(t, a.put("manager", photoOne, strings.Repeat("x", 10<<20+1)), http.StatusRequestEntityTooLarge)
	wantProblem(t, a.put("manager", "1", onePicture), http.StatusUnprocessableEntity, "uuid")
	wantProblem(t, a.put("inspector", photoOne, onePicture), http.StatusForbidden)
	wantProblem(t, a.send("manager", http.MethodPut, apiRoot+"/photos/"+photoOne, http.Header{"Content-Type": {"text/html"}}, onePicture), http.StatusUnsupportedMediaType)
	wantProblem(t, a.send("manager", http.MethodPut, apiRoot+"/photos/"+photoOne+"?taken_at=8", http.Header{"Content-Type": {"image/png"}}, onePicture),
		http.StatusUnprocessableEntity, "taken_at")
	wantProblem(t, a.get("manager", "/photos/"+photoOne), http.StatusNotFound)
	if n := files(t, a.office); n != 0 {
		t.Errorf("%d files are left of photos that were refused", n)
	}
}

// TestAPIPhotosSpeakEnglish: what is wrong with a photo is said in the language of who asks, as a whole and at its field.
func TestAPIPhotosSpeakEnglish(t *testing.T) {
	a := newAPI(t)
	en := http.Header{"Content-Type": {"image/png"}, "Accept-Language": {"en"}}
	wantEnglish := func(w *httptest.ResponseRecorder, status int) {
		t.Helper()
		if w.Code != status || han.MatchString(w.Body.String()) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	put := func(uuid, body string) *httptest.ResponseRecorder {
		return a.send("manager", http.MethodPut, apiRoot+"/photos/"+uuid, en, body)
	}
	wantEnglish(put(photoOne, "no picture"), http.StatusUnprocessableEntity)
	wantEnglish(put(photoOne, onePicture[:40]), http.StatusUnprocessableEntity)
	wantEnglish(put("1", onePicture), http.StatusUnprocessableEntity)
	wantEnglish(put(photoOne, onePicture), http.StatusCreated)
	wantEnglish(put(photoOne, picture(t, 2)), http.StatusConflict)
	en.Set("Content-Type", "application/json")
	en.Set("Idempotency-Key", "7f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d09")
	wantEnglish(a.send("manager", http.MethodPost, apiRoot+"/sections/XY-01/checklists", en, withPhotos(photoTwo)), http.StatusUnprocessableEntity)
	if w := a.put("manager", photoTwo, "no picture"); !strings.Contains(w.Body.String(), `"message":"不是可以识别的照片，应为 JPEG、PNG 或 WebP"`) {
		t.Errorf("who asks for no language is told %s", w.Body)
	}
}

// files counts what is in the folder of the album.
func files(tb testing.TB, o *office) int {
	tb.Helper()
	n := 0
	err := filepath.WalkDir(o.photos, func(_ string, d os.DirEntry, err error) error {
		if d != nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		tb.Fatal(err)
	}
	return n
}

func TestChecklistsNamePhotos(t *testing.T) {
	a := newAPI(t)
	a.put("manager", photoOne, picture(t, 1))
	a.put("manager", photoTwo, picture(t, 2))
	if w := a.get("inspector", "/photos/"+photoOne); w.Code != http.StatusNotFound {
		t.Errorf("the inspector sees what no checklist names: %d", w.Code)
	}
	if w := a.submit("manager", "XY-01", keyOne, withPhotos(photoTwo, photoOne)); w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list := decoded[checklistsAnswer](t, a.get("inspector", "/sections/XY-01/checklists?date=2022-05-06"))
	if got := list.Versions[0].Answers; strings.Join(got[1].Photos, " ") != photoTwo+" "+photoOne || len(got[0].Photos) != 0 {
		t.Errorf("answers: %+v", got)
	}
	if w := a.get("inspector", "/photos/"+photoOne); w.Code != http.StatusOK {
		t.Errorf("the inspector: %d", w.Code)
	}
	if w := a.submit("manager", "XY-01", keyTwo, withPhotos(photoOne)); w.Code != http.StatusCreated {
		t.Errorf("a second version of the day names them, too: %d %s", w.Code, w.Body)
	}
	key := strings.Replace(keyOne, "3f", "4f", 1)
	for name, body := range map[string]string{
		"of another day":        strings.Replace(withPhotos(photoOne), "05-06", "05-05", 1),
		"twice":                 withPhotos(photoOne, photoOne),
		"one that is not there": withPhotos(photoOne, keyOne),
		"no name":               withPhotos("1"),
		"too many":              withPhotos(make([]string, 10)...),
	} {
		if w := a.submit("manager", "XY-01", key, body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "answers[1].photos") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if list := decoded[checklistsAnswer](t, a.get("inspector", "/sections/XY-01/checklists?date=2022-05-06")); len(list.Versions) != 2 {
		t.Errorf("%d versions", len(list.Versions))
	}
}

// Nobody reaches another's photo: not by its uuid, not by sending one of its name, not by naming it in a checklist of his own.
func TestForeignPhotosAreNotThere(t *testing.T) {
	a := newAPI(t)
	a.token("other", account.Manager, account.Scope{Sections: []string{"QZ-01"}}, account.Token{Name: "test"})
	a.token("colleague", account.Manager, account.Scope{Sections: []string{"XY-01", "QZ-01"}}, account.Token{Name: "test"})
	a.put("manager", photoOne, picture(t, 1))
	never := a.get("other", "/photos/"+photoTwo)
	foreign := func(when string) {
		for _, user := range []string{"other", "health", "leader", "admin"} {
			if w := a.get(user, "/photos/"+photoOne); w.Code == http.StatusOK || user == "other" && problemOf(w) != problemOf(never) {
				t.Errorf("%s, %s: %d %s", when, user, w.Code, w.Body)
			}
		}
		wantProblem(t, a.put("other", photoOne, picture(t, 1)), http.StatusNotFound)
		w := a.submit("other", "QZ-01", keyOne, withPhotos(photoOne))
		wantProblem(t, w, http.StatusUnprocessableEntity, "answers[1].photos")
		if absent := a.submit("other", "QZ-01", keyTwo, withPhotos(photoTwo)); problemOf(absent) != problemOf(w) {
			t.Errorf("%s: a foreign photo is told from one that is not there:\n%s\n%s", when, w.Body, absent.Body)
		}
	}
	foreign("unnamed")
	wantProblem(t, a.get("colleague", "/photos/"+photoOne), http.StatusNotFound)
	a.submit("manager", "XY-01", keyOne, withPhotos(photoOne))
	foreign("named")
	if w := a.get("colleague", "/photos/"+photoOne); w.Code != http.StatusOK {
		t.Errorf("a colleague: %d", w.Code)
	}
	wantProblem(t, a.submit("colleague", "QZ-01", keyTwo, withPhotos(photoOne)), http.StatusUnprocessableEntity, "answers[1].photos")
}

// problemOf is a refusal without the request's own number.
func problemOf(w *httptest.ResponseRecorder) string {
	return strings.ReplaceAll(w.Body.String(), w.Header().Get("X-Request-Id"), "-")
}

func TestTheSamePhotoAtOnceIsOne(t *testing.T) {
	a := newAPI(t)
	body := picture(t, 7)
	var all sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		all.Go(func() {
			w := a.put("manager", photoOne, body)
			answers[i] = fmt.Sprint(w.Code, w.Body)
		})
	}
	all.Wait()
	for _, got := range answers {
		if got != answers[0] || !strings.HasPrefix(got, "201") {
			t.Errorf("%s, and %s", got, answers[0])
		}
	}
	if n := files(t, a.office); n != 1 {
		t.Errorf("%d files", n)
	}
}

func TestPhotosThatNothingNamesAreCollected(t *testing.T) {
	a := newAPI(t)
	a.put("manager", photoOne, picture(t, 1))
	a.put("manager", photoTwo, picture(t, 2))
	a.submit("manager", "XY-01", keyOne, withPhotos(photoOne))
	collect := func(clock time.Time) (int, int) {
		photos, strays, err := a.options.Album.Collect(t.Context(), audit.Act{Actor: "test"}, clock)
		if err != nil {
			t.Fatal(err)
		}
		return photos, strays
	}
	a.pass(7 * 24 * time.Hour)
	if photos, strays := collect(time.Now()); photos != 0 || strays != 0 {
		t.Errorf("within seven days %d photos and %d files are gone", photos, strays)
	}
	a.pass(time.Minute)
	if photos, _ := collect(time.Now()); photos != 1 || files(t, a.office) != 1 {
		t.Errorf("%d photos are gone, %d files are left", photos, files(t, a.office))
	}
	stray := filepath.Join(a.photos, "ab", strings.Repeat("ab", 32))
	for _, name := range []string{stray, filepath.Join(a.photos, "ab", ".tmp-1"), filepath.Join(a.photos, "ab", "of somebody else")} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, strays := collect(time.Now()); strays != 0 {
		t.Errorf("%d files are gone that may be on their way", strays)
	}
	if _, strays := collect(time.Now().Add(25 * time.Hour)); strays != 2 || files(t, a.office) != 2 {
		t.Errorf("%d strays are gone, %d files are left", strays, files(t, a.office))
	}
	if w := a.get("manager", "/photos/"+photoOne); w.Code != http.StatusOK {
		t.Errorf("the one that is named: %d", w.Code)
	}
	wantProblem(t, a.get("manager", "/photos/"+photoTwo), http.StatusNotFound)
}

// What lies on the disk is no picture, and opens only with the keys and only as the photo it is.
func TestPhotosLieSealed(t *testing.T) {
	a := newAPI(t)
	a.put("manager", photoOne, picture(t, 1))
	a.put("manager", photoTwo, picture(t, 2))
	var paths []string
	err := filepath.WalkDir(a.photos, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) != 2 {
		t.Fatalf("%v %v", paths, err)
	}
	first, err := os.ReadFile(paths[0])
	if err != nil || bytes.Contains(first, []byte("JFIF")) || bytes.HasPrefix(first, []byte("\xff\xd8")) {
		t.Errorf("the file is a picture: %v", err)
	}
	if info, err := os.Stat(paths[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := a.store.RotateKey(t.Context(), audit.Act{Actor: "test"}, a.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.Reseal(t.Context(), audit.Act{Actor: "test"}, a.now(), func(int) {}); err != nil {
		t.Fatal(err)
	}
	if err := a.store.ForgetKey(t.Context(), audit.Act{Actor: "test"}, a.store.FieldKeys()[1], a.now()); err != nil {
		t.Fatal(err)
	}
	if w := a.get("manager", "/photos/"+photoOne); w.Code != http.StatusOK {
		t.Errorf("with new keys: %d", w.Code)
	}
	if err := os.Rename(paths[0], paths[1]); err != nil {
		t.Fatal(err)
	}
	for _, uuid := range []string{photoOne, photoTwo} {
		if w := a.get("manager", "/photos/"+uuid); w.Code == http.StatusOK {
			t.Errorf("%s is shown, but its file is gone or another's", uuid)
		}
	}
}

func FuzzAPIPhoto(f *testing.F) {
	a := newAPI(f)
	f.Add("image/png", onePicture)
	f.Add("image/jpeg", "\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01")
	f.Add("application/json", `{"a":1}`)
	f.Add("multipart/form-data; boundary=x", "--x")
	n := 0
	f.Fuzz(func(t *testing.T, kind, body string) {
		a.runs(t)
		n++
		w := a.send("manager", http.MethodPut, apiRoot+"/photos/"+fmt.Sprintf("7f1b6c1e-8a44-4c57-9e0b-%012x", n), http.Header{"Content-Type": {kind}}, body)
		wantNoFault(t, w.Code)
	})
}
