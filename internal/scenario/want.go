package scenario

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
)

// Want is what has to be found in a section at an instant. Only what it names is compared:
//
//	verdict unmet until 2022-05-06 08:00
//	headcount 3
//	housed 3
//	nat.latest_negative fail 2/3 until 2022-05-06 08:00
//	    worker 丙 | 49小时0分（2022-05-04 07:00采样） | 48小时 | since 2022-05-06 07:00
//	    reason 1人最近阴性已超过48小时
//	    required 48小时内阴性
//	    mended area 隔离点 at 2022-05-06 02:40
//
// Behind the status come what was observed, "until" with the last instant (or never), and "suspend" where suspension is to
// be recommended; each may be left out, and so may the parts of a subject behind its name. The subjects are always
// compared, as a set: a criterion without subject lines must have none.
type Want struct {
	Section   string
	At        calendar.Instant
	KnownAt   calendar.Instant // zero: everything recorded so far
	Verdict   string
	Until     *calendar.Instant // of the verdict
	Headcount *int
	Housed    *int
	Findings  []Expected
}

// Expected is what a want says of one criterion. Nil is: not said.
type Expected struct {
	Code     criteria.Code
	Status   criteria.Status
	Observed *string
	Until    *calendar.Instant
	Suspend  bool
	Reason   *string
	Required *string
	Subjects []subject
	Mended   []string // nil: not said
}

// subject is one line under an expected finding; the parts behind the name are nil where they are not said.
type subject struct {
	kind, name             string
	observed, limit, since *string
}

var (
	wantHeader  = regexp.MustCompile(`^(?:(\S+) )?at (.+?)(?: known (.+))?$`)
	findingLine = regexp.MustCompile(`^([a-z]+\.[a-z_]+) (pass|fail|warn|unknown|na)(?: (.+?))??(?: until (.+?))?( suspend)?$`)
	verdictLine = regexp.MustCompile(`^verdict (met|conditional|unmet)(?: until (.+))?$`)
	countLine   = regexp.MustCompile(`^(headcount|housed) (\d+)$`)
	subjectLine = regexp.MustCompile(`^(worker|room|area|item|team|section) (.+)$`)
)

// parseWant reads the words behind "want" in the file's name, and its lines.
func parseWant(header, content string) (Want, error) {
	m := wantHeader.FindStringSubmatch(header)
	if m == nil {
		return Want{}, fmt.Errorf("want the form \"want at 2022-05-06 08:00\"")
	}
	w := Want{Section: cmp.Or(m[1], Section)}
	var err error
	if w.At, err = instant(m[2]); err != nil {
		return Want{}, err
	}
	if m[3] != "" {
		if w.KnownAt, err = instant(m[3]); err != nil {
			return Want{}, err
		}
	}
	for n, line := range strings.Split(content, "\n") {
		if err := w.line(line); err != nil {
			return Want{}, fmt.Errorf("line %d of the want: %w", n+1, err)
		}
	}
	return w, nil
}

func (w *Want) line(line string) error {
	text := strings.TrimSpace(line)
	switch {
	case text == "" || strings.HasPrefix(text, "#"):
		return nil
	case text == strings.TrimRight(line, " \r"):
		return w.headline(text)
	case len(w.Findings) == 0:
		return fmt.Errorf("want a criterion before %q", text)
	}
	return w.Findings[len(w.Findings)-1].detail(text)
}

func (w *Want) headline(text string) (err error) {
	if m := verdictLine.FindStringSubmatch(text); m != nil {
		w.Verdict = m[1]
		w.Until, err = until(m[2])
		return err
	}
	if m := countLine.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[2])
		if m[1] == "headcount" {
			w.Headcount = &n
		} else {
			w.Housed = &n
		}
		return err
	}
	m := findingLine.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("want \"criterion status …\", got %q", text)
	}
	e := Expected{Code: criteria.Code(m[1]), Status: statusOf(m[2]), Suspend: m[5] != ""}
	if m[3] != "" {
		e.Observed = &m[3]
	}
	e.Until, err = until(m[4])
	w.Findings = append(w.Findings, e)
	return err
}

// detail takes an indented line.
func (e *Expected) detail(text string) error {
	if rest, found := strings.CutPrefix(text, "reason "); found {
		e.Reason = &rest
		return nil
	}
	if rest, found := strings.CutPrefix(text, "required "); found {
		e.Required = &rest
		return nil
	}
	if rest, found := strings.CutPrefix(text, "mended "); found {
		e.Mended = append(e.Mended, rest)
		return nil
	}
	m := subjectLine.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("want a subject, reason, required or mended, got %q", text)
	}
	parts := strings.Split(m[2], "|")
	s := subject{kind: m[1], name: strings.TrimSpace(parts[0])}
	for _, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if when, found := strings.CutPrefix(part, "since "); found {
			at, err := instant(when)
			if err != nil {
				return err
			}
			s.since = said(show(at))
		} else if s.observed == nil {
			s.observed = &part
		} else {
			s.limit = &part
		}
	}
	e.Subjects = append(e.Subjects, s)
	return nil
}

func until(text string) (*calendar.Instant, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // not said
	}
	if text == "never" {
		return new(calendar.Instant), nil
	}
	at, err := instant(text)
	return &at, err
}

func statusOf(word string) criteria.Status {
	for _, s := range []criteria.Status{criteria.Pass, criteria.Fail, criteria.Warned, criteria.NotApplicable} {
		if s.String() == word {
			return s
		}
	}
	return criteria.Unknown
}

// Diff compares a report with what is wanted. It gives nothing when all that is wanted was found, and else for each part that
// differs what was wanted and everything that was found.
func (w Want) Diff(r criteria.Report) string {
	var b strings.Builder
	if w.Verdict != "" && w.Verdict != r.Verdict().String() {
		fmt.Fprintf(&b, "want verdict %s\ngot  verdict %s\n%s", w.Verdict, r.Verdict(), hindrances(r))
	}
	if w.Until != nil && *w.Until != r.HoldsUntil {
		fmt.Fprintf(&b, "want verdict until %s\ngot  verdict until %s\n", show(*w.Until), show(r.HoldsUntil))
	}
	if w.Headcount != nil && *w.Headcount != r.Headcount {
		fmt.Fprintf(&b, "want headcount %d\ngot  headcount %d\n", *w.Headcount, r.Headcount)
	}
	if w.Housed != nil && *w.Housed != r.HousedOnSite {
		fmt.Fprintf(&b, "want housed %d\ngot  housed %d\n", *w.Housed, r.HousedOnSite)
	}
	for _, e := range w.Findings {
		i := slices.IndexFunc(r.Findings, func(f criteria.Finding) bool { return f.Code == e.Code })
		if i < 0 {
			fmt.Fprintf(&b, "want %s\ngot  no such finding\n", e.Code)
		} else if want, got := e.text(), e.of(r.Findings[i]).text(); want != got {
			fmt.Fprintf(&b, "want %sgot  %s", want, everything(r.Findings[i]).text())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("%s at %s:\n%s", w.Section, show(w.At), &b)
}

// hindrances lists what keeps a section from being met.
func hindrances(r criteria.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Status != criteria.Pass && f.Status != criteria.NotApplicable {
			fmt.Fprintf(&b, "     %s: %s", f.Severity, everything(f).text())
		}
	}
	return b.String()
}
