// Package site knows the places: the district's streets, the projects (项目), their bid sections (标段), which are the unit
// of evaluation, and the control zones laid over them.
package site

import (
	"fugong/internal/calendar"
	"fugong/internal/intake"
)

// SectionID names a bid section inside the program; people use its Code.
type SectionID int64

// State is how far a section has come (状态).
type State string

// The states of a section.
const (
	NotResumed State = "未复工"
	Applied    State = "已申请"
	Operating  State = "施工中"
	Suspended  State = "停工"
	Finished   State = "完工"
)

// Occasion is why work stopped (停工类型); it chooses the policy.
type Occasion string

// The occasions on which work stops.
const (
	Epidemic Occasion = "疫情"
	Holiday  Occasion = "节后"
	Typhoon  Occasion = "台风"
	Accident Occasion = "事故"
)

// Section is a bid section (标段) as it is known at one time. Empty strings and zero dates are "not given".
type Section struct {
	ID               SectionID
	Code             string // 标段编号, unique in the district
	Name             string
	ProjectCode      string
	ProjectName      string
	Street           string
	Community        string
	Address          string
	Longitude        string // decimal degrees as given, in Datum
	Latitude         string
	Datum            string // 坐标系
	Owner            string // 建设单位
	Contractor       string // 施工单位
	Supervisor       string // 监理单位
	Manager          string // 项目负责人
	Phone            string // of the manager; sealed at rest, so empty in a snapshot
	State            State
	Occasion         Occasion // empty in a file means Epidemic
	StoppedOn        calendar.Date
	NotResumedReason string
	ResponsibleUnit  string
	ExpectedOn       calendar.Date
	DataAt           calendar.Instant // when what is known of the section was last recorded; set by the store
}

// Stoppage is the occasion the section is judged by: where none is recorded, the epidemic.
func (s Section) Stoppage() Occasion {
	if s.Occasion == "" {
		return Epidemic
	}
	return s.Occasion
}

// ZoneLevel is how strictly an area is controlled.
type ZoneLevel string

// The levels, strictest first; None where no zone applies.
const (
	Locked     ZoneLevel = "封控区"
	Controlled ZoneLevel = "管控区"
	Precaution ZoneLevel = "防范区"
	NoZone     ZoneLevel = ""
)

// Scope is what a zone or an override is laid over.
type Scope string

// The scopes, from wide to narrow.
const (
	ScopeStreet    Scope = "街道"
	ScopeCommunity Scope = "社区"
	ScopeSection   Scope = "标段"
)

// Zone is a control zone: a level laid over a street, a community or a section for a while. It holds in [From, Until);
// a zero Until means until further notice.
type Zone struct {
	ID       int64
	Scope    Scope
	Place    string // the street, the community, or the section code
	Level    ZoneLevel
	From     calendar.Instant
	Until    calendar.Instant
	Document string // 文号
}

// Covers reports whether the zone is laid over the section at an instant.
func (z Zone) Covers(s Section, at calendar.Instant) bool {
	return z.Concerns(s) && z.From <= at && (z.Until.IsZero() || at < z.Until)
}

// Concerns reports whether the zone is laid over the section at any time.
func (z Zone) Concerns(s Section) bool {
	switch z.Scope {
	case ScopeStreet:
		return z.Place == s.Street
	case ScopeCommunity:
		return z.Place == s.Community
	case ScopeSection:
		return z.Place == s.Code
	}
	return false
}

// ZoneAt gives the zone that counts for a section at an instant: the narrowest scope, and within it the latest begun.
// The zero Zone, of level NoZone, means that none applies.
func ZoneAt(zones []Zone, s Section, at calendar.Instant) Zone {
	var best Zone
	for _, z := range zones {
		if z.Covers(s, at) && (best.Level == NoZone || narrower(z, best)) {
			best = z
		}
	}
	return best
}

func narrower(a, b Zone) bool {
	if a.Scope != b.Scope {
		return a.Scope.rank() > b.Scope.rank()
	}
	return a.From > b.From
}

func (s Scope) rank() int {
	switch s {
	case ScopeSection:
		return 3
	case ScopeCommunity:
		return 2
	case ScopeStreet:
		return 1
	}
	return 0
}

// SectionRecord is a row of sections as it stands in a file; Section.Phone is given in it.
type SectionRecord struct {
	Row     intake.Row
	Section Section
}

// ZoneRecord is a row of zones as it stands in a file.
type ZoneRecord struct {
	Row  intake.Row
	Zone Zone
}
