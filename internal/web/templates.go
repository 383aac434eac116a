package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/locale"
)

type page struct{ *template.Template }

// parsePages reads layout and partials once and gives each page those that it is drawn with, in each language.
func parsePages(files fs.FS, catalogue *locale.Catalogue, loc *time.Location) (map[locale.Lang]map[string]page, error) {
	icons, err := loadIcons(files)
	if err != nil {
		return nil, err
	}
	all := map[locale.Lang]map[string]page{}
	for _, lang := range locale.Languages() {
		words := catalogue.In(lang)
		in := sources{files, words, icons, functions(words, icons, loc)}
		shared := in.new()
		if err := in.parse(shared, "layout.html", "partials/*.html"); err != nil {
			return nil, err
		}
		if all[lang], err = in.pages(shared); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sources are the templates' files as one language reads them.
type sources struct {
	files     fs.FS
	words     locale.Words
	icons     map[string]template.HTML
	functions template.FuncMap
}

// new is a template that begins with the layout.
func (in sources) new() *template.Template { return template.New("layout.html").Funcs(in.functions) }

// parse adds files to a template, each under the name of its file.
func (in sources) parse(to *template.Template, patterns ...string) error {
	for _, pattern := range patterns {
		names, err := fs.Glob(in.files, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(in.files, name)
			if err != nil {
				return fmt.Errorf("read template: %w", err)
			}
			of := to
			if base := path.Base(name); base != to.Name() {
				of = to.New(base)
			}
			if _, err := of.Parse(in.fold(string(text))); err != nil {
				return fmt.Errorf("parse %s: %w", name, err)
			}
		}
	}
	return nil
}

// foldable is an action that writes the same on each page of a language.
var foldable = regexp.MustCompile(`\{\{(t|icon|word) "([^"]+)"(?: "([^"]+)")?\}\}`)

// fold writes what is constant into the text of a template once. A list has a thousand such actions, and each is a call by name.
func (in sources) fold(text string) string {
	return foldable.ReplaceAllStringFunc(text, func(action string) string {
		call := foldable.FindStringSubmatch(action)
		switch function, name, value := call[1], call[2], call[3]; {
		case function == "t" && value == "":
			return template.HTMLEscapeString(in.words.T(name))
		case function == "word" && value != "":
			return template.HTMLEscapeString(in.words.Word(name, value))
		case function == "icon" && in.icons[name] != "":
			return string(in.icons[name])
		}
		return action // which says what is wrong when it is drawn
	})
}

func (in sources) pages(shared *template.Template) (map[string]page, error) {
	names, err := fs.Glob(in.files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]page, len(names))
	for _, name := range names {
		p := in.new()
		if err := in.parse(p, name); err != nil {
			return nil, err
		}
		if err := complete(p, shared); err != nil {
			return nil, fmt.Errorf("complete %s: %w", name, err)
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = page{p}
	}
	return pages, nil
}

// call is where a template calls another.
var call = regexp.MustCompile(`\{\{template "([^"]+)"`)

// complete adds those of the shared templates that a page calls and has no template of its own for. Each page needs a copy, as what has
// to be escaped depends on where it stands; copies of all of them were most of what the program held in memory.
func complete(p, shared *template.Template) error {
	added := map[string]bool{}
	for wanted := []string{shared.Name()}; len(wanted) > 0; wanted = wanted[1:] {
		name := wanted[0]
		if added[name] {
			continue
		}
		added[name] = true
		t := p.Lookup(name)
		if from := shared.Lookup(name); (t == nil || t.Tree == nil) && from != nil && from.Tree != nil {
			var err error
			if t, err = p.AddParseTree(name, from.Tree.Copy()); err != nil {
				return err
			}
		}
		if t == nil || t.Tree == nil {
			return fmt.Errorf("there is no template %q", name)
		}
		for _, called := range call.FindAllStringSubmatch(t.Tree.Root.String(), -1) {
			wanted = append(wanted, called[1])
		}
	}
	return nil
}

// functions are what templates may call, bound to a language.
func functions(w locale.Words, icons map[string]template.HTML, loc *time.Location) template.FuncMap {
	return template.FuncMap{
		"t": w.T, "word": w.Word, "say": w.Say, "text": w.Text,
		"reasons": func(text string) string { return reasonWords(w, text) },
		"icon": func(name string) (template.HTML, error) {
			svg, ok := icons[name]
			if !ok {
				return "", fmt.Errorf("there is no icon %q", name)
			}
			return svg, nil
		},
		"when": func(at calendar.Instant) template.HTML { return timeTag(at.RFC3339(loc), at.Minute(loc)) },
		"day":  dayTag,
		"num":  func(n int) string { return locale.Number(int64(n)) },
	}
}

func dayTag(d calendar.Date) template.HTML { return timeTag(d.String(), d.String()) }

// timeTag writes a time for people and for programs; both texts are digits and marks of ours. Nothing is written for no time.
func timeTag(machine, people string) template.HTML {
	if machine == "" {
		return ""
	}
	return template.HTML(`<time class="nowrap num" datetime="` + machine + `">` + people + `</time>`) // #nosec G203 -- digits and marks of ours
}

// loadIcons wraps the paths of each icon into an SVG that a screen reader passes over.
func loadIcons(files fs.FS) (map[string]template.HTML, error) {
	data, err := fs.ReadFile(files, "icons.json")
	if err != nil {
		return nil, fmt.Errorf("load icons: %w", err)
	}
	var paths map[string]string
	if err := json.Unmarshal(data, &paths); err != nil {
		return nil, fmt.Errorf("load icons: %w", err)
	}
	icons := make(map[string]template.HTML, len(paths))
	for name, p := range paths {
		icons[name] = template.HTML(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">` + p + `</svg>`) // #nosec G203 -- of a file of ours
	}
	return icons, nil
}
