package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/calendar"
	"fugong/internal/evaluation"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/locale"
	"fugong/internal/site"
	"fugong/internal/store"
)

// entry is what was typed into a form, as rows of a register: texts in the order of its columns. Field names the field of the form
// at which what is wrong with a row is told, the rows counted from 0. Step tells the entries of one form apart where it makes several.
type entry struct {
	kind  string
	rows  [][]string
	field func(row int, f intake.Fault) string
	step  string
}

// record takes rows typed by hand through the same door as files, all of them or none and once for the form's key, and judges
// the sections that they concern, so that whoever typed them sees at once what it changed. What is wrong with a row comes back
// as a fault of the form's fields.
func (s *server) record(c echo.Context, e entry) (store.Taken, error) {
	request, err := formRequest(c, e.step)
	if err != nil {
		return store.Taken{}, err
	}
	up, err := s.byHand(c, e)
	if err != nil {
		return store.Taken{}, err
	}
	taken, err := s.Store.TakeIn(c.Request().Context(), up, request)
	if err != nil {
		return store.Taken{}, typed(err, s.words(c), e.field)
	}
	s.judgeEntered(c, taken.Sections)
	return taken, nil
}

// byHand makes the upload of an entry.
func (s *server) byHand(c echo.Context, e entry) (store.Upload, error) {
	columns, err := store.Columns(e.kind)
	return store.Upload{Kind: e.kind, Tables: []intake.Table{intake.NewTable("", columns, e.rows)}, Loc: s.Loc, Now: s.Now(),
		By: actor(c).User.Name, Act: act(c), Within: within(c), Origin: store.FromForm, Whole: true}, err
}

// judgeEntered judges the sections that an entry touched. They are due anyway, so that a fault here loses nothing but time.
func (s *server) judgeEntered(c echo.Context, ids []site.SectionID) {
	s.judgeSections(c.Request().Context(), ids)
}

func (s *server) judgeSections(ctx context.Context, ids []site.SectionID) {
	if len(ids) == 0 {
		return
	}
	if _, err := s.Evaluator.Sections(ctx, ids, evaluation.Recorded); err != nil {
		s.Log.WarnContext(ctx, "sections not judged after an entry", slog.Any("error", err))
	}
}

// formRequest names the request of a form by its hidden key. What makes it another than an earlier one of that key is where it
// goes to and what was typed.
func formRequest(c echo.Context, step string) (store.Request, error) {
	form := c.Request().PostForm
	key := cmp.Or(c.Request().Header.Get(idempotencyKey), form.Get("key"))
	if !requestKey.MatchString(key) {
		return store.Request{}, fault.New(fault.Invalid, "表单缺少请求编号，不能确保只登记一次，请重新打开这一页")
	}
	typed := maps.Clone(form)
	delete(typed, "key")
	delete(typed, formTokenName)
	return store.Request{User: actor(c).User.ID, Key: key + step, Content: c.Request().Method + " " + c.Request().URL.EscapedPath() + step + "\n\n" + typed.Encode()}, nil
}

// typed lays what is wrong with rows on the fields in which they were typed. A form whose key was used for something else is told
// so in words of its own: its sender knows of no key.
func typed(err error, w locale.Words, field func(row int, f intake.Fault) string) error {
	if fault.KindOf(err) == fault.Conflict {
		return usedUp(err)
	}
	refused, ok := errors.AsType[*store.Refused](err)
	if !ok { // nil, too
		return err
	}
	fields := map[string]string{}
	for _, p := range refused.Report.Rows {
		for _, f := range p.Faults {
			if name := field(p.Line-1, f); p.Outcome != intake.Duplicated && fields[name] == "" {
				fields[name] = w.Say(f.Said)
			}
		}
	}
	return &fault.Error{Kind: fault.Invalid, Message: inLanguage(w, err), Fields: fields}
}

// rowWords says what is wrong with a row, in a language other than Chinese cell by cell.
func rowWords(w locale.Words, p intake.Problem) string {
	if w.Lang == locale.Chinese || len(p.Faults) == 0 { // kept by an earlier version
		return p.Message
	}
	said := make([]string, len(p.Faults))
	for i, f := range p.Faults {
		if said[i] = w.Say(f.Said); f.Column != "" {
			said[i] = intake.Quote(f.Column) + ": " + said[i]
		}
	}
	return strings.Join(said, "; ")
}

// inLanguage says a fault: of rows that are not taken in, what is wrong with the first.
func inLanguage(w locale.Words, err error) string {
	if refused, ok := errors.AsType[*store.Refused](err); ok {
		if first, ok := refused.First(); ok {
			return rowWords(w, first)
		}
	}
	return w.Say(inWords(err, said(err)))
}

// usedUp says of a form whose key stands for something else already what that means for who sent it.
func usedUp(err error) error {
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	return fault.New(fault.Conflict, "这一页已经登记过一次，现在的内容没有保存。如果确实要再登记一次，请再按一次")
}

// columnFields is the field of a form that holds one row, by column; what is wrong elsewhere is told at the first.
func columnFields(first string, names map[string]string) func(int, intake.Fault) string {
	return func(_ int, f intake.Fault) string { return cmp.Or(names[f.Column], first) }
}

// rowOf makes a row of a register from the texts of its columns.
func rowOf(columns []intake.Column, texts map[string]string) []string {
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = texts[c.Name]
	}
	return row
}

// entryFrame is what every page of entries has: the section it is about, and the key that lets its form take effect once.
type entryFrame struct {
	Frame
	Form               form
	Code, URL, Section string
	Key                string
}

// entryFrame begins a page about a section.
func (s *server) entryFrame(about site.Section, f form) entryFrame {
	return entryFrame{Frame: s.frame("sections"), Form: f, Code: about.Code, URL: sectionURL(about.Code),
		Section: joinWords(about.ProjectName, about.Name), Key: rand.Text()}
}

// entryHead is the head of a page of entries: where it is and where it leads back to.
type entryHead struct{ Title, Section, Code, Back string }

// Head makes the head of the page.
func (p entryFrame) Head(title, back string) entryHead {
	return entryHead{title, p.Section, p.Code, back}
}

// again is the page of a form that came back.
func (p entryFrame) again(c echo.Context, f form, err error) entryFrame {
	p.Form, p.Key = f, keyAgain(c, p.Key, err)
	return p
}

// keyAgain is the key of a form that came back: its own, or a fresh one where that was used for something else.
func keyAgain(c echo.Context, fresh string, err error) string {
	if fault.KindOf(err) == fault.Conflict {
		return fresh
	}
	return cmp.Or(c.Request().PostForm.Get("key"), fresh)
}

// choices are a few answers to tap; none is chosen unless somebody chose it.
type choices struct {
	Name, Label, Hint, Wrong string
	All                      []choice
	Other                    *other // nil where there are only the answers to tap
}

// other is an answer that is typed, because it is none of those to tap. One of them all is asked for.
type other struct {
	Value  string
	Chosen bool
}

type choice struct {
	Value, Label, Note string
	Chosen             bool
}

// pick makes choices of a field of a form.
func (f form) pick(name, label string, all []choice) choices {
	for i := range all {
		all[i].Chosen = all[i].Value == f.Value(name)
	}
	return choices{Name: name, Label: label, Wrong: f.Wrong(name), All: all}
}

// orOther lets an answer be typed that is none of the choices.
func (f form) orOther(c choices) choices {
	typed := f.Value(c.Name + "_other")
	c.Other = &other{typed, typed != "" && f.Value(c.Name) == "" || len(c.All) == 0}
	return c
}

// answered is the choice that was tapped, or what was typed instead.
func answered(sent url.Values, field string) string {
	return cmp.Or(strings.TrimSpace(sent.Get(field)), strings.TrimSpace(sent.Get(field+"_other")))
}

// moment is when something was done: now, by the server's clock, or at an earlier time that is typed.
type moment struct {
	Label, Now, Value, Most, Wrong string
	Earlier                        bool
}

// The layout in which a browser sends a time that was picked.
const pickedTime = "2006-01-02T15:04"

func (s *server) moment(f form, label string) moment {
	now := s.Now().In(s.Loc)
	return moment{Label: label, Now: now.Format("15:04"), Most: now.Format(pickedTime), Value: f.Value("at"), Wrong: f.Wrong("at"),
		Earlier: f.Value("when") == "earlier"}
}

// momentText gives the time that a form says, as a register reads it.
func (s *server) momentText(c echo.Context, now calendar.Instant) string {
	if form := c.Request().PostForm; form.Get("when") == "earlier" {
		return form.Get("at")
	}
	return intake.FormatTime(now, s.Loc)
}

// toCome tells of a time, as a form says it, that it lies ahead. The registers take what is planned; by hand one enters what was
// done, and the pages would show nothing of it until then.
func (s *server) toCome(at string) bool {
	stamp, err := intake.ParseTime(intake.Cell{Text: at}, s.Loc)
	return err == nil && stamp.At > s.Now()+clockAhead
}

// entryRoutes are the pages on which managers enter things by hand.
func entryRoutes() []Route {
	return slices.Concat(areaRoutes(), bedRoutes(), rosterRoutes(), tubeRoutes(), temperatureRoutes())
}

// field is a plain field of a form, with words to choose from where there are some.
type field struct {
	Name, Label, Value, Wrong string
	List                      []string
}

// Field describes a plain field of the page's form.
func (p entryFrame) Field(name, label string) field { return p.Listed(name, label, nil) }

// Listed describes a field of the page's form that offers what others typed before.
func (p entryFrame) Listed(name, label string, list []string) field {
	return field{name, label, p.Form.Value(name), p.Form.Wrong(name), list}
}

// given is a fault when a field that a form asks for, though its register does not, is empty.
func given(sent url.Values, field string) error {
	if sent.Get(field) != "" {
		return nil
	}
	return wrong(field, "没有填写")
}
