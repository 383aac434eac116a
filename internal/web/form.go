package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"fugong/internal/fault"
	"fugong/internal/locale"
)

// form is a form that came back: what was typed, and what is wrong with it. Passwords and codes are never among what was typed.
type form struct {
	values   map[string]string
	Problems []fieldProblem // of fields, in the order of the form; shown above it and at each field
	Trouble  string         // of the whole form
	Resumed  string         // it comes back with nothing wrong, to be sent after all
	order    []string
	labels   map[string]string // of fields: keys of the catalogue, or names as they are
}

// Input is a field of a form as the page shows it.
type Input struct {
	Name, Label, Type, Autocomplete, Hint, Value, Wrong string
}

// newForm makes an empty form of fields in their order on the page.
func newForm(fields ...string) form { return form{values: map[string]string{}, order: fields} }

// called gives fields the labels by which a list of problems names them: a field, then a key of the catalogue or a name as it is.
func (f form) called(pairs ...string) form {
	labels := map[string]string{}
	maps.Copy(labels, f.labels)
	for pair := range slices.Chunk(pairs, 2) {
		labels[pair[0]] = pair[1]
	}
	f.labels = labels
	return f
}

// named says in each problem which field it is about.
func (f form) named(w locale.Words) form {
	for i := range f.Problems {
		p := &f.Problems[i]
		if p.Label = f.labels[p.Field]; w.Has(p.Label) {
			p.Label = w.T(p.Label)
		}
	}
	return f
}

// filled keeps what was typed into fields that are no secrets.
func (f form) filled(c echo.Context, names ...string) form {
	values := maps.Clone(f.values)
	for _, name := range names {
		values[name] = c.Request().PostForm.Get(name)
	}
	f.values = values
	return f
}

// with gives a field a value.
func (f form) with(name, value string) form {
	f.values = maps.Clone(f.values)
	f.values[name] = value
	return f
}

// Value is what a field shows.
func (f form) Value(name string) string { return f.values[name] }

// Wrong is what is wrong with a field.
func (f form) Wrong(name string) string {
	for _, p := range f.Problems {
		if p.Field == name {
			return p.Message
		}
	}
	return ""
}

// Input describes a field for the page: its type as in HTML and what a browser may fill in.
func (f form) Input(name, label, kind, autocomplete, hint string) Input {
	return Input{name, label, kind, autocomplete, hint, f.values[name], f.Wrong(name)}
}

// refused puts what is wrong onto the form and gives the status to answer with. An error that is none of the form's comes back.
func (f form) refused(err error) (form, int, error) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return f, 0, err
	}
	if shownAgain(err) {
		f.Resumed = e.Message
		return f, http.StatusOK, nil
	}
	status, _ := answerFault(err)
	if status == http.StatusNotFound || status >= http.StatusInternalServerError && e.Kind != fault.Busy || e.Kind == fault.Unauthenticated {
		return f, 0, err
	}
	f.Problems = inOrder(e.Fields, f.order)
	if len(f.Problems) == 0 {
		f.Trouble = e.Message
	}
	return f, status, nil
}

// inOrder lists messages as the fields stand on the page, others behind them.
func inOrder(fields map[string]string, order []string) []fieldProblem {
	var problems []fieldProblem
	for _, name := range slices.Concat(order, slices.Sorted(maps.Keys(fields))) {
		listed := slices.ContainsFunc(problems, func(p fieldProblem) bool { return p.Field == name })
		if message, wrong := fields[name]; wrong && !listed {
			problems = append(problems, fieldProblem{Field: name, Message: message})
		}
	}
	return problems
}

// wrong makes the fault of one field.
func wrong(field, message string) error {
	return &fault.Error{Kind: fault.Invalid, Message: message, Fields: map[string]string{field: message}}
}

// together joins what is wrong with several fields into one fault; nil when nothing is.
func together(all ...error) error {
	fields := map[string]string{}
	var first *fault.Error
	for _, err := range all {
		e, ok := errors.AsType[*fault.Error](err)
		switch {
		case err == nil:
			continue
		case !ok || e.Kind != fault.Invalid:
			return err
		case first == nil:
			first = e
		}
		maps.Copy(fields, e.Fields)
	}
	if first == nil {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Message: first.Message, Fields: fields}
}

// renamed moves a fault's message from a field's name inside the program to its name on the page.
func renamed(err error, from, to string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Fields[from] == "" {
		return err
	}
	moved := *e
	moved.Fields = maps.Clone(e.Fields)
	moved.Fields[to] = moved.Fields[from]
	delete(moved.Fields, from)
	return &moved
}
