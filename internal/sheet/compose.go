package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/criteria"
	"fugong/internal/flag"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/site"
)

// Source is what a sheet is composed of.
type Source struct {
	Section   site.Section // Phone is that of its manager, opened by the caller for the internal copy; it is printed masked
	Snapshot  *criteria.Snapshot
	Report    criteria.Report
	Flags     []flag.Flag                // those open at the instant: they know since when
	Policy    *policy.Policy             // that the report was made by; nil: no basis is printed
	Numbers   map[roster.WorkerID]string // of those Named: the document's number, masked (see MaskNumber), or only its last four
	Copy      Copy
	Number    string // 编号
	Issue     *Issue // of an issued paper; nil: the print is marked 未签发
	PrintedAt calendar.Instant
	PrintedBy string
	Loc       *time.Location
}

// Named lists whose document numbers the internal copy prints: the people who are subjects of what is not in order, but for what
// concerns everyone. Nobody else's seal has to be opened.
func Named(r criteria.Report) []roster.WorkerID {
	seen := map[roster.WorkerID]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if inOrder(f) || concernsAll(&r, f) {
			continue
		}
		for _, s := range f.Subjects {
			if s.Kind == criteria.Worker && s.ID != 0 {
				seen[roster.WorkerID(s.ID)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// composer turns a source into a sheet. What every part needs is derived once.
type composer struct {
	Source
	people   map[roster.WorkerID]*roster.Enrolment
	present  []*roster.Enrolment // the population at the instant, each person once
	titles   map[criteria.Code]criteria.Criterion
	basis    map[criteria.Code]string
	since    map[episode]calendar.Instant
	veil     *veil // of names; nil on the internal copy
	blocking []*criteria.Finding
	warnings int
}

type episode struct {
	code    criteria.Code
	subject string
}

// Compose makes the sheet of one section. It asks neither a clock nor a database: the same source gives the same sheet.
func Compose(src Source) Sheet {
	c := newComposer(src)
	s := Sheet{
		Copy: c.Copy, Issue: c.Issue, Title: "建筑工地复工复产核查表", Caution: "内部资料　含个人信息　注意保管", Number: c.Number,
		Heading: c.heading(), Outline: c.heading(), Verdict: c.Report.Verdict().Chinese(),
		JudgedAt: c.minute(c.Report.At), DataAt: c.minute(calendar.Earliest(c.Report.KnownAt, c.Section.DataAt)),
		PrintedAt: c.PrintedAt, PrintedBy: c.PrintedBy, Loc: c.Loc,
		Lead: c.lead(), Tiles: c.tiles(), Facts: c.facts(),
	}
	if c.Report.Policy != "" {
		s.Policy = fmt.Sprintf("%s 第%d版", c.Report.Policy, c.Report.PolicyVersion)
	}
	if c.Copy == Posted {
		s.Title += "（公示版）"
		s.Caution = "公示版：不含证件号码、联系电话和个人健康信息"
		s.Tables = []Table{c.postedBlocking(), c.checks(), c.rooms(), c.disinfections()}
		return s
	}
	s.Tables = []Table{c.internalBlocking(), c.checks(), c.rooms(), c.disinfections(), c.exceptions(), questions()}
	return s
}

func newComposer(src Source) *composer {
	c := &composer{Source: src, titles: map[criteria.Code]criteria.Criterion{}, basis: map[criteria.Code]string{}}
	if c.Snapshot == nil {
		c.Snapshot = &criteria.Snapshot{}
	}
	if c.Loc == nil {
		c.Loc = time.UTC
	}
	for _, k := range criteria.All() {
		c.titles[k.Code] = k
	}
	if c.Policy != nil {
		for _, r := range c.Policy.Criteria {
			c.basis[criteria.Code(r.Criterion)] = r.Basis
		}
	}
	c.gatherPeople()
	c.gatherSince()
	if c.Copy == Posted {
		c.veil = newVeil(c)
	}
	for i := range c.Report.Findings {
		switch f := &c.Report.Findings[i]; {
		case blocks(f):
			c.blocking = append(c.blocking, f)
		case warns(f):
			c.warnings++
		}
	}
	slices.SortStableFunc(c.blocking, func(a, b *criteria.Finding) int { return urgency(a) - urgency(b) })
	return c
}

func (c *composer) gatherPeople() {
	c.people = make(map[roster.WorkerID]*roster.Enrolment, len(c.Snapshot.People)+len(c.Snapshot.Guests))
	for i := range c.Snapshot.Guests {
		e := &c.Snapshot.Guests[i]
		c.people[e.WorkerID] = e
	}
	for i := range c.Snapshot.People {
		e := &c.Snapshot.People[i]
		if !e.Present(c.Report.At) {
			if c.people[e.WorkerID] == nil {
				c.people[e.WorkerID] = e
			}
			continue
		}
		if n := len(c.present); n > 0 && c.present[n-1].WorkerID == e.WorkerID {
			c.present[n-1] = e
		} else {
			c.present = append(c.present, e)
		}
		c.people[e.WorkerID] = e
	}
}

func (c *composer) gatherSince() {
	c.since = make(map[episode]calendar.Instant, len(c.Flags))
	for _, f := range c.Flags {
		if f.ClearedAt.IsZero() || f.ClearedAt > c.Report.At {
			c.since[episode{f.Code, f.Subject}] = f.Since
		}
	}
}

// sinceOf is since when a subject has not been in order: as its flag tells, or else the finding itself.
func (c *composer) sinceOf(f *criteria.Finding, s criteria.Subject) calendar.Instant {
	if since := c.since[episode{f.Code, flag.Key(s)}]; since != 0 {
		return since
	}
	return s.Since
}

func inOrder(f *criteria.Finding) bool {
	return f.Status == criteria.Pass || f.Status == criteria.NotApplicable
}

func blocks(f *criteria.Finding) bool {
	return f.Severity == policy.Block && (f.Status == criteria.Fail || f.Status == criteria.Unknown)
}

func warns(f *criteria.Finding) bool {
	return !inOrder(f) && !blocks(f) && f.Severity != policy.Info
}

// urgency orders what blocks: what endangers people first (tests and health), then the rest of what fails, then what is only not
// recorded.
func urgency(f *criteria.Finding) int {
	rank := 1
	if strings.HasPrefix(string(f.Code), "nat.") || strings.HasPrefix(string(f.Code), "health.") {
		rank = 0
	}
	if f.Status == criteria.Unknown {
		rank += 2
	}
	return rank
}

func (c *composer) heading() string {
	return fmt.Sprintf("%s　%s（%s）", c.Section.ProjectName, c.Section.Name, c.Section.Code)
}

func (c *composer) minute(at calendar.Instant) string { return at.Minute(c.Loc) }

func (c *composer) facts() []Fact {
	s := c.Section
	facts := []Fact{
		{"项目名称", s.ProjectName}, {"标段", strings.TrimSpace(s.Name + " " + s.Code)},
		{"工程地址", s.Address}, {"街道、社区", joined("　", s.Street, s.Community)},
		{"建设单位", s.Owner}, {"施工单位", s.Contractor},
		{"监理单位", s.Supervisor}, {"项目负责人", c.manager()},
		{"停工日期", c.stopped()}, {"当前状态", c.state()},
		{"防控区域", c.zone()}, {"核验方式", c.verification()},
	}
	if special := c.special(); special != "" {
		facts = append(facts, Fact{"一企一策", special}, Fact{"责任单位", s.ResponsibleUnit})
	}
	return facts
}

func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}

func (c *composer) manager() string {
	if c.Copy == Posted {
		return MaskName(c.Section.Manager)
	}
	return joined("　", c.Section.Manager, MaskPhone(c.Section.Phone))
}

func (c *composer) stopped() string {
	if c.Section.StoppedOn.IsZero() {
		return ""
	}
	occasion := c.Section.Occasion
	if occasion == "" {
		occasion = site.Epidemic
	}
	return fmt.Sprintf("%s（%s）", c.Section.StoppedOn.Chinese(), occasion)
}

func (c *composer) state() string {
	s := c.Section
	text := string(s.State)
	if s.NotResumedReason != "" {
		text = joined("，原因：", text, c.veil.text(s.NotResumedReason))
	}
	if !s.ExpectedOn.IsZero() {
		text = joined("；预计复工 ", text, s.ExpectedOn.Chinese())
	}
	return text
}

func (c *composer) zoneNow() site.Zone {
	return site.ZoneAt(c.Snapshot.Zones, c.Section, c.Report.At)
}

func (c *composer) zone() string {
	z := c.zoneNow()
	if z.Level == site.NoZone {
		return "未划入管控（常态化区域）"
	}
	until := "另行通知"
	if !z.Until.IsZero() {
		until = c.minute(z.Until)
	}
	text := fmt.Sprintf("%s，%s 至 %s", z.Level, c.minute(z.From), until)
	if z.Document != "" {
		text += "（" + z.Document + "）"
	}
	return text
}

// verification is how the section is verified, by the level of its zone (domain.md §1.4).
func (c *composer) verification() string {
	switch c.zoneNow().Level {
	case site.Locked:
		return "封控期间不进场核验；抢险须经区指挥部批准"
	case site.Controlled:
		return "申请即办、事后复核"
	}
	return "申请即到现场核验"
}

// special lists the parameters that were set for this section alone (一企一策), with their basis: they are always printed.
func (c *composer) special() string {
	if c.Policy == nil {
		return ""
	}
	var parts []string
	for _, o := range c.Policy.Overrides {
		at := c.Report.At
		if o.Section != c.Section.Code || o.Section == "" || at < o.From || (!o.Until.IsZero() && at >= o.Until) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
			v := o.Parameters[name]
			parts = append(parts, fmt.Sprintf("%s=%s（%s）", name, v.Text, v.Basis))
		}
	}
	return strings.Join(parts, "；")
}

// questions are blank lines for what the inspector finds besides.
func questions() Table {
	t := Table{
		Title: "现场补充问题", Least: 9.5,
		Columns: []Column{
			{Title: "序号", Width: 10, Align: Centre}, {Title: "发现的问题", Width: 72, Pen: true}, {Title: "部位", Width: 26, Pen: true},
			{Title: "整改要求", Width: 36, Pen: true}, {Title: "期限", Width: 26, Pen: true},
		},
	}
	for i := range 8 {
		t.Rows = append(t.Rows, cells(fmt.Sprint(i+1)))
	}
	return t
}
