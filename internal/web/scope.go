package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"fugong/internal/account"
	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/sheet"
	"fugong/internal/store"
)

// within is the part of the district that whoever asks may see: nothing for nobody. Every read of a handler takes it.
func within(c echo.Context) account.Scope { return actor(c).Scope() }

// lens is what a role sees of people, within its scope. The zero lens shows nobody.
type lens struct {
	names  bool // of workers, in full
	tails  bool // the last four of ID numbers
	phones bool // telephone numbers, in full
	health bool // how single criteria about tests and health stand
	ill    bool // of whom these speak; who does not see it may look for a reason
	texts  bool // what checklists remark on tests and health, likewise
}

// lensOf says what a role sees of people. Roles that only count, and those that only look after accounts and policies, see none.
func lensOf(role account.Role) lens {
	switch role {
	case account.Manager:
		return lens{names: true, tails: true, phones: true, health: true, ill: true, texts: true}
	case account.Inspector:
		return lens{names: true, tails: true, health: true, ill: true}
	case account.District:
		return lens{names: true, tails: true, health: true}
	case account.Health:
		return lens{names: true, health: true, ill: true}
	}
	return lens{}
}

// withheld stands where a role may not read what a finding says of people.
const withheld = "具体情况不对本角色显示"

// report leaves out of a report what the role may not see: findings about health altogether, whatever they say, or of whom they
// speak, and what others say of people. Of whom a finding speaks shows in its wording, too. The verdict is of all findings and has to
// be taken before.
func (l lens) report(r criteria.Report) criteria.Report {
	if l.names && l.health && l.ill && l.phones {
		return r
	}
	seen := make([]criteria.Finding, 0, len(r.Findings))
	for _, f := range r.Findings {
		if aboutHealth(f.Code) && !l.health {
			continue
		}
		if !l.names {
			f = criteria.Finding{Code: f.Code, Status: f.Status, Severity: f.Severity, Reason: locale.Say(withheld), Suspend: f.Suspend}
		}
		if aboutHealth(f.Code) && !l.ill {
			f = peopleLeftOut(f)
		}
		if !l.phones {
			f = numbersCovered(f)
		}
		seen = append(seen, f)
	}
	r.Findings = seen
	return r
}

// peopleLeftOut is a finding that counts people and names none.
func peopleLeftOut(f criteria.Finding) criteria.Finding {
	var others []criteria.Subject
	for _, subject := range f.Subjects {
		if subject.Kind != criteria.Worker {
			others = append(others, subject)
		} else if strings.Contains(f.Reason.String()+f.Observed.String(), subject.Name) {
			f.Reason, f.Observed = locale.Say(withheld), locale.Phrase{}
		}
	}
	f.Subjects, f.Mended = others, nil
	return f
}

// leftOut counts the people whom report leaves out of findings that still stand in it, by criterion.
func (l lens) leftOut(r criteria.Report) map[criteria.Code]int {
	n := map[criteria.Code]int{}
	for _, f := range r.Findings {
		if l.ill || !l.health || !aboutHealth(f.Code) {
			continue
		}
		for _, subject := range f.Subjects {
			if subject.Kind == criteria.Worker {
				n[f.Code]++
			}
		}
	}
	return n
}

// coverRemarks covers what checklists remark on tests and health, and numbers in other remarks, for roles that do not see them.
// Covered says in the reader's language what stands there instead.
func (l lens) coverRemarks(versions []store.Filed, covered string) {
	for i := range versions {
		for j := range versions[i].Answers {
			switch a := &versions[i].Answers[j]; {
			case !l.texts && a.Remark != "" && store.OnHealth(a.Item):
				a.Remark = covered
			case !l.phones:
				a.Remark = sheet.MaskText(a.Remark)
			}
		}
	}
}

// numbersCovered covers the telephone and document numbers that somebody wrote into a remark which a finding quotes.
func numbersCovered(f criteria.Finding) criteria.Finding {
	f.Subjects = slices.Clone(f.Subjects)
	for i := range f.Subjects {
		args := slices.Clone(f.Subjects[i].Observed.Args)
		for j, a := range args {
			if text, ok := a.(string); ok {
				args[j] = sheet.MaskText(text)
			}
		}
		f.Subjects[i].Observed.Args = args
	}
	return f
}

// flags leaves out of flags what the role may not see.
func (l lens) flags(all []store.FlagLine) []store.FlagLine {
	var seen []store.FlagLine
	for _, f := range all {
		if aboutHealth(f.Code) && !l.health {
			continue
		}
		if !l.names || !l.ill && aboutHealth(f.Code) && strings.HasPrefix(f.Subject, "worker:") {
			f.Name, f.Subject, f.Reason = "", "", withheld
		}
		seen = append(seen, f)
	}
	return seen
}

// aboutHealth tells the criteria that speak of somebody's tests, symptoms or isolation.
func aboutHealth(code criteria.Code) bool {
	for _, prefix := range []string{"nat.", "ag.", "health.", "vax.", "iso.occupied", "entry.newcomer", "entry.restricted"} {
		if strings.HasPrefix(string(code), prefix) {
			return true
		}
	}
	return false
}

// positiveCodes are the criteria that fail where a test was, or may have been, positive.
func positiveCodes() []criteria.Code {
	return []criteria.Code{"nat.positive", "nat.pool_recheck", "nat.inconclusive"}
}
