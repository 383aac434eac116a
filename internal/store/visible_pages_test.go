package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/fault"
	"fugong/internal/intake"
	"fugong/internal/roster"
	"fugong/internal/site"
	"fugong/internal/store"
	"fugong/internal/store/storetest"
)

// TestScopesHoldInPages reads all that pages show of XY-01, with each kind of scope: it is there for who sees the section, and for
// others it is as if it were not; nor does anything of XY-02 come along.
func TestScopesHoldInPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		p := pagesDistrict(t, s)
		for _, tt := range []struct {
			name   string
			within account.Scope
			one    bool // sees XY-01 in 学苑街道
			two    bool // sees XY-02 in 南安桥街道
		}{
			{"the district", account.Everywhere(), true, true},
			{"the section", account.Scope{Sections: []string{"XY-01"}}, true, false},
			{"the street", account.Scope{Streets: []string{"学苑街道"}}, true, false},
			{"the street and another section", account.Scope{Sections: []string{"XY-02"}, Streets: []string{"学苑街道"}}, true, true},
			{"another section", account.Scope{Sections: []string{"XY-02"}}, false, true},
			{"another street", account.Scope{Streets: []string{"南安桥街道"}}, false, true},
			{"words of SQL for names", account.Scope{Sections: []string{"' OR 1=1 --"}, Streets: []string{"?", "%"}}, false, false},
			{"nothing", account.Scope{}, false, false},
		} {
			for method, read := range p.reads(t, tt.within) {
				got, err := read()
				if err != nil && fault.KindOf(err) != fault.NotFound {
					t.Fatalf("%s within %s: %v", method, tt.name, err)
				}
				text := fmt.Sprintf("%+v", got)
				if sees := err == nil && strings.Contains(text, "XY-01"); sees != tt.one {
					t.Errorf("%s within %s sees XY-01: %v, want %v; %s, %v", method, tt.name, sees, tt.one, text, err)
				}
				if !tt.two && strings.Contains(text, "XY-02") {
					t.Errorf("%s within %s sees XY-02: %s", method, tt.name, text)
				}
			}
		}
	})
}

// pages knows the facts of XY-01 that pages ask for by what they are called.
type pages struct {
	store  *store.Store
	codes  map[site.SectionID]string
	ids    []site.SectionID // of XY-01, XY-02
	user   account.UserID   // the manager of XY-01
	worker roster.WorkerID
	filed  int64 // a checklist with a photo
	photo  string
	batch  int64 // a file that the manager brought
	paper  string
	cases  []store.Case // one of them of a number that is masked
	area   disinfection.Area
}

// pagesDistrict adds to readDistrict, of XY-01 alone: a disinfection, a stop with a day for its end, a later judgement, a tube, a document, a
// checklist with a photo, a file of its manager's, a row with a masked number, and a paper; and a route through both sections.
func pagesDistrict(t *testing.T, s *store.Store) pages {
	t.Helper()
	readDistrict(t, s)
	bring(t, s, own(), "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100")
	take(t, s, morning, "roster", "标段编号,姓名,证件号码,进场时间\nXY-01,王小明,3206991990****0013,2022-05-01")
	storetest.Import(t, s, "results", "证件号码,采样时间,检测结果,采样管编号,混采人数\n"+wang+",2022-05-05 07:00,阴性,T1,10")
	storetest.Import(t, s, "documents", "标段编号,类型,签发日期,到期日期\nXY-01,承诺书,2022-03-01,2022-05-05")
	storetest.ImportAt(t, s, storetest.At("2022-05-06 09:00"), "sections",
		"项目编号,项目名称,标段编号,标段名称,街道,状态,停工日期,预计复工日期\nXY,学苑示范项目,XY-01,一标段,学苑街道,停工,2022-04-01,2022-05-02")
	storetest.Import(t, s, "areas", "标段编号,区域编号,区域名称,区域类型\nXY-01,Q9,南食堂,食堂")
	storetest.Import(t, s, "disinfection", "标段编号,区域编号,消毒时间\nXY-01,Q9,2022-05-05 07:00")
	attempt(t, s, claim("a", "2022-05-06 10:00", "2022-05-06 10:00"), 1)
	decide(t, s, "2022-05-06 10:00", func(snapshot *criteria.Snapshot, at calendar.Instant) criteria.Report {
		report := overfull(0)(snapshot, at)
		report.PolicyVersion++ // which is something new
		return report
	}, "XY-01")
	r := reader{t: t, s: s}
	p := pages{store: s, codes: codesByID(t, s), worker: somebody(t, s)}
	p.ids = ids(p.codes)
	var err error
	p.cases, err = s.Quarantined(t.Context(), account.Everywhere())
	r.check(err)
	batches, err := s.Batches(t.Context(), account.Everywhere(), store.BatchFilter{Kinds: []string{"stock"}, Limit: 9})
	r.check(err)
	p.batch = batches[0].ID
	log, err := s.Disinfections(t.Context(), account.Everywhere(), p.ids[0], storetest.At("2022-05-01 00:00"))
	r.check(err)
	p.area = disinfection.Area{SectionID: p.ids[0], ID: log[0].AreaID}
	p.paper = office{t, s, storetest.Keys(t), storetest.At("2022-05-06 11:00")}.issue(p.ids[0], "").Content.ID
	p.handIn(t)
	r.check(s.ChangeRoute(t.Context(), account.Everywhere(), p.user, calendar.Day(2022, 5, 6), by("li"), storetest.At(morning),
		func([]string) []string { return []string{"XY-02", "XY-01"} }))
	return p
}

// handIn hands in the checklist of XY-01 for the day, as its manager, with a photo.
func (p *pages) handIn(t *testing.T) {
	t.Helper()
	b := &submitting{T: t, store: p.store, user: someone(t, p.store, "li", account.Manager, "XY-01"), now: storetest.At("2022-05-06 16:00")}
	p.user, p.photo = b.user.ID, "0190f5e8-0000-7000-8000-000000000001"
	_, err := p.store.AddPhoto(t.Context(), store.Photo{UUID: p.photo, User: p.user, Width: 4, Height: 3, Size: 12, File: "f", Key: []byte("k")},
		by("li"), b.now)
	if err != nil {
		t.Fatal(err)
	}
	list := b.list("XY-01", "B1")
	list.Answers[0].Photos = []string{p.photo}
	b.must(list, "a", "1")
	p.filed = b.versions("XY-01")[0].ID
}

// reads gives, by method, what a read within a scope shows: a value that names the sections, or the code itself by about.
func (p pages) reads(t *testing.T, in account.Scope) map[string]func() (any, error) {
	ctx, s, day := t.Context(), p.store, calendar.Day(2022, 5, 6)
	desk, register, documents := store.DeskFilter{Query: "标段"}, store.RegisterFilter{Query: "标段"}, store.DocumentFilter{Query: "标段", Today: day}
	first, one := p.ids[0], store.DeskFilter{Query: "xy-01"}
	return map[string]func() (any, error){
		"Photos":      func() (any, error) { return about(s.Photos(ctx, in, p.filed)) },
		"Photo":       func() (any, error) { return about(s.Photo(ctx, in, p.user+1, p.photo)) },
		"Batch":       func() (any, error) { return about(s.Batch(ctx, in, p.batch)) },
		"Desk":        func() (any, error) { return s.Desk(ctx, in, desk, 0, 50) },
		"DeskTallies": func() (any, error) { return about(s.DeskTallies(ctx, in, one)) },
		"DeskGroups": func() (any, error) {
			groups, err := s.DeskGroups(ctx, in)
			return about(slices.ContainsFunc(groups, func(g store.Group) bool { return g.Street == "学苑街道" }), err)
		},
		"DeskReported": func() (any, error) {
			n, err := s.DeskReported(ctx, in, one, day)
			return about(n > 0, err)
		},
		"DeskPlace":             func() (any, error) { return p.place(s.DeskPlace(ctx, in, desk, "XY-01", 0)) },
		"DeskPlace, hinted":     func() (any, error) { return p.place(s.DeskPlace(ctx, in, store.DeskFilter{Sort: "code"}, "XY-01", 1)) },
		"DeskCodes":             func() (any, error) { return s.DeskCodes(ctx, in, desk, 50) },
		"Named":                 func() (any, error) { return s.Named(ctx, in, []string{"XY-02", "XY-01"}) },
		"Documents":             func() (any, error) { return s.Documents(ctx, in, documents) },
		"CountDocuments":        func() (any, error) { return about(s.CountDocuments(ctx, in, documents)) },
		"Enrolled":              func() (any, error) { return about(s.Enrolled(ctx, in, "XY-01", p.worker)) },
		"PersonOn":              func() (any, error) { return about(s.PersonOn(ctx, in, "XY-01", p.worker)) },
		"TubeOf":                func() (any, error) { return about(s.TubeOf(ctx, in, "XY-01", "T1")) },
		"Disinfections":         func() (any, error) { return about(s.Disinfections(ctx, in, first, storetest.At("2022-05-01 00:00"))) },
		"LoggedSince":           func() (any, error) { return about(s.LoggedSince(ctx, in, p.area, storetest.At("2022-05-01 00:00"))) },
		"Members":               func() (any, error) { return about(s.Members(ctx, in, first)) },
		"PaperFile":             func() (any, error) { return about(s.PaperFile(ctx, in, p.paper)) },
		"PaperByNumber":         func() (any, error) { return about(s.PaperByNumber(ctx, in, 2022, 1)) },
		"Papers":                func() (any, error) { return about(s.Papers(ctx, in, first, 9)) },
		"LastPapers":            func() (any, error) { return keyed[store.Visit](p)(s.LastPapers(ctx, in, p.ids)) },
		"Strips":                func() (any, error) { return keyed[[]string](p)(s.Strips(ctx, in, p.ids, day, 2, storetest.Shanghai())) },
		"Sources":               func() (any, error) { return about(s.Sources(ctx, in, first)) },
		"Moves":                 func() (any, error) { return s.Moves(ctx, in, storetest.At("2022-05-06 08:30")) },
		"Register":              func() (any, error) { return s.Register(ctx, in, register) },
		"Register of the quiet": func() (any, error) { return s.Register(ctx, in, store.RegisterFilter{Resting: true}) },
		"CountRegister":         func() (any, error) { return about(s.CountRegister(ctx, in, store.RegisterFilter{Query: "xy-01"})) },
		"Route":                 func() (any, error) { return s.Route(ctx, in, p.user, day) },
		"Candidates":            func() (any, error) { return about(s.Candidates(ctx, in, p.cases)) },
		"Submissions":           func() (any, error) { return s.Submissions(ctx, in, "XY-01", day) },
		"SubmissionDays":        func() (any, error) { return about(s.SubmissionDays(ctx, in, "XY-01", 9)) },
		"Batches": func() (any, error) {
			all, err := s.Batches(ctx, in, store.BatchFilter{Limit: 50})
			return about(slices.ContainsFunc(all, func(b store.Batch) bool { return b.ID == p.batch }), err)
		},
		"Overdue": func() (any, error) {
			n, since, err := s.Overdue(ctx, in, day)
			return about(n > 0 || !since.IsZero(), err)
		},
		"Progress": func() (any, error) {
			counts, err := s.Progress(ctx, in, []calendar.Instant{storetest.At("2022-05-06 12:00")})
			return about(slices.ContainsFunc(counts, func(c store.StateCount) bool { return c.State == site.Suspended }), err)
		},
		"Judgings": func() (any, error) {
			runs, err := s.Judgings(ctx, in, 1)
			return about(slices.ContainsFunc(runs, func(r store.Judging) bool { return r.Changed > 0 }), err)
		},
		"JudgedSince": func() (any, error) {
			judged, _, err := s.JudgedSince(ctx, in, storetest.At("2022-05-06 10:00"))
			return about(judged > 0, err)
		},
		"JudgedAt": func() (any, error) {
			at, err := s.JudgedAt(ctx, in)
			return about(at == storetest.At("2022-05-06 10:00"), err)
		},
	}
}

// about names XY-01 where a read that asks for nothing else gives anything.
func about[T any](got T, err error) (any, error) {
	v := reflect.ValueOf(got)
	if err != nil || v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return "", err
	}
	return "XY-01", nil
}

// keyed names the sections by whose ids a read gives something.
func keyed[T any](p pages) func(map[site.SectionID]T, error) (any, error) {
	return func(got map[site.SectionID]T, err error) (any, error) {
		codes := []string{}
		for id := range got {
			codes = append(codes, p.codes[id])
		}
		return codes, err
	}
}

func (p pages) place(got store.Place, err error) (any, error) {
	seen, err := about(got, err)
	return fmt.Sprint(seen, " between ", got.Before, " and ", got.After), err
}

// TestScopesHoldInChanges: of XY-01 a manager of XY-02 brings nothing, whichever way, and puts no stop on a route.
func TestScopesHoldInChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		district(t, s)
		user, other, day := someone(t, s, "mai", account.Manager, "XY-02").ID, account.Scope{Sections: []string{"XY-02"}}, calendar.Day(2022, 5, 6)
		r := reader{t: t, s: s}
		up := storetest.Upload(storetest.At(morning), "stock", "标段编号,日期,物资,结存\nXY-01,2022-05-05,口罩,100")
		up.Within = other
		_, err := s.ImportOnce(t.Context(), up, store.Request{User: user, Key: "a", Content: "1"}, func(got intake.Report) (store.Answer, error) {
			expect(t, got, 0, "2 rejected UNKNOWN_SECTION")
			return store.Answer{}, nil
		})
		r.check(err)
		taken, err := s.TakeIn(t.Context(), up, store.Request{User: user, Key: "b", Content: "1"})
		r.check(err)
		expect(t, taken.Report, 0, "2 rejected UNKNOWN_SECTION")
		waiting, err := s.Preview(t.Context(), user, up, "")
		r.check(err)
		expect(t, waiting.Report, 0, "2 rejected UNKNOWN_SECTION")
		token, err := s.Receive(t.Context(), user, up, "")
		r.check(err)
		r.check(s.CheckUploaded(t.Context(), user, token, store.Upload{Loc: up.Loc, Now: up.Now, By: "mai", Within: other}))
		checked, err := s.Uploaded(t.Context(), user, token, up.Now)
		r.check(err)
		expect(t, checked.Report, 0, "2 rejected UNKNOWN_SECTION")
		taken, err = s.TakeUploaded(t.Context(), user, waiting.Token, store.Upload{Loc: up.Loc, Now: up.Now, By: "mai", Within: other})
		r.check(err)
		expect(t, taken.Report, 0, "2 rejected UNKNOWN_SECTION")
		r.check(s.ChangeRoute(t.Context(), other, user, day, audit.Act{Actor: "mai"}, up.Now, func([]string) []string { return []string{"XY-01", "XY-02"} }))
		if codes, err := s.Route(t.Context(), account.Everywhere(), user, day); err != nil || !slices.Equal(codes, []string{"XY-02"}) {
			t.Errorf("the route is %q, %v", codes, err)
		}
	})
}

// TestEveryScopeIsTested: a method of the store that is told a scope is read by one of the tests of scopes, or is a change that the
// test named here holds to it.
func TestEveryScopeIsTested(t *testing.T) {
	tested := map[string]string{
		"DecideCase": "TestCasesAreDecidedWithinScope", "SettleCase": "TestNobodyDecidesOnPeopleElsewhere", "Submit": "TestWhatFailedIsNotKept",
		"RevealNumber": "TestNothingIsShownOutsideTheScope", "RevealPhone": "TestNothingIsShownOutsideTheScope",
		"RevealPassages": "TestNothingIsShownOutsideTheScope", "RevealRemarks": "TestNothingIsShownOutsideTheScope",
		"RevealPeople": "TestNothingIsShownOutsideTheScope", "ChangeUser": "TestChangesEndWhatRestsOnThem", "Import": "TestSectionsOutsideAreUnknown",
		"ImportOnce": "TestScopesHoldInChanges", "TakeIn": "TestScopesHoldInChanges", "Preview": "TestScopesHoldInChanges",
		"Receive": "TestScopesHoldInChanges", "CheckUploaded": "TestScopesHoldInChanges",
		"TakeUploaded": "TestScopesHoldInChanges", "ChangeRoute": "TestScopesHoldInChanges",
		"WithdrawDisinfection": "TestDisinfectionsAreWithdrawn",
	}
	word := regexp.MustCompile(`^\w+`)
	for method := range everyRead(t, storetest.Open(t, filepath.Join(t.TempDir(), "f.db"), storetest.Keys(t)), account.Everywhere()) {
		tested[word.FindString(method)] = "TestScopesHoldInEveryRead"
	}
	for method := range (pages{ids: make([]site.SectionID, 2)}).reads(t, account.Scope{}) {
		tested[word.FindString(method)] = "TestScopesHoldInPages"
	}
	scoped, tests := scopedMethods(t)
	for _, method := range scoped {
		if test := tested[method]; !slices.Contains(tests, test) {
			t.Errorf("%s is told a scope, and no test holds it to that: %q", method, test)
		}
		delete(tested, method)
	}
	for method := range tested {
		t.Errorf("%s is not told a scope any more", method)
	}
}

// scopedMethods names the methods of the store that have a scope among their arguments, or a struct of the store that has one; and
// the tests that there are.
func scopedMethods(t *testing.T) (scoped, tests []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var methods []*ast.FuncDecl
	scopes := map[string]bool{"account.Scope": true}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && !strings.HasSuffix(name, "_test.go") {
				if record, ok := spec.Type.(*ast.StructType); ok && has(record.Fields, map[string]bool{"account.Scope": true}) {
					scopes[spec.Name.Name] = true
				}
			}
			if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests = append(tests, f.Name.Name)
			} else if ok && f.Recv != nil && f.Name.IsExported() && has(f.Recv, map[string]bool{"Store": true}) {
				methods = append(methods, f)
			}
			return true
		})
	}
	for _, f := range methods {
		if has(f.Type.Params, scopes) {
			scoped = append(scoped, f.Name.Name)
		}
	}
	return scoped, tests
}

// has reports whether a list has a field of one of some types, or of pointers to or slices of them.
func has(list *ast.FieldList, names map[string]bool) bool {
	return slices.ContainsFunc(list.List, func(f *ast.Field) bool { return names[strings.TrimLeft(types.ExprString(f.Type), "*[].")] })
}
