// Package scenario reads the stories by which criteria are held to their definitions: a text a safety officer can read, the
// registers as they would be uploaded, an instant, and what has to be found then. It is support for tests; the same file is
// judged from memory and through a database, which proves that loading changes nothing.
//
// A scenario is one txtar file. Its prose comes first; then each of its files is either
//
//	-- roster.csv --                              a register in the columns of its import, named by its KIND
//	-- results.csv recorded 2022-05-06 10:00 --   the same, recorded then; else at the instant of the next want
//	-- report --                                  what becomes of the rows of the register above, where not all are accepted
//	-- policy.yaml --                             a policy published beside those that ship
//	-- want at 2022-05-06 08:00 --                an instant, and what is found with everything above
//	-- want XY-02 at 2022-05-06 08:00 known 2022-05-06 07:00 --
//
// Every want is a step; later registers add to earlier ones. Times without an offset are of the district (+08:00). Without a
// sections.csv in the first step there is one section XY-01 that stopped for the epidemic. See Want for the lines of a want.
package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/policy"
)

// Scenario is one story.
type Scenario struct {
	Name  string
	Prose string
	Steps []Step
}

// Step is what is recorded, and what has to be found then.
type Step struct {
	Tables   []Table
	Policies []string // YAML
	Want     Want
}

// Table is a register file of a step. Report tells what becomes of the rows that are not plainly accepted, one a line as
// "5 rejected ID_CHECKSUM"; from memory those rows are left out, and the database has to find the same of them.
type Table struct {
	Kind     string
	Content  string
	Recorded calendar.Instant
	Report   []string
}

// Section is the code of the section that a scenario without sections.csv is about.
const Section = "XY-01"

const sections = `项目编号,项目名称,标段编号,标段名称,街道,状态,停工类型
XY,学苑示范项目,XY-01,一标段,学苑街道,未复工,疫情
`

// Zone is the time zone of the district.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// Parse reads a scenario. Its errors name the file and, where they can, the line in the want.
func Parse(name string, data []byte) (*Scenario, error) {
	archive := txtar.Parse(data)
	s := &Scenario{Name: name, Prose: strings.TrimSpace(string(archive.Comment))}
	if s.Prose == "" {
		return nil, fmt.Errorf("read scenario %s: want a sentence of prose first", name)
	}
	var step Step
	for _, f := range archive.Files {
		done, err := step.add(f)
		if err != nil {
			return nil, fmt.Errorf("read scenario %s, %s: %w", name, f.Name, err)
		}
		if done {
			s.Steps = append(s.Steps, step.dated())
			step = Step{}
		}
	}
	if len(s.Steps) == 0 || len(step.Tables) > 0 {
		return nil, fmt.Errorf("read scenario %s: want a want as its last file", name)
	}
	first := &s.Steps[0]
	if !slices.ContainsFunc(first.Tables, func(t Table) bool { return t.Kind == "sections" }) {
		first.Tables = append([]Table{{Kind: "sections", Content: sections, Recorded: first.earliest()}}, first.Tables...)
	}
	return s, nil
}

// add takes one file into the step and reports whether the step is complete.
func (s *Step) add(f txtar.File) (done bool, err error) {
	what, rest, _ := strings.Cut(f.Name, " ")
	content := string(f.Data)
	switch {
	case what == "want":
		s.Want, err = parseWant(rest, content)
		return true, err
	case what == "report" && len(s.Tables) > 0:
		last := &s.Tables[len(s.Tables)-1]
		last.Report = strings.Split(strings.TrimSpace(content), "\n")
		return false, nil
	case what == "policy.yaml":
		s.Policies = append(s.Policies, content)
		return false, nil
	case strings.HasSuffix(what, ".csv"):
		t := Table{Kind: strings.TrimSuffix(what, ".csv"), Content: content}
		if when, found := strings.CutPrefix(rest, "recorded "); found {
			t.Recorded, err = instant(when)
		}
		s.Tables = append(s.Tables, t)
		return false, err
	}
	return false, fmt.Errorf("want a register's .csv, its report, policy.yaml or want")
}

// dated gives the step with every table recorded by its instant at the latest.
func (s Step) dated() Step {
	for i := range s.Tables {
		if s.Tables[i].Recorded.IsZero() {
			s.Tables[i].Recorded = s.Want.At
		}
	}
	return s
}

func (s Step) earliest() calendar.Instant {
	first := s.Want.At
	for _, t := range s.Tables {
		first = calendar.Earliest(first, t.Recorded)
	}
	return first
}

// Expects lists the statuses that the scenario wants of a criterion in any of its steps.
func (s *Scenario) Expects(code criteria.Code) []criteria.Status {
	var all []criteria.Status
	for _, step := range s.Steps {
		for _, e := range step.Want.Findings {
			if e.Code == code {
				all = append(all, e.Status)
			}
		}
	}
	return all
}

// Judge judges every step from memory and gives what differs, one text a step that does.
func (s *Scenario) Judge() ([]string, error) {
	book := policy.Shipped()
	world := NewWorld()
	var diffs []string
	for _, step := range s.Steps {
		world.Record(step.Tables...)
		for _, source := range step.Policies {
			p, err := policy.Parse([]byte(source), Zone())
			if err != nil {
				return nil, fmt.Errorf("read policy of scenario %s: %w", s.Name, err)
			}
			p.Version = 1 + count(book, p.Name)
			book = append(book, *p)
		}
		snapshot, err := world.Snapshot(step.Want.Section, step.Want.KnownAt)
		if err != nil {
			return nil, fmt.Errorf("build scenario %s: %w", s.Name, err)
		}
		report, err := criteria.Evaluate(snapshot, book, step.Want.At, Zone())
		if err != nil {
			return nil, fmt.Errorf("judge scenario %s: %w", s.Name, err)
		}
		if diff := step.Want.Diff(report); diff != "" {
			diffs = append(diffs, diff)
		}
	}
	return diffs, nil
}

// count tells how many versions of a policy there are.
func count(book policy.Book, name string) int {
	n := 0
	for i := range book {
		if book[i].Name == name {
			n++
		}
	}
	return n
}

// instant reads 2022-05-06 08:00, with seconds and their fractions where they matter, or RFC 3339.
func instant(text string) (calendar.Instant, error) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, Zone()); err == nil {
			return calendar.Moment(t), nil
		}
	}
	return 0, fmt.Errorf("want a time such as 2022-05-06 08:00, got %q", text)
}

// show writes an instant as instant reads it.
func show(at calendar.Instant) string {
	if at.IsZero() {
		return "never"
	}
	t := at.In(Zone())
	if t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("2006-01-02 15:04:05.999999")
}
