package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fugong/internal/account"
)

func TestAPITakesChecklists(t *testing.T) {
	a := newAPI(t)
	w := a.submit("manager", "XY-01", keyOne, goodChecklist)
	first := decoded[checklistAnswer](t, w)
	if w.Code != http.StatusCreated || first.Version != 1 || first.Late || first.Section != "XY-01" || first.ReceivedAt != "2022-05-06T08:00:00+08:00" || first.ID == 0 {
		t.Fatalf("first: %d %s", w.Code, w.Body)
	}
	a.pass(9 * time.Hour) // 17:00 is still in time
	if second := decoded[checklistAnswer](t, a.submit("manager", "XY-01", keyTwo, goodChecklist)); second.Version != 2 || second.Late {
		t.Errorf("second: %+v", second)
	}
	a.pass(time.Minute)
	third := strings.Replace(keyOne, "3f", "4f", 1)
	if late := decoded[checklistAnswer](t, a.submit("manager", "XY-01", third, goodChecklist)); late.Version != 3 || !late.Late {
		t.Errorf("third: %+v", late)
	}
	list := decoded[checklistsAnswer](t, a.get("inspector", "/sections/XY-01/checklists?date=2022-05-06"))
	if len(list.Versions) != 3 || list.Versions[0].SubmittedBy != "manager" || *list.Versions[0].DeviceTime != "2022-05-06T07:59:00+08:00" || !list.Versions[2].Late {
		t.Fatalf("list: %+v", list)
	}
	answers := list.Versions[1].Answers
	if len(answers) != 3 || *answers[0].Answer != "yes" || answers[0].Number != nil || answers[1].Answer != nil || *answers[1].Number != "2" ||
		*answers[2].Answer != "yes" || *answers[2].Number != "12.5" || answers[1].Remark != "两项" {
		t.Errorf("answers: %+v", answers)
	}
	if none := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists?date=2022-05-05")); len(none.Versions) != 0 {
		t.Errorf("the day before: %+v", none)
	}
	wantProblem(t, a.get("manager", "/sections/XY-01/checklists?date=6.5."), http.StatusUnprocessableEntity, "date")
	wantProblem(t, a.get("health", "/sections/XY-01/checklists"), http.StatusForbidden)
	due, err := a.store.Due(t.Context(), a.now())
	if err != nil || len(due) == 0 {
		t.Errorf("due: %v, %v", due, err)
	}
	if body := a.get("manager", "/sections/XY-01/verdict").Body.String(); !strings.Contains(body, `"observed":"2项未销号"`) {
		t.Errorf("the verdict does not know of the checklist: %s", body)
	}
}

// A client may tell which form was filled in and how each answer came about; one that does not, as before, is told so back.
func TestAPIKeepsHowAChecklistCameAbout(t *testing.T) {
	a := newAPI(t)
	wantStatus(t, a.submit("manager", "XY-01", keyOne, `{"date":"2022-05-06","template":2,"answers":[
		{"item":"B1","answer":"yes","how":"single"},{"item":"B2","answer":"yes","how":"bulk"},{"item":"B5","answer":"yes"}]}`), http.StatusCreated)
	wantStatus(t, a.submit("manager", "XY-01", keyTwo, goodChecklist), http.StatusCreated)
	list := decoded[checklistsAnswer](t, a.get("inspector", "/sections/XY-01/checklists"))
	if len(list.Versions) != 2 || list.Versions[0].Template == nil || *list.Versions[0].Template != 2 || list.Versions[1].Template != nil {
		t.Fatalf("list: %+v", list)
	}
	var how []string
	for _, answer := range append(list.Versions[0].Answers, list.Versions[1].Answers...) {
		word := "-"
		if answer.How != nil {
			word = *answer.How
		}
		how = append(how, answer.Item+" "+word)
	}
	if got := strings.Join(how, ", "); !strings.HasPrefix(got, "B1 single, B2 bulk, B5 -") || strings.Count(got, " -") != 4 {
		t.Errorf("how: %s", got)
	}
}

func TestAPIRefusesChecklists(t *testing.T) {
	a := newAPI(t)
	answer := func(a string) string { return `{"date":"2022-05-06","answers":[` + a + `]}` }
	tests := []struct {
		name, body string
		status     int
		fields     string
	}{
		{"nothing", `{}`, 422, "answers date"},
		{"null", `null`, 422, "answers date"},
		{"a list", `[]`, 422, "body"},
		{"no answers", `{"date":"2022-05-06","answers":[]}`, 422, "answers"},
		{"tomorrow", `{"date":"2022-05-07","answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"no day of the calendar", `{"date":"2022-02-30","answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"a number for a day", `{"date":20220506,"answers":[{"item":"B1","answer":"yes"}]}`, 422, "date"},
		{"no moment", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes"}],"device_time":"8 o'clock"}`, 422, "device_time"},
		{"unknown field", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes"}],"late":false}`, 422, "late"},
		{"unknown field in an answer", answer(`{"item":"B1","answer":"yes","id":1}`), 422, "id"},
		{"unknown item", answer(`{"item":"Z9","answer":"yes"}`), 422, "answers[0].item"},
		{"no item", answer(`{"answer":"yes"}`), 422, "answers[0].item"},
		{"unknown word", answer(`{"item":"B1","answer":"是"}`), 422, "answers[0].answer"},
		{"blank", answer(`{"item":"B1"}`), 422, "answers[0].answer"},
		{"word for a count", answer(`{"item":"A2","answer":"yes"}`), 422, "answers[0].answer"},
		{"count for a question", answer(`{"item":"B1","answer":"yes"},{"item":"B2","number":1}`), 422, "answers[1].number"},
		{"no count", answer(`{"item":"K1"}`), 422, "answers[0].number"},
		{"less than nothing", answer(`{"item":"K1","number":-1}`), 422, "answers[0].number"},
		{"too exact", answer(`{"item":"K1","number":0.0001}`), 422, "answers[0].number"},
		{"too large", answer(`{"item":"K1","number":1e400}`), 422, "answers[0].number"},
		{"a word for a number", answer(`{"item":"K1","number":"two"}`), 422, "number"},
		{"no without a remark", answer(`{"item":"B1","answer":"no"}`), 422, "answers[0].remark"},
		{"no with blanks for a remark", answer(`{"item":"B1","answer":"no","remark":"  "}`), 422, "answers[0].remark"},
		{"long remark", answer(`{"item":"B1","answer":"yes","remark":"` + strings.Repeat("长", 501) + `"}`), 422, "answers[0].remark"},
		{"twice", answer(`{"item":"B1","answer":"yes"},{"item":"B1","answer":"na"}`), 422, "answers[1].item"},
		{"a way nobody knows", answer(`{"item":"B1","answer":"yes","how":"copied"}`), 422, "answers[0].how"},
		{"a form nobody knows", `{"date":"2022-05-06","template":99,"answers":[{"item":"B1","answer":"yes"}]}`, 422, "template"},
		{"no version of a form", `{"date":"2022-05-06","template":"2","answers":[{"item":"B1","answer":"yes"}]}`, 422, "template"},
		{"a photo nobody sent", answer(`{"item":"B1","answer":"yes","photos":["` + keyOne + `"]}`), 422, "answers[0].photos"},
		{"several", `{"date":"","answers":[{"item":"B1"},{"item":"Z9"}]}`, 422, "answers[0].answer answers[1].item date"},
		{"broken", `{"date":`, 400, ""},
		{"two documents", `{} {}`, 400, ""},
		{"no text", "{\"date\":\"\xff\"}", 400, ""},
		{"NUL", `{"date":"2022-05-06","answers":[{"item":"B1","answer":"yes","remark":"\u0000"}]}`, 400, ""},
		{"empty", ``, 400, ""},
		{"too much", `{"date":"` + strings.Repeat("1", bodyLimit) + `"}`, 413, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, a.submit("manager", "XY-01", keyOne, tt.body), tt.status, strings.Fields(tt.fields)...)
		})
	}
	path := apiRoot + "/sections/XY-01/checklists"
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, idempotencyKey: {keyOne}}
	wantProblem(t, a.send("manager", http.MethodPost, path, form, "date=2022-05-06"), http.StatusUnsupportedMediaType)
	wantProblem(t, a.send("manager", http.MethodPost, path, http.Header{idempotencyKey: {keyOne}}, goodChecklist), http.StatusUnsupportedMediaType)
	wantProblem(t, a.send("manager", http.MethodPost, path+"?dry_run=true", jsonWith(keyOne), goodChecklist), http.StatusUnprocessableEntity, "dry_run")
	if list := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists")); len(list.Versions) != 0 {
		t.Errorf("something of it was kept: %+v", list)
	}
	if w := a.submit("manager", "XY-01", keyOne, goodChecklist); w.Code != http.StatusCreated {
		t.Errorf("the key is spent: %d %s", w.Code, w.Body)
	}
}

func TestAPIRequestsHaveOneEffect(t *testing.T) {
	a := newAPI(t)
	first := a.submit("manager", "XY-01", keyOne, goodChecklist)
	a.pass(time.Hour)
	again := a.submit("manager", "XY-01", strings.ToUpper(keyOne), goodChecklist)
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replay") != "true" {
		t.Errorf("again: %d %s %v", again.Code, again.Body, again.Header())
	}
	if first.Header().Get("Idempotent-Replay") != "" {
		t.Error("the first is called a replay")
	}
	wantProblem(t, a.submit("manager", "XY-01", keyOne, strings.Replace(goodChecklist, "两项", "三项", 1)), http.StatusConflict)
	for name, keys := range map[string][]string{"none": nil, "empty": {""}, "no UUID": {"1"}, "two": {keyOne, keyTwo}, "quoted": {`"` + keyOne + `"`}} {
		h := jsonWith("")
		if keys != nil {
			h[idempotencyKey] = keys
		}
		t.Run(name, func(t *testing.T) {
			w := a.send("manager", http.MethodPost, apiRoot+"/sections/XY-01/checklists", h, goodChecklist)
			wantProblem(t, w, http.StatusUnprocessableEntity, idempotencyKey)
		})
	}
	a.token("other", account.Manager, account.Scope{Sections: []string{"XY-01", "XY-02"}}, account.Token{Name: "test"})
	if w := a.submit("other", "XY-01", keyOne, goodChecklist); w.Code != http.StatusCreated || w.Header().Get("Idempotent-Replay") != "" {
		t.Errorf("another user's key: %d %s", w.Code, w.Body)
	}
	wantProblem(t, a.submit("other", "XY-02", keyOne, goodChecklist), http.StatusConflict)
	list := decoded[checklistsAnswer](t, a.get("manager", "/sections/XY-01/checklists"))
	if len(list.Versions) != 2 {
		t.Errorf("%d versions", len(list.Versions))
	}
}

func TestAPIRequestsAtOnceHaveOneEffect(t *testing.T) {
	a := newAPI(t)
	var all sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 10)
	for i := range answers {
		all.Go(func() { answers[i] = a.submit("manager", "XY-01", keyOne, goodChecklist) })
	}
	all.Wait()
	made := 0
	for _, w := range answers {
		if w.Header().Get("Idempotent-Replay") == "" {
			made++
		}
		if w.Code != http.StatusCreated || w.Body.String() != answers[0].Body.String() {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if made != 1 {
		t.Errorf("%d had an effect", made)
	}
}

const rooms = "标段编号,房间号,使用面积,床位数\nXY-01,101,20,4\nNO-01,102,20,4\n"
