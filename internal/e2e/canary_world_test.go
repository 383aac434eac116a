package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fugong/internal/app"
	"fugong/internal/config"
	"fugong/internal/store/storetest"
)

// register is a table that is brought: how many of its rows are taken, and how many refused or kept aside.
type register struct {
	kind, rows     string
	taken, refused int
}

func registers() []register {
	return []register{
		{"sections", `项目编号,项目名称,标段编号,标段名称,街道,项目负责人,联系电话,停工日期
			XY,学苑示范项目,XY-01,一标段,学苑街道,李示例,13800001234,2022-04-01
			XY,学苑示范项目,XY-02,二标段,学苑街道,,,`, 2, 0},
		{"zones", "范围类型,范围,级别,开始时间\n街道,学苑街道,防范区,2022-05-01 08:00", 1, 0},
		{"roster", `标段编号,姓名,证件号码,进场时间,手机号码,班组,住宿方式,房间号
			XY-01,王小明,320699199003070013,2022-04-20 08:00,13812345678,钢筋班,场内,A-101
			XY-01,李红梅,320699198511120027,2022-04-20 08:00,13987654321,木工班,场内,A-101
			XY-01,买买提,32069919910412018X,2022-04-20 08:00,,木工班,场外,
			XY-01,错号码,320699198810010056,2022-04-20 08:00,13611112222,木工班,场外,`, 3, 1},
		{"results", `证件号码,姓名,采样时间,检测结果,报告时间
			320699199003070013,王小明,2022-05-05 09:00,阳性,2022-05-05 18:00
			320699198511120027,李红,2022-05-05 09:00,阴性,2022-05-05 18:00
			320699198810010055,陈生人,2022-05-05 09:00,阴性,2022-05-05 18:00
			810000199001010019,陈生人,2022-05-05 09:00,阴性,2022-05-05 18:00
			32069919910412018X,买买提,2022-05-05 09:00,见13611112222,2022-05-05 18:00`, 1, 4},
		{"rooms", "标段编号,房间号,使用面积,床位数\nXY-01,A-101,20,4", 1, 0},
		{"stays", "证件号码,标段编号,房间号,入住时间\n320699199003070013,XY-01,A-101,2022-04-20 08:00\n320699198810010055,XY-01,A-101,2022-04-20 08:00", 1, 1},
		{"areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q1,食堂,食堂", 1, 0},
		{"disinfection", "标段编号,区域编号,消毒时间,操作人\nXY-01,Q1,2022-05-05 08:00,王小明", 1, 0},
		{"temperatures", "证件号码,测量时间,体温\n320699199003070013,2022-05-05 08:00,38.5\n810000199001010019,2022-05-05 08:00,36.5", 1, 1},
		{"gate", "标段编号,证件号码,时间,方向,事由,审批人\nXY-01,320699199003070013,2022-05-05 09:00,出,发热咽痛去医院,周经理\nXY-01,810000199001010019,2022-05-05 10:00,进,,", 2, 0},
		{"stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,200", 1, 0},
		{"documents", "标段编号,类型,签发日期\nXY-01,承诺书,2022-05-01", 1, 0},
		{"checklists", "标段编号,日期,提交时间,项目编号,答案,备注\nXY-01,2022-05-05,2022-05-05 16:00,D4,否,王小明独自隔离在板房", 1, 0},
	}
}

// newRun is a program on an empty database, with a temporary folder and a log of its own.
func newRun(t *testing.T, dsn string) *run {
	t.Helper()
	r := &run{T: t, dir: t.TempDir(), dsn: dsn}
	for _, name := range []string{"in", "db", "data", "log", "tmp"} {
		r.check(os.Mkdir(r.folder(name), 0o700))
	}
	t.Setenv("TMPDIR", r.folder("tmp"))
	if !strings.HasPrefix(dsn, "postgres") {
		r.dsn = filepath.Join(r.folder("db"), "fugong.db")
	}
	settings := map[string]string{"FUGONG_DB": r.dsn, "FUGONG_DATA": r.folder("data"), "FUGONG_KEY_FILE": filepath.Join(r.dir, "fugong.key"),
		"FUGONG_CLOCK": "2022-05-06T08:00:00+08:00", "FUGONG_LISTEN": "127.0.0.1:0"}
	cfg, err := config.Load(func(name string) string { return settings[name] })
	r.check(err)
	r.log, err = os.Create(filepath.Join(r.folder("log"), "serve.log"))
	r.check(err)
	r.App, err = app.Open(t.Context(), cfg, app.Env{Stderr: r.log, Verbose: true})
	r.check(err)
	return r
}

// leave ends the program as an interrupt does: what it has in its WAL stays there.
func (r *run) leave() {
	r.Helper()
	r.search() // with the WAL not yet written back
	r.check(r.Close())
	r.check(r.log.Close())
}

// site is the program as it is reached over HTTP.
type site struct {
	*run
	base    string
	cookies map[string]string
	token   string
}

// serve shows the pages for as long as the work takes.
func (r *run) serve(work func(*site)) {
	r.Helper()
	ctx, stop := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(ctx) }()
	defer func() {
		stop()
		r.check(<-ended)
	}()
	address := regexp.MustCompile(`msg=serving address=(http://127\.0\.0\.1:\d+)`)
	for range 500 {
		if found := address.FindSubmatch(r.logged()); found != nil {
			work(&site{run: r, base: string(found[1]), cookies: map[string]string{}})
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.Fatalf("it does not serve: %s", r.logged())
}

func (r *run) logged() []byte {
	r.Helper()
	log, err := os.ReadFile(r.log.Name())
	r.check(err)
	return log
}

// ask makes a request as a browser does, and gives what was answered.
func (s *site) ask(status int, method, path, kind string, body io.Reader, headers ...string) []byte {
	s.Helper()
	q, err := http.NewRequestWithContext(s.Context(), method, s.base+path, body)
	s.check(err)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Content-Type", kind)
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	for name, value := range s.cookies {
		q.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultTransport.RoundTrip(q)
	s.check(err)
	defer answer.Body.Close()
	for _, c := range answer.Cookies() {
		s.cookies[c.Name] = c.Value
	}
	content, err := io.ReadAll(answer.Body)
	s.check(err)
	if answer.StatusCode != status {
		s.Errorf("%s %s: %d, want %d: %.300s", method, path, answer.StatusCode, status, regexp.MustCompile(`(?s)^.*<main`).ReplaceAll(content, nil))
	}
	return content
}

func (s *site) get(status int, path string) []byte {
	s.Helper()
	return s.ask(status, http.MethodGet, path, "", nil)
}

func (s *site) post(status int, path string, fields ...string) []byte {
	s.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.ask(status, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// enter signs somebody in, in a fresh browser.
func (s *site) enter(name, password string) {
	s.Helper()
	s.cookies = map[string]string{}
	s.post(http.StatusSeeOther, "/login", "username", name, "password", password)
}

// comeIn sets the first admin up, gives others an account, and has people get their names and passwords wrong.
func (s *site) comeIn() {
	s.Helper()
	link := regexp.MustCompile(`/setup\?token=([\w-]+)`).FindSubmatch(s.logged())
	s.get(http.StatusOK, "/setup?token="+string(link[1]))
	s.post(http.StatusSeeOther, "/setup", "token", string(link[1]), "username", "boss", "password", bossWord, "again", bossWord)
	for _, q := range []app.UserQuery{{Name: "manager", Role: "manager", Sections: []string{"XY-01"}}, {Name: "inspector", Role: "inspector", Streets: []string{"学苑街道"}},
		{Name: "district", Role: "district"}} {
		s.check(s.AddUser(s.Context(), q, managerWord))
	}
	var err error
	s.token, err = s.AddToken(s.Context(), app.TokenQuery{User: "district", Name: "test"})
	s.check(err)
	for _, typed := range [][2]string{{"boss", "丙字库房里的七只白鹭都往南飞"}, {bossWord, bossWord}, {"320699199003070013", "13812345678"}, {"13812345678", managerWord}} {
		s.cookies = map[string]string{}
		s.post(http.StatusUnprocessableEntity, "/login", "username", typed[0], "password", typed[1])
	}
}

// lookAround opens and prints what there is, issues a sheet, and sees one number for a reason that holds others.
func (s *site) lookAround() {
	s.Helper()
	s.enter("inspector", managerWord)
	for _, path := range []string{"/", "/sections?q=320699199003070013", "/sections?q=" + url.QueryEscape("李红梅腹泻两天"), "/sections/XY-01", "/sections/320699199003070013",
		"/sections/XY-01/sheet.pdf", "/sections/XY-01/sheet.pdf?copy=posted", "/sheets.pdf", "/sections/XY-01/people.xlsx", "/sections/XY-01/people.csv"} {
		status := http.StatusOK
		if path == "/" {
			status = http.StatusSeeOther
		} else if strings.HasSuffix(path, "0013") && !strings.Contains(path, "?") {
			status = http.StatusNotFound
		}
		if answer := s.get(status, path); strings.Contains(path, "people") || strings.Contains(path, ".pdf") {
			s.unread(answer)
		}
	}
	s.post(http.StatusSeeOther, "/sections/XY-01/sheet", "key", "0123456789abcdef", "copy", "internal")
	page := string(s.get(http.StatusOK, "/sections/XY-01"))
	worker := regexp.MustCompile(`/sections/XY-01/workers/\d+/number`).FindString(page)
	shown := s.post(http.StatusOK, worker, "reason", "核对 13987654321 与 32069919910412018X")
	if len(storetest.Leaks(s, shown, canaries()["numbers"]...)) == 0 {
		s.Error("no number is shown to who asked for it")
	}
	s.unread(s.get(http.StatusOK, regexp.MustCompile(`/papers/[\w-]+\.pdf`).FindString(page)))
	s.post(http.StatusSeeOther, "/account/password", "old", managerWord, "password", bossWord, "again", bossWord)
}

// hand brings in answers and tables by the API, in a request large enough that parts of it go to the disk on the way.
func (s *site) hand() {
	s.Helper()
	s.enter("manager", managerWord)
	s.ask(http.StatusCreated, http.MethodPost, "/api/v1/sections/XY-01/checklists", "application/json",
		strings.NewReader(`{"date":"2022-05-06","answers":[{"item":"D4","answer":"no","remark":"李红梅腹泻两天"}]}`),
		"Idempotency-Key", "3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d10")
	s.get(http.StatusOK, "/api/v1/sections/XY-01/checklists?date=2022-05-06")
	s.get(http.StatusOK, "/api/v1/sections/XY-01/verdict")
	results := "证件号码,采样时间,检测结果\n320699198511120027,2022-05-05 10:00,阴性\n320699198810010055,2022-05-05 10:00,阴性\n"
	padded := results + strings.Repeat(strings.Repeat(",", 1000)+"\n", 2000)
	s.upload(http.StatusOK, "results", "王小明320699199003070013.csv", padded)
	s.upload(http.StatusOK, "roster", "new_13812345678_王wang13611112222.csv", "标段编号,姓名,证件号码,进场时间,手机号码\nXY-02,买买提,32069919910412018X,2022-05-05 08:00,13611112222\n")
}

// upload brings a table in with the token.
func (s *site) upload(status int, kind, name, content string) {
	s.Helper()
	s.cookies = map[string]string{}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	s.check(err)
	_, err = io.WriteString(part, content)
	s.check(err)
	s.check(form.Close())
	key := fmt.Sprintf("3f1b6c1e-8a44-4c57-9e0b-%012d", time.Now().UnixNano()%1e12)
	s.ask(status, http.MethodPost, "/api/v1/imports/"+kind, form.FormDataContentType(), &body, "Idempotency-Key", key, "Authorization", "Bearer "+s.token)
}

// stumble brings in what cannot be read.
func (s *site) stumble() {
	s.Helper()
	row := "320699199003070013,13812345678,王小明独自隔离在板房\n"
	s.upload(http.StatusUnprocessableEntity, "roster", "13812345678.xlsx", "PK\x03\x04"+row)
	s.upload(http.StatusUnprocessableEntity, "roster", "a.csv", strings.Repeat(row, 50_000))
	s.upload(http.StatusUnprocessableEntity, "results", "a.csv", "<html>"+row)
	s.upload(http.StatusRequestEntityTooLarge, "results", "a.csv", strings.Repeat(row, 200_000))
	s.upload(http.StatusNotFound, "320699199003070013", "a.csv", row)
	s.enter("manager", managerWord)
	s.ask(http.StatusBadRequest, http.MethodPost, "/api/v1/sections/XY-01/checklists", "application/json",
		strings.NewReader(`{"date":"王小明独自隔离在板房 13812345678`), "Idempotency-Key", "3f1b6c1e-8a44-4c57-9e0b-6a3c5a2f7d11")
}
