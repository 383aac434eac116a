package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/screening"
	"fugong/internal/store"
)

// Where a table is brought, looked at, and decided on.
const (
	importsPath    = "/imports"
	uploadPath     = "/imports/uploads/:token"
	quarantinePath = "/quarantine"
)

const (
	historyShown = 20  // batches on a page
	badRowsShown = 200 // rows with something wrong on a page; the rest is in the workbook
)

// pastedName is what a table is called that came out of a spreadsheet without a file.
const pastedName = "粘贴的表格"

// importRoutes are the pages on which tables are brought and rows kept aside are decided on.
func importRoutes() []Route {
	may := Policy{Roles: importers(), Scope: ScopeOwn}
	brings := Policy{Roles: importers(), Scope: ScopeOwn, Body: uploadLimit + formMemory, Time: uploadTime, TooLarge: (*server).tableTooLarge}
	takes := Policy{Roles: importers(), Scope: ScopeOwn, Time: uploadTime}
	return []Route{
		{http.MethodGet, importsPath, may, (*server).imports},
		{http.MethodGet, importsPath + ".csv", may, (*server).historyFile},
		{http.MethodGet, importsPath + ".xlsx", may, (*server).historyFile},
		{http.MethodGet, "/imports/:id", may, (*server).batch},
		{http.MethodGet, "/imports/:kind/template.xlsx", may, (*server).importTemplate},
		{http.MethodPost, "/imports/:kind", brings, (*server).previewImport},
		{http.MethodGet, uploadPath, may, (*server).waitingUpload},
		{http.MethodPost, uploadPath, takes, (*server).confirmImport},
		{http.MethodPost, uploadPath + "/drop", may, (*server).dropImport},
		{http.MethodGet, uploadPath + "/errors.xlsx", may, (*server).badRows},
		{http.MethodGet, quarantinePath, may, (*server).quarantine},
		{http.MethodGet, quarantinePath + ".csv", may, (*server).quarantineFile},
		{http.MethodGet, quarantinePath + ".xlsx", may, (*server).quarantineFile},
		{http.MethodPost, quarantinePath, takes, (*server).retryCases},
		{http.MethodPost, "/quarantine/:id", may, (*server).decideCase},
	}
}

// importsPage offers the kinds of tables that the role brings, the form for one of them, and the history.
type importsPage struct {
	Frame
	listFiles
	Form     form
	Kinds    []kindLine
	Kind     string // chosen
	Columns  []columnLine
	Words    Input // what a source's words for results mean
	HasWords bool
	Batches  []batchLine
	Next     string // address of older ones
	Cases    int
}

type kindLine struct {
	Kind     string
	Selected bool
}

type columnLine struct {
	Name     string
	Required bool
	Synonyms string
}

type batchLine struct {
	ID                                         int64
	Kind, File, By                             string
	At                                         calendar.Instant
	Accepted, Duplicate, Quarantined, Rejected int
}

func lineOf(b store.Batch) batchLine {
	return batchLine{b.ID, b.Kind, b.File, b.RecordedBy, b.RecordedAt, int(b.Accepted), int(b.Duplicate), int(b.Quarantined), int(b.Rejected)}
}

// kindsOf lists the kinds of tables that a role brings, in the order in which they build on each other.
func kindsOf(role account.Role) []string {
	return slices.DeleteFunc(store.Kinds(), func(kind string) bool { return !mayBring(role, kind) })
}

func (s *server) imports(c echo.Context) error {
	p, err := s.importsPage(c, c.QueryParam("kind"), newForm("file", "paste", "words"))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "imports", p)
}

func (s *server) importsPage(c echo.Context, kind string, f form) (importsPage, error) {
	role := actor(c).User.Role
	p := importsPage{Frame: s.frame("imports"), listFiles: filesOf(importsPath, nil), Form: f, HasWords: kind == "results"}
	for _, k := range kindsOf(role) {
		p.Kinds = append(p.Kinds, kindLine{k, k == kind})
		if k == kind {
			p.Kind = kind
		}
	}
	if len(p.Kinds) == 1 {
		p.Kind, p.HasWords = p.Kinds[0].Kind, p.Kinds[0].Kind == "results"
	}
	if p.Kind != "" {
		columns, err := store.Columns(p.Kind)
		if err != nil {
			return p, err
		}
		for _, col := range columns {
			p.Columns = append(p.Columns, columnLine{col.Name, col.Required, strings.Join(col.Synonyms[:min(4, len(col.Synonyms))], "、")})
		}
	}
	w := s.words(c)
	p.Words = f.Input("words", w.T("imports.words"), "text", "off", w.T("imports.words.hint"))
	before, err := beforeParam(c)
	if err != nil {
		return p, err
	}
	batches, err := s.Store.Batches(c.Request().Context(), within(c), store.BatchFilter{Kinds: kindsOf(role), Before: before, Limit: historyShown + 1})
	for i, b := range batches {
		if i == historyShown {
			p.Next = fmt.Sprintf("%s?before=%d#history", importsPath, batches[i-1].ID)
			break
		}
		p.Batches = append(p.Batches, lineOf(b))
	}
	if err != nil {
		return p, err
	}
	cases, err := s.cases(c)
	p.Cases = len(cases)
	return p, err
}

// beforeParam reads before which batch a page of the history ends.
func beforeParam(c echo.Context) (int64, error) {
	text := c.QueryParam("before")
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, wrong("before", "应为导入的编号")
	}
	return id, nil
}

// previewImport reads a table that was uploaded or pasted and shows what would become of it.
func (s *server) previewImport(c echo.Context) error {
	kind := c.Param("kind")
	if !slices.Contains(store.Kinds(), kind) {
		return fault.New(fault.NotFound, "no kind %q", kind)
	}
	if !mayBring(actor(c).User.Role, kind) {
		return s.deny(c, "您的角色不能导入这种表。")
	}
	words := strings.TrimSpace(c.Request().PostForm.Get("words"))
	up, err := s.broughtTable(c, words)
	token := ""
	if err == nil {
		token, err = s.Store.Receive(c.Request().Context(), actor(c).User.ID, up, words)
	}
	if err != nil {
		return s.importAgain(c, kind, ofTable(err, up.Origin, s.words(c)))
	}
	return s.goOn(c, token, store.Checking)
}

// importAgain brings the form back with what was typed and what is wrong.
func (s *server) importAgain(c echo.Context, kind string, err error) error {
	f := newForm("file", "paste", "words").filled(c, "paste", "words")
	p, pageErr := s.importsPage(c, kind, f)
	if pageErr != nil {
		return pageErr
	}
	return s.formAgain(c, "imports", err, f, func(f form) any {
		p.Form = f
		p.Words.Value, p.Words.Wrong = f.Value("words"), f.Wrong("words")
		return p
	})
}

// tooLargeTable is said of a table that is larger than uploadLimit.
const tooLargeTable = "文件超过 10 MB，没有接收。请删去图片和无关的工作表后另存为 .xlsx，或按标段分成几个文件，逐个导入。"

// tableTooLarge answers a table of which nothing was read. What else was typed has gone with it.
func (s *server) tableTooLarge(c echo.Context) error {
	kind := c.Param("kind")
	if !slices.Contains(kindsOf(actor(c).User.Role), kind) {
		return &http.MaxBytesError{Limit: uploadLimit}
	}
	return s.importAgain(c, kind, wrong("file", tooLargeTable))
}

// ofTable says that what is wrong is the file, or what was pasted.
func ofTable(err error, origin store.Origin, w locale.Words) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return wrong("file", tooLargeTable)
	}
	if _, ok := errors.AsType[*fault.Error](err); !ok || fault.KindOf(err) != fault.Invalid || origin == "" || shownAgain(err) {
		return err
	}
	field := "file"
	if origin == store.FromPaste {
		field = "paste"
	}
	return wrong(field, inLanguage(w, err))
}

// broughtTable makes an upload of the file of a form, or of what was pasted into it.
func (s *server) broughtTable(c echo.Context, words string) (store.Upload, error) {
	mapping, err := screening.ParseMapping(words)
	if err != nil {
		return store.Upload{}, wrong("words", inLanguage(s.words(c), err))
	}
	up := s.uploadBase(c)
	up.Kind, up.Words = c.Param("kind"), mapping
	if form := c.Request().MultipartForm; form != nil && len(form.File["file"]) == 1 && form.File["file"][0].Size > 0 {
		file := form.File["file"][0]
		up.File, up.Origin = file.Filename, store.FromFile
		up.Content, err = contentOf(file)
		return up, err
	}
	if form := c.Request().MultipartForm; form != nil && len(form.File["file"]) == 1 && form.File["file"][0].Filename != "" {
		return up, wrong("file", s.words(c).Say(locale.Say("文件“%s”是空的", audit.MaskedName(form.File["file"][0].Filename))))
	}
	pasted := c.Request().PostForm.Get("paste")
	if strings.TrimSpace(pasted) == "" {
		return up, wrong("file", "请选择文件，或把表格连同表头一起粘贴到下面")
	}
	up.File, up.Origin, up.Content = pastedName, store.FromPaste, []byte(pasted)
	return up, nil
}

// uploadBase is what every upload of a request has.
func (s *server) uploadBase(c echo.Context) store.Upload {
	return store.Upload{Limits: intake.UploadLimits(), Loc: s.Loc, Now: s.Now(), By: actor(c).User.Name, Act: act(c), Within: within(c)}
}

// batchPage is one table that was taken in.
type batchPage struct {
	Frame
	batchLine
	Token    string // of the file, while its rows can be fetched
	Problems problemList
	Touched  int
	Changes  []changeLine
	Cases    bool // some of its rows wait for a decision
}

type changeLine struct{ Code, Name, URL, Before, After string }

func (s *server) batch(c echo.Context) error {
	id, err := numberParam(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), actor(c).User
	d, err := s.Store.Batch(ctx, within(c), id)
	if err != nil {
		return err
	}
	if !mayBring(who.Role, d.Kind) {
		return fault.New(fault.NotFound, "没有这次导入")
	}
	token, err := s.Store.UploadOf(ctx, who.ID, id, s.Now())
	if err != nil {
		return err
	}
	readable := d.RecordedBy == who.Name || lensOf(who.Role).tails
	p := batchPage{Frame: s.frame("imports"), batchLine: lineOf(d.Batch), Token: token, Problems: problemLines(d.Problems, s.words(c), readable),
		Touched: d.Touched, Cases: d.Quarantined > 0}
	for _, ch := range d.Changes {
		line := changeLine{Code: ch.Section, Name: ch.Name, URL: sectionURL(ch.Section), Before: "none", After: ch.After.String()}
		if ch.Judged {
			line.Before = ch.Before.String()
		}
		p.Changes = append(p.Changes, line)
	}
	return s.render(c, http.StatusOK, "batch", p)
}
