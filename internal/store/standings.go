package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/policy"
	"fugong/internal/site"
)

// standingRow is how a section stands, for lists: worked out from its current version and the report that was saved last.
type standingRow struct {
	bun.BaseModel `bun:"table:standings,alias:standing"`
	SectionID     site.SectionID `bun:",pk"`
	Level         criteria.Level
	Verdict       string
	Headcount     int
	HousedOnSite  int
	ProblemCount  int
	Since         calendar.Instant
	Digest        string
	Problems      string
}

// Problem is a criterion that keeps a section from being met, with the figures that a list shows of it.
type Problem struct {
	Code     criteria.Code
	Status   string
	Severity policy.Severity
	Have     int // of Of things looked at so many are in order; Of is 0 where nothing was counted
	Of       int
	Subjects int // how many the finding names
}

// writeProblems writes a line a problem, its words and figures set apart by spaces, of which none of them holds one. A list reads
// thousands of them for a page, so they are as plain as can be.
func writeProblems(problems []Problem) string {
	var b strings.Builder
	for i, p := range problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s %s %s %d %d %d", p.Code, p.Status, p.Severity, p.Have, p.Of, p.Subjects)
	}
	return b.String()
}

// readProblems reads what writeProblems wrote.
func readProblems(text string) ([]Problem, error) {
	problems := make([]Problem, 0, strings.Count(text, "\n")+1)
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		code, rest, _ := strings.Cut(line, " ")
		status, rest, _ := strings.Cut(rest, " ")
		severity, rest, _ := strings.Cut(rest, " ")
		have, rest, _ := strings.Cut(rest, " ")
		of, subjects, _ := strings.Cut(rest, " ")
		p := Problem{Code: criteria.Code(code), Status: status, Severity: policy.Severity(severity)}
		var errs [3]error
		p.Have, errs[0] = strconv.Atoi(have)
		p.Of, errs[1] = strconv.Atoi(of)
		p.Subjects, errs[2] = strconv.Atoi(subjects)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("problem %q: %w", line, err)
		}
		problems = append(problems, p)
	}
	return problems, nil
}

// Grade is the problem's status.
func (p Problem) Grade() criteria.Status { return statusOf(p.Status) }

func problemsOf(r criteria.Report) []Problem {
	var problems []Problem
	for _, f := range r.Findings {
		if !f.Wanting() {
			continue
		}
		p := Problem{Code: f.Code, Status: f.Status.String(), Severity: f.Severity, Subjects: len(f.Subjects)}
		p.Have, p.Of, _ = f.Figures()
		problems = append(problems, p)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.rank(), b.rank()) })
	return problems
}

// rank puts what blocks first: found wanting, then not recorded, then the warnings.
func (p Problem) rank() int {
	rank := map[criteria.Status]int{criteria.Fail: 0, criteria.Unknown: 1}[p.Grade()]
	if p.Severity != policy.Block || p.Grade() == criteria.Warned {
		rank += 2
	}
	return rank
}

// saveStandings brings the rows of the sections up to date of which something else is said now.
func (d *decision) saveStandings(ctx context.Context) error {
	if len(d.verdicts) == 0 {
		return nil
	}
	ids := make([]site.SectionID, len(d.verdicts))
	for i, v := range d.verdicts {
		ids[i] = v.SectionID
	}
	said := make(map[site.SectionID]string, len(ids))
	err := scanAll(ctx, d.tx, "SELECT section_id, digest FROM standings WHERE section_id IN ("+idList(ids)+")", func(c *cells) {
		said[site.SectionID(c.number())] = c.text()
	})
	if err != nil {
		return err
	}
	var rows []standingRow
	for _, v := range d.verdicts {
		if said[v.SectionID] == v.Digest {
			continue
		}
		rows = append(rows, newStandingRow(v))
	}
	return d.updateStandings(ctx, rows)
}

func newStandingRow(v verdictRow) standingRow {
	problems := problemsOf(v.report)
	return standingRow{SectionID: v.SectionID, Level: v.report.Level(), Verdict: v.Verdict, Headcount: v.Headcount, HousedOnSite: v.HousedOnSite,
		ProblemCount: len(problems), Since: v.At, Digest: v.Digest, Problems: writeProblems(problems)}
}

func (d *decision) updateStandings(ctx context.Context, rows []standingRow) error {
	columns := []string{"level", "verdict", "headcount", "housed_on_site", "problem_count", "since", "digest", "problems"}
	for part := range batches(rows) {
		q := d.tx.NewUpdate().With("found", d.tx.NewValues(&part).Column(append([]string{"section_id"}, columns...)...)).
			Model((*standingRow)(nil)).TableExpr("found").Where("standing.section_id = found.section_id")
		for _, c := range columns {
			q = q.Set("? = found.?", bun.Ident(c), bun.Ident(c))
		}
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// placeStandings writes what sections are called, where they lie and how far they have come; a new one stands unjudged.
func placeStandings(ctx context.Context, tx bun.IDB, ids []site.SectionID) error {
	return chunks(ids, func(part []site.SectionID) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO standings (section_id, code, street, state, reason, title, search, level, verdict, headcount,
				housed_on_site, problem_count, since, digest, problems)
			SELECT s.id, s.code, v.street, v.state, v.not_resumed_reason, v.project_name || ' ' || v.name,
				LOWER(s.code || ' ' || v.project_code || ' ' || v.project_name || ' ' || v.name || ' ' || v.contractor), 2, '', 0, 0, 0, 0, '', ''
			FROM sections s JOIN section_versions v ON v.section_id = s.id AND v.superseded_at IS NULL
			WHERE s.id IN (`+idList(part)+`)
			ON CONFLICT (section_id) DO UPDATE SET code = EXCLUDED.code, street = EXCLUDED.street, state = EXCLUDED.state,
				reason = EXCLUDED.reason, title = EXCLUDED.title, search = EXCLUDED.search`)
		return err
	})
}
