package web

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/album"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/evaluation"
	"fugong/internal/paper"
	"fugong/internal/printing"
	"fugong/internal/sheet"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
	"fugong/internal/vault"
	"fugong/templates"
)

// world is a small district in which every kind of actor meets every kind of object: sections QA1 and QA2 on one street and QB1
// on another, each with a person, a finding, a phone number and an issued paper; users of all kinds, signed in. It stands in a
// file that is copied whenever a request has changed it.
type world struct {
	testing.TB
	keys    *vault.Vault
	paper   *sheet.Printer
	file    string // the district as it was made
	copy    string // the one that is served
	store   *store.Store
	reader  *sql.DB // of the same file, past the store
	handler *echo.Echo
	asked   int               // how many requests there were; each comes from another address
	before  string            // what the database held when it was copied
	cookies map[string]string // by actor
	tokens  map[string]string // of the API, by actor
	names   map[string]string // what stands for objects in paths
}

const atWork = "2022-05-06 08:00"

// The actors, in the order of the table's columns.
func actors() []string {
	return []string{"nobody", "mgr_A1", "mgr_B1", "mgr_A1_B1", "insp_A", "insp_B", "district", "admin", "leader", "health",
		"disabled", "lowered", "expired", "pending", "stale", "token", "token_r"}
}

// scopes says who the users are that may come in.
func scopes() map[string]struct {
	role  account.Role
	scope account.Scope
} {
	everywhere := account.Everywhere()
	return map[string]struct {
		role  account.Role
		scope account.Scope
	}{
		"mgr_A1": {account.Manager, account.Scope{Sections: []string{"QA1"}}}, "mgr_B1": {account.Manager, account.Scope{Sections: []string{"QB1"}}},
		"mgr_A1_B1": {account.Manager, account.Scope{Sections: []string{"QA1", "QB1"}}},
		"insp_A":    {account.Inspector, account.Scope{Streets: []string{"甲柳街道"}}}, "insp_B": {account.Inspector, account.Scope{Streets: []string{"乙桐街道"}}},
		"district": {account.District, everywhere}, "admin": {account.Admin, everywhere}, "leader": {account.Leader, everywhere},
		"health": {account.Health, everywhere}, "disabled": {account.District, everywhere}, "lowered": {account.District, everywhere},
		"expired": {account.District, everywhere}, "pending": {account.District, everywhere}, "stale": {account.District, everywhere},
		"token":   {account.District, everywhere},
		"token_r": {account.Manager, account.Scope{Sections: []string{"QA1"}}}, // may only read
		"chief":   {account.Admin, everywhere},                                 // so that the last admin is not the one who is disabled
	}
}

// What stands in the registers of each section and may be seen by its own people only.
func canaries() map[string][]string {
	return map[string][]string{
		"QA1": {"QA1", "松河工程", "甲一标", "松河路1号", "王小明", "赵主任", "0013"},
		"QA2": {"QA2", "柏山工程", "甲二标", "柏山路2号", "李红梅", "钱主任", "0027"},
		"QB1": {"QB1", "榆海工程", "乙一标", "榆海路3号", "买买提", "孙主任", "0055"},
	}
}

// secrets are seen by nobody on any page but one who asks for just that one.
func secrets() []string {
	return []string{"320699199003070013", "320699198511120027", "320699198810010055", "13800001234", "13800002345", "13800003456",
		"13812345678", "13987654321"}
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	drawn, err := sheet.NewPrinter()
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{TB: tb, keys: storetest.Keys(tb), paper: drawn, file: filepath.Join(tb.TempDir(), "made.db"),
		cookies: map[string]string{}, tokens: map[string]string{}, names: map[string]string{}}
	w.open(w.file)
	w.registers()
	w.users()
	w.papers()
	w.photos()
	w.tables()
	w.close()
	w.again()
	tb.Cleanup(w.close)
	return w
}

func (w *world) now() calendar.Instant { return storetest.At(atWork) }

// open serves the district in a file.
func (w *world) open(file string) {
	w.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	if w.store, err = store.Open(w.Context(), file, w.keys, log); err != nil {
		w.Fatal(err)
	}
	if _, err := w.store.Migrate(w.Context()); err != nil {
		w.Fatal(err)
	}
	if w.reader, err = sql.Open("sqlite", "file:"+file+"?mode=ro"); err != nil {
		w.Fatal(err)
	}
	judge := &evaluation.Evaluator{Ledger: w.store, Loc: storetest.Shanghai(), Now: w.now, Log: log}
	w.handler, err = newEcho(Options{
		Store: w.store, Evaluator: judge, Hasher: account.NewHasher(2), Templates: templates.Files, Loc: storetest.Shanghai(),
		Printer: &printing.Printer{Store: w.store, Evaluator: judge, Paper: w.paper, Loc: storetest.Shanghai(), Now: w.now,
			Signer: w.keys, Base: "https://fugong.example"},
		Album: w.album(),
		Now:   w.now, Clock: time.Now, Log: log, Ready: func(*http.Request) error { return nil },
	}, Routes())
	if err != nil {
		w.Fatal(err)
	}
}

// photoNames are the uuids of the photos of the district.
func photoNames() map[string]string {
	return map[string]string{"pA1": "0192f0c1-7c1e-7cc0-8000-0000000000a1", "pB1": "0192f0c1-7c1e-7cc0-8000-0000000000b1",
		"unnamed of mgr_A1": "0192f0c1-7c1e-7cc0-8000-0000000000aa", "gone": "0192f0c1-7c1e-7cc0-8000-0000000000ff"}
}

// photos takes one for each of two sections, with a checklist that names it, and one that nothing names.
func (w *world) photos() {
	w.Helper()
	for name, by := range map[string]string{"pA1": "mgr_A1", "pB1": "mgr_B1", "unnamed of mgr_A1": "mgr_A1"} {
		u, err := w.store.UserByName(w.Context(), strings.ToLower(by))
		if err != nil {
			w.Fatal(err)
		}
		sent := album.Sent{UUID: photoNames()[name], Body: strings.NewReader(onePicture), User: u.ID, Act: audit.Act{Actor: by}}
		if _, _, err := w.album().Take(w.Context(), sent); err != nil {
			w.Fatal(err)
		}
		if strings.HasPrefix(name, "unnamed") {
			continue
		}
		sub := store.Submission{Section: u.Scope.Sections[0], Date: calendar.Day(2022, 5, 6), Now: w.now(), Act: audit.Act{Actor: by},
			Answers: []checklist.Answer{{Item: "B1", Choice: checklist.Yes, Photos: []string{sent.UUID}}}}
		_, err = w.store.Submit(w.Context(), u.Scope, sub, store.Request{User: u.ID, Key: name}, func(store.Filed) (store.Answer, error) {
			return store.Answer{Status: http.StatusCreated, Body: []byte("{}")}, nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
}

// album is where the photos of the district are, whichever file it is served from.
func (w *world) album() *album.Album {
	return album.New(w.store, w.keys, w.file+".photos", w.now)
}

func (w *world) close() {
	w.Helper()
	if err := errors.Join(w.store.Close(), w.reader.Close()); err != nil {
		w.Fatal(err)
	}
}

// again serves the district as it was made.
func (w *world) again() {
	w.Helper()
	content, err := os.ReadFile(w.file)
	if err != nil {
		w.Fatal(err)
	}
	w.copy = w.file + ".copy"
	for _, rest := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(w.copy + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			w.Fatal(err)
		}
	}
	if err := os.WriteFile(w.copy, content, 0o600); err != nil {
		w.Fatal(err)
	}
	w.open(w.copy)
	w.before = w.dump()
}

func (w *world) registers() {
	w.Helper()
	sections := storetest.Import(w, w.store, "sections", `项目编号,项目名称,标段编号,标段名称,街道,地址,项目负责人,联系电话
		QA,松河工程,QA1,甲一标,甲柳街道,松河路1号,赵主任,13800001234
		QC,柏山工程,QA2,甲二标,甲柳街道,柏山路2号,钱主任,13800002345
		QB,榆海工程,QB1,乙一标,乙桐街道,榆海路3号,孙主任,13800003456`)
	storetest.Import(w, w.store, "roster", `标段编号,姓名,证件号码,进场时间,手机号码,班组
		QA1,王小明,320699199003070013,2022-04-01 08:00,13812345678,钢筋班
		QA2,李红梅,320699198511120027,2022-04-01 08:00,,木工班
		QB1,买买提,320699198810010055,2022-04-01 08:00,13987654321,木工班`)
	storetest.Import(w, w.store, "areas", "标段编号,区域编号,区域名称,区域类型\nQA1,aA1,松河宿舍,宿舍\nQA2,aA2,柏山宿舍,宿舍\nQB1,aB1,榆海宿舍,宿舍")
	storetest.Import(w, w.store, "disinfection", "标段编号,区域编号,消毒时间\nQA1,aA1,2022-05-06 07:00\nQA2,aA2,2022-05-06 07:00\nQB1,aB1,2022-05-06 07:00")
	storetest.Import(w, w.store, "rooms", "标段编号,房间号,使用面积,床位数\nQA1,101,20,4\nQA2,201,20,4\nQB1,301,20,4")
	storetest.Import(w, w.store, "results", "证件号码,采样时间,检测结果,采样管编号\n320699199003070013,2022-05-05 08:00,阳性,tA1\n320699198810010055,2022-05-05 08:00,阳性,tB1")
	judge := &evaluation.Evaluator{Ledger: w.store, Loc: storetest.Shanghai(), Now: w.now, Log: slog.New(slog.DiscardHandler)}
	if _, err := judge.Sections(w.Context(), sections, evaluation.Requested); err != nil {
		w.Fatal(err)
	}
	flags, err := w.store.Flags(w.Context(), account.Everywhere(), store.FlagFilter{})
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range flags {
		if id, is := strings.CutPrefix(f.Subject, "worker:"); is {
			w.names["w"+strings.TrimPrefix(f.SectionCode, "Q")] = id
		}
	}
	for _, name := range []string{"wA1", "wA2", "wB1"} {
		if w.names[name] == "" {
			w.Fatalf("no finding names the worker of %s: flags %v", name, flags)
		}
	}
}

func (w *world) users() {
	w.Helper()
	act := audit.Act{Actor: "test"}
	hash, err := account.HashPassword("four horses drink tea")
	if err != nil {
		w.Fatal(err)
	}
	for name, who := range scopes() {
		u, err := w.store.AddUser(w.Context(), account.NewUser{Name: strings.ToLower(name), Role: who.role, Scope: who.scope, Hash: hash}, act, w.now())
		if err != nil {
			w.Fatal(err)
		}
		w.names["u_"+name] = fmt.Sprint(u.ID)
		w.signIn(name, u)
	}
}

// signIn gives a user a session, and brings those who are not to come in into the state that keeps them out.
func (w *world) signIn(name string, u account.User) {
	w.Helper()
	act, begun := audit.Act{Actor: "test"}, w.now()
	if name == "expired" {
		begun = begun.Add(-account.SessionLife)
	} else if name == "stale" {
		begun = begun.Add(-2 * account.ConfirmedFor)
	}
	if name == "pending" {
		if err := w.store.SetTOTP(w.Context(), account.Actor{User: u}, account.NewTOTP(), 0, begun); err != nil {
			w.Fatal(err)
		}
	}
	token, err := w.store.StartSession(w.Context(), u, account.SessionInfo{Pending: name == "pending"}, act, begun)
	if err != nil {
		w.Fatal(err)
	}
	w.cookies[name] = token
	switch name {
	case "stale":
		w.use(w.store.SessionActor(w.Context(), account.HashToken(token), w.now()))
	case "disabled":
		err = w.store.DisableUser(w.Context(), u.ID, act, w.now())
	case "lowered":
		err = w.store.ChangeUser(w.Context(), u.ID, account.Manager, account.Scope{Sections: []string{"QA1"}}, act, w.now())
	case "token", "token_r":
		delete(w.cookies, name)
		w.tokens[name], err = w.store.AddToken(w.Context(), u, account.Token{Name: "test", ReadOnly: name == "token_r"}, act, w.now())
		w.use(w.store.TokenActor(w.Context(), account.HashToken(w.tokens[name]), w.now()))
	case "mgr_A1", "chief":
		_, err = w.store.AddToken(w.Context(), u, account.Token{Name: "test"}, act, w.now())
	}
	if err != nil {
		w.Fatal(err)
	}
	tokens, err := w.store.Tokens(w.Context(), u.ID)
	if err != nil {
		w.Fatal(err)
	}
	for _, t := range tokens {
		w.names["t_"+name] = fmt.Sprint(t.ID)
	}
}

// use notes that a token or session is in use, so that no request of the test is the first to note it.
func (w *world) use(a account.Actor, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	if err := w.store.TouchSession(w.Context(), a, w.now()); err != nil {
		w.Fatal(err)
	}
}

// papers issues one for each section.
func (w *world) papers() {
	w.Helper()
	judge := &evaluation.Evaluator{Ledger: w.store, Loc: storetest.Shanghai(), Now: w.now, Log: slog.New(slog.DiscardHandler)}
	p := &printing.Printer{Store: w.store, Evaluator: judge, Paper: w.paper, Loc: storetest.Shanghai(), Now: w.now, Signer: w.keys, Base: "https://fugong.example"}
	for _, code := range []string{"QA1", "QA2", "QB1"} {
		issued, err := p.Issue(w.Context(), printing.IssueOrder{Within: account.Everywhere(), Section: w.section(code), Copy: sheet.Internal, Act: audit.Act{Actor: "test", Role: "inspector"}})
		if err != nil {
			w.Fatal(err)
		}
		w.names["p"+strings.TrimPrefix(code, "Q")] = issued.Content.ID
	}
	w.names["p_gone"] = strings.Repeat("A", len(w.names["pA1"]))
	if !paper.ValidID(w.names["p_gone"]) {
		w.Fatal("the paper that is not there has no id as papers have")
	}
}

func (w *world) section(code string) site.SectionID {
	w.Helper()
	ids, err := w.store.SectionIDs(w.Context(), account.Everywhere(), store.SectionFilter{Codes: []string{code}})
	if err != nil {
		w.Fatal(err)
	}
	return ids[0]
}

// ask makes a request as an actor.
func (w *world) ask(actor, method, path string, form url.Values) *httptest.ResponseRecorder {
	w.Helper()
	body, kind := form.Encode(), echo.MIMEApplicationForm
	if strings.HasPrefix(path, apiPrefix) {
		body, kind = "{}", echo.MIMEApplicationJSON
	}
	if method == http.MethodPut {
		body, kind = onePicture, "image/png"
	}
	r := httptest.NewRequestWithContext(w.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set(echo.HeaderContentType, kind)
		r.Header.Set("Idempotency-Key", "0192f0c1-7c1e-7cc0-8000-000000000000")
	}
	return w.send(actor, r)
}

// send sends a request as an actor, from an address of its own.
func (w *world) send(actor string, r *http.Request) *httptest.ResponseRecorder {
	w.Helper()
	if cookie := w.cookies[actor]; cookie != "" {
		r.AddCookie(&http.Cookie{Name: sessionName, Value: cookie})
	}
	if token := w.tokens[actor]; token != "" {
		r.Header.Set(echo.HeaderAuthorization, bearerPrefix+token)
	}
	w.asked++
	r.RemoteAddr = fmt.Sprintf("198.18.%d.%d:4000", w.asked/250%250, w.asked%250)
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// dump is a digest of all that the database holds, but for the trail, which grows with every refusal.
func (w *world) dump() string {
	w.Helper()
	digest := sha256.New()
	for _, table := range w.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		if table == "audit" || table == "checkpoints" {
			continue
		}
		fmt.Fprintln(digest, table)
		for _, row := range w.rows(`SELECT * FROM "` + table + `" ORDER BY 1, 2`) {
			fmt.Fprintln(digest, row)
		}
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// rows reads each row as one text.
func (w *world) rows(query string) []string {
	w.Helper()
	rows, err := w.reader.QueryContext(w.Context(), query)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.Fatal(err)
	}
	cells, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		targets[i] = &cells[i]
	}
	var all []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			w.Fatal(err)
		}
		var row strings.Builder
		for i, cell := range cells {
			if i > 0 {
				row.WriteByte(' ')
			}
			if bytes, is := cell.([]byte); is {
				row.Write(bytes)
			} else {
				fmt.Fprint(&row, cell)
			}
		}
		all = append(all, row.String())
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return all
}

// tables lets the manager of QA1 bring a table and look at another, and keeps a row of his aside.
func (w *world) tables() {
	w.Helper()
	const csv = "证件号码,测量时间,体温\n810000199001010019,2022-05-06 07:00,36.5"
	up := storetest.Upload(w.now(), "temperatures", csv)
	up.Within, up.By = scopes()["mgr_A1"].scope, "mgr_a1"
	taken, err := w.store.TakeIn(w.Context(), up, store.Request{User: w.userID("mgr_A1"), Key: "table", Content: csv})
	if err != nil {
		w.Fatal(err)
	}
	waiting, err := w.store.Preview(w.Context(), w.userID("mgr_A1"), up, "")
	if err != nil {
		w.Fatal(err)
	}
	cases, err := w.store.Quarantined(w.Context(), account.Everywhere())
	if err != nil || len(cases) != 1 {
		w.Fatalf("%d rows are kept aside: %v", len(cases), err)
	}
	w.names["b_A1"], w.names["up_A1"], w.names["q_A1"] = fmt.Sprint(taken.Batch), waiting.Token, fmt.Sprint(cases[0].ID)
}

func (w *world) userID(name string) account.UserID {
	w.Helper()
	id, err := strconv.ParseInt(w.names["u_"+name], 10, 64)
	if err != nil {
		w.Fatal(err)
	}
	return account.UserID(id)
}
