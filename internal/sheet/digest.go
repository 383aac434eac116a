package sheet

import (
	"fmt"
	"slices"
	"strings"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/roster"
	"fugong/internal/screening"
)

// lodging counts where the population sleeps: by a stay, or else by what the roster says.
type lodging struct {
	onSite, offSite, unknown int
	rooms                    int // of this section that are slept in
}

func (c *composer) lodging() lodging {
	at := c.Report.At
	hasStay := map[roster.WorkerID]bool{}
	rooms := map[housing.RoomID]bool{}
	for _, s := range c.Snapshot.Stays {
		if !s.Holds(at) {
			continue
		}
		hasStay[s.WorkerID] = true
		if s.SectionID == c.Section.ID {
			rooms[s.RoomID] = true
		}
	}
	l := lodging{onSite: c.Report.HousedOnSite, rooms: len(rooms)}
	for _, e := range c.present {
		if !hasStay[e.WorkerID] && e.Lodging == roster.OffSite {
			l.offSite++
		}
	}
	l.unknown = max(0, c.Report.Headcount-l.onSite-l.offSite)
	return l
}

// lead is what the sheet says first: how many people, where they live, what blocks, since when.
func (c *composer) lead() []string {
	l := c.lodging()
	first := fmt.Sprintf("现有人员%d人：住场内%d人（%d间）、场外%d人", c.Report.Headcount, l.onSite, l.rooms, l.offSite)
	if l.unknown > 0 {
		first += fmt.Sprintf("、住处不明%d人", l.unknown)
	}
	lines := []string{first + "。"}
	if len(c.blocking) == 0 {
		return append(lines, c.unblocked())
	}
	lines = append(lines, c.blockedBy(), c.blockedSince())
	if c.Copy != Posted && slices.ContainsFunc(c.Report.Findings, func(f criteria.Finding) bool { return f.Suspend }) {
		lines = append(lines, "建议停工处置，是否停工由主管部门决定。")
	}
	return lines
}

// unblocked says that nothing blocks, and until when that will be so by itself.
func (c *composer) unblocked() string {
	text := fmt.Sprintf("无阻断项，预警%d项。", c.warnings)
	if !c.Report.HoldsUntil.IsZero() {
		text += fmt.Sprintf("如无新记录，本判定维持至%s。", c.minute(c.Report.HoldsUntil))
	}
	return text
}

// blockedBy names the first of what blocks.
func (c *composer) blockedBy() string {
	const most = 4
	var titles []string
	for _, f := range c.blocking {
		if len(titles) == most {
			break
		}
		titles = append(titles, c.title(f.Code))
	}
	text := fmt.Sprintf("阻断%d项：%s", len(c.blocking), strings.Join(titles, "、"))
	if len(c.blocking) > most {
		text += "等"
	}
	return text + "。"
}

func (c *composer) blockedSince() string {
	var since calendar.Instant
	for _, f := range c.blocking {
		since = calendar.Earliest(since, c.since[episode{f.Code, "section"}])
		for _, s := range f.Subjects {
			since = calendar.Earliest(since, c.sinceOf(f, s))
		}
	}
	if since.IsZero() || since > c.Report.At {
		return fmt.Sprintf("预警%d项。", c.warnings)
	}
	lasted := calendar.HoursMinutes(c.Report.At.Sub(since))
	return fmt.Sprintf("最早自%s起不符合，至判定时%s；预警%d项。", c.minute(since), lasted, c.warnings)
}

func (c *composer) title(code criteria.Code) string {
	if k, known := c.titles[code]; known {
		return k.Title
	}
	return string(code)
}

// tiles are the figures of the summary strip. Those of the epidemic are left out when the policy does not ask for them.
func (c *composer) tiles() []Tile {
	tiles := []Tile{c.presentTile(), c.lodgingTile()}
	if c.finding("nat.latest_negative") != nil {
		tiles = append(tiles, c.testTile())
	}
	if c.finding("dis.frequency") != nil {
		tiles = append(tiles, c.disinfectionTile())
	}
	if f := c.finding("iso.rooms"); f != nil {
		tiles = append(tiles, c.isolationTile(f))
	}
	return append(tiles, Tile{
		Label: "阻断/预警", Value: fmt.Sprintf("%d/%d", len(c.blocking), c.warnings), Note: "未销号整改 " + c.openRectifications(),
	})
}

// finding gives a judged criterion; nil when the policy does not have it or it does not apply.
func (c *composer) finding(code criteria.Code) *criteria.Finding {
	for i := range c.Report.Findings {
		if f := &c.Report.Findings[i]; f.Code == code && f.Status != criteria.NotApplicable {
			return f
		}
	}
	return nil
}

// presentTile sets the people on the roster against those inside by the gate's log.
func (c *composer) presentTile() Tile {
	t := Tile{Label: "在册/在场", Value: fmt.Sprintf("%d/—", c.Report.Headcount), Note: "门岗无记录"}
	last := map[roster.WorkerID]gate.Direction{}
	for _, p := range c.Snapshot.Passages {
		if p.At <= c.Report.At {
			last[p.WorkerID] = p.Direction
		}
	}
	inside := 0
	for _, e := range c.present {
		if last[e.WorkerID] == gate.In {
			inside++
		}
	}
	if len(last) > 0 {
		t.Value, t.Note = fmt.Sprintf("%d/%d", c.Report.Headcount, inside), "在场按门岗记录"
	}
	return t
}

func (c *composer) lodgingTile() Tile {
	l := c.lodging()
	note := fmt.Sprintf("场内%d间", l.rooms)
	if l.unknown > 0 {
		note += fmt.Sprintf("，不明%d人", l.unknown)
	}
	return Tile{Label: "住宿 场内/场外", Value: fmt.Sprintf("%d/%d", l.onSite, l.offSite), Note: note}
}

// testTile counts by the findings, so that it never says anything else than they do.
func (c *composer) testTile() Tile {
	abnormal := c.workersOf("nat.positive", "nat.pool_recheck", "nat.inconclusive")
	failing := c.workersOf("nat.latest_negative")
	tested := map[roster.WorkerID]bool{}
	for i := range c.Snapshot.Results {
		r := &c.Snapshot.Results[i]
		if r.Method != screening.Antigen && r.Outcome != screening.Pending && r.SampledAt <= c.Report.At && r.ReportedAt <= c.Report.At {
			tested[r.WorkerID] = true
		}
	}
	good, late, never := 0, 0, 0
	for _, e := range c.present {
		switch id := e.WorkerID; {
		case abnormal[id]:
		case !failing[id]:
			good++
		case tested[id]:
			late++
		default:
			never++
		}
	}
	note := fmt.Sprintf("超时%d 未检%d 异常%d", late, never, len(c.present)-good-late-never)
	return Tile{Label: "核酸 合格/应检", Value: fmt.Sprintf("%d/%d", good, len(c.present)), Note: note}
}

// workersOf collects the people whom any of the criteria is not in order about.
func (c *composer) workersOf(codes ...criteria.Code) map[roster.WorkerID]bool {
	found := map[roster.WorkerID]bool{}
	for _, code := range codes {
		f := c.finding(code)
		if f == nil || inOrder(f) {
			continue
		}
		for _, s := range f.Subjects {
			if s.Kind == criteria.Worker {
				found[roster.WorkerID(s.ID)] = true
			}
		}
	}
	return found
}

func (c *composer) disinfectionTile() Tile {
	wanting := map[int64]bool{}
	for i := range c.Report.Findings {
		f := &c.Report.Findings[i]
		if !strings.HasPrefix(string(f.Code), "dis.") || inOrder(f) {
			continue
		}
		for _, s := range f.Subjects {
			if s.Kind == criteria.Area {
				wanting[s.ID] = true
			}
		}
	}
	all := len(c.Snapshot.Areas)
	return Tile{Label: "消杀 达标/应做", Value: fmt.Sprintf("%d/%d", all-len(wanting), all), Note: fmt.Sprintf("缺漏区域%d处", len(wanting))}
}

func (c *composer) isolationTile(f *criteria.Finding) Tile {
	have := 0
	for _, r := range c.Snapshot.Rooms {
		if r.Use == housing.Isolation {
			have++
		}
	}
	required, _, _ := strings.Cut(f.Required.String(), "（") // without how it is reckoned
	return Tile{Label: "隔离室 现有", Value: fmt.Sprintf("%d间", have), Note: "需" + required}
}

// openRectifications is the newest answer on how many hazards are open (item K1).
func (c *composer) openRectifications() string {
	text := "无记录"
	for _, a := range c.Snapshot.Answers {
		if a.Item == "K1" && a.Choice == checklist.Number && a.SubmittedAt <= c.Report.At {
			text = a.Number + "项"
		}
	}
	return text
}
