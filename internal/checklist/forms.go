package checklist

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The versions of the district's form. Items B5, D4, E4, I3 and J7 to J11 are ours: criteria of the policy that nothing on the
// form answered.
//
//go:embed templates/*.json
var files embed.FS

// forms are the versions that ship inside, the oldest first; index holds the items and figures of all of them,
// and leads the figure that stands for an item.
var (
	forms = readForms()
	index = indexed(forms)
	leads = leading(index)
)

// readForms reads the embedded files. A test holds that they can be read, so a fault here is one of building the program.
func readForms() []Form {
	entries, err := files.ReadDir("templates")
	if err != nil {
		panic(fmt.Sprintf("list checklist templates: %v", err))
	}
	var all []Form
	for _, e := range entries {
		content, err := files.ReadFile("templates/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("read checklist template: %v", err))
		}
		f, err := parseForm(content)
		if err != nil {
			panic(fmt.Sprintf("read checklist template %s: %v", e.Name(), err))
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Form) int { return a.Version - b.Version })
	return all
}

// parseForm reads a version. A field that is misspelt would mean nothing, so it is refused.
func parseForm(content []byte) (Form, error) {
	var f Form
	d := json.NewDecoder(strings.NewReader(string(content)))
	d.DisallowUnknownFields()
	return f, d.Decode(&f)
}

// English gives the English of every question and figure, of all versions, by its Chinese text; of the same text the newest counts.
func English() map[string]string {
	all := map[string]string{}
	add := func(t Term) {
		if t.English != "" {
			all[t.Text] = t.English
		}
	}
	for _, f := range forms {
		for _, it := range f.Items {
			add(it.Term)
			for _, figure := range it.Figures {
				add(figure.item(it).Term)
			}
		}
	}
	return all
}

func indexed(forms []Form) map[string]Item {
	all := map[string]Item{}
	for _, f := range forms {
		for _, it := range f.Items {
			all[it.Code] = it
			for _, figure := range it.Figures {
				all[figure.Code] = figure.item(it)
			}
		}
	}
	return all
}

func leading(items map[string]Item) map[string]string {
	all := map[string]string{}
	for code, it := range items {
		if it.Lead != "" {
			all[code] = it.Lead
		}
	}
	return all
}

// UnmarshalJSON reads the inputs as the words by which a template names them.
func (i *Input) UnmarshalJSON(content []byte) error {
	var names []string
	if err := json.Unmarshal(content, &names); err != nil {
		return err
	}
	known := map[string]Input{"yesno": YesNo, "count": Count, "photo": Photo, "remark": RemarkOnNo, "words": Words}
	for _, name := range names {
		if known[name] == 0 {
			return fmt.Errorf("unknown input %q", name)
		}
		*i |= known[name]
	}
	return nil
}

// UnmarshalText reads a choice as the words by which forms and the programming interface name it; nothing is Blank.
func (c *Choice) UnmarshalText(text []byte) error {
	choice, known := ParseChoice(string(text))
	if !known {
		return fmt.Errorf("unknown choice %q", text)
	}
	*c = choice
	return nil
}

// ParseChoice reads yes, no and na; nothing is Blank.
func ParseChoice(word string) (Choice, bool) {
	choice, known := map[string]Choice{"": Blank, "yes": Yes, "no": No, "na": NotApplicable}[word]
	return choice, known
}

// Word is what ParseChoice reads; empty for Blank and Number.
func (c Choice) Word() string {
	return map[Choice]string{Yes: "yes", No: "no", NotApplicable: "na"}[c]
}
