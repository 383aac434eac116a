package sheet

import (
	"fmt"
	"testing"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/criteria"
	"fugong/internal/disinfection"
	"fugong/internal/flag"
	"fugong/internal/gate"
	"fugong/internal/housing"
	"fugong/internal/locale"
	"fugong/internal/policy"
	"fugong/internal/roster"
	"fugong/internal/screening"
	"fugong/internal/site"
)

// shanghai is the zone of the district; without the zone database of a machine, which a test must not need.
var shanghai = time.FixedZone("CST", 8*3600)

func clock(day, hour, minute int) calendar.Instant {
	return calendar.Moment(time.Date(2022, 5, day, hour, minute, 0, 0, shanghai))
}

var section = site.Section{
	ID: 1, Code: "XY-01", Name: "一标段", ProjectCode: "XY", ProjectName: "学苑示范项目", Street: "学苑街道", Community: "学苑社区",
	Address: "学苑南里12至31幢", Owner: "示范建设投资有限公司", Contractor: "江畔示范建工集团有限公司", Supervisor: "示范工程监理有限公司",
	Manager: "陈建国", Phone: "13800001234", State: site.NotResumed, StoppedOn: calendar.Day(2022, 4, 10),
	NotResumedReason: "核酸未达标", DataAt: clock(6, 7, 40),
}

// finding makes one in order; say and fail change it.
func finding(code criteria.Code, required, observed string) criteria.Finding {
	return criteria.Finding{
		Code: code, Status: criteria.Pass, Severity: policy.Block, Required: locale.Say(required), Observed: locale.Say(observed),
	}
}

func failing(f criteria.Finding, status criteria.Status, reason string, subjects ...criteria.Subject) criteria.Finding {
	f.Status, f.Reason, f.Subjects = status, locale.Say(reason), subjects
	return f
}

// judgedCodes are two or three criteria of each group, so that a new criterion does not change the golden texts.
var judgedCodes = []criteria.Code{
	"org.group", "org.officer", "org.commitment", "roster.complete", "roster.matches_gate", "nat.latest_negative", "nat.positive",
	"nat.pool_recheck", "health.temp", "health.fever", "loop.single_gate", "loop.enclosure", "room.occupancy", "room.area", "dis.frequency", "dis.max_gap",
	"canteen.licence", "ppe.stock", "iso.rooms", "saf.crane", "saf.fire",
}

// everything gives a finding for each of some criteria, all in order.
func everything() []criteria.Finding {
	var all []criteria.Finding
	for _, code := range judgedCodes {
		all = append(all, finding(code, "按规定", "有记录"))
	}
	return all
}

func set(all []criteria.Finding, f criteria.Finding) {
	for i := range all {
		if all[i].Code == f.Code {
			all[i] = f
		}
	}
}

func person(id int, name, team, room string) roster.Enrolment {
	return roster.Enrolment{
		ID: int64(id), WorkerID: roster.WorkerID(id), SectionID: 1, Name: name, Team: team, Trade: "木工", Category: roster.Labour,
		EnteredAt: clock(1, 8, 0), Lodging: roster.OnSite, Room: room,
	}
}

func worker(e roster.Enrolment, observed, limit string, since calendar.Instant) criteria.Subject {
	return criteria.Subject{
		Kind: criteria.Worker, ID: int64(e.WorkerID), Name: e.Name, Team: e.Team, Room: e.Room,
		Observed: locale.Say(observed), Limit: locale.Say(limit), Since: since,
	}
}

// metSource is a section where everything is in order.
func metSource() Source {
	people := []roster.Enrolment{person(1, "王小明", "木工班", "A-201"), person(2, "李建军", "钢筋班", "A-201"), person(3, "阿卜杜拉·买买提", "钢筋班", "A-202")}
	snapshot := &criteria.Snapshot{
		Section: section, People: people,
		Rooms: []housing.Room{{ID: 1, SectionID: 1, Number: "A-201", AreaCM2: 160_000, Beds: 6}, {ID: 2, SectionID: 1, Number: "A-202", AreaCM2: 150_000, Beds: 4},
			{ID: 3, SectionID: 1, Number: "G-1", Use: housing.Isolation, AreaCM2: 100_000, Beds: 1}},
		Areas:         []disinfection.Area{{ID: 1, SectionID: 1, Code: "Q1", Name: "宿舍区A栋", Kind: disinfection.Dormitory}, {ID: 2, SectionID: 1, Code: "Q2", Name: "食堂", Kind: disinfection.Canteen}},
		Disinfections: []disinfection.Entry{{AreaID: 1, At: clock(6, 7, 0)}, {AreaID: 2, At: clock(5, 17, 0)}},
		Answers:       []checklist.Answer{{Item: "K1", Choice: checklist.Number, Number: "2", SubmittedAt: clock(5, 16, 0)}},
		Zones:         []site.Zone{{Scope: site.ScopeStreet, Place: "学苑街道", Level: site.Precaution, From: clock(2, 22, 0), Document: "崇防指〔2022〕31号"}},
	}
	for i, p := range people {
		snapshot.Stays = append(snapshot.Stays, housing.Stay{WorkerID: p.WorkerID, RoomID: housing.RoomID(1 + i/2), SectionID: 1, From: clock(1, 9, 0)})
		snapshot.Results = append(snapshot.Results, screening.Result{WorkerID: p.WorkerID, SampledAt: clock(5, 7, 0), ReportedAt: clock(5, 16, 0), Outcome: screening.Negative})
		snapshot.Passages = append(snapshot.Passages, gate.Passage{WorkerID: p.WorkerID, At: clock(6, 6, 0), Direction: gate.In})
	}
	return Source{
		Section: section, Snapshot: snapshot,
		Report: criteria.Report{
			SectionID: 1, At: clock(6, 8, 0), KnownAt: clock(6, 8, 0), Policy: "epidemic-2022", PolicyVersion: 1,
			Findings: everything(), Headcount: 3, HousedOnSite: 3, HoldsUntil: clock(7, 7, 0),
		},
		Policy: &policy.Policy{Name: "epidemic-2022", Criteria: []policy.Rule{
			{Criterion: "nat.latest_negative", Basis: "苏州、深圳、上海2022年：48小时核酸阴性"}, {Criterion: "room.occupancy", Basis: "北京2020年、JGJ 146：单间人数"}}},
		Copy: Internal, Number: "HC-XY-01-20220506-0800", PrintedAt: clock(6, 8, 30), PrintedBy: "周敏", Loc: shanghai,
	}
}

// unmetSource is the section of scenario S1 with a pool that came out positive, a crowded room and an area left out.
func unmetSource() Source {
	src := metSource()
	people := []roster.Enrolment{person(1, "王小明", "木工班", "A-201"), person(2, "李建军", "钢筋班", "A-201"), person(3, "赵国强", "钢筋班", "A-202")}
	src.Snapshot.People = people
	src.Numbers = map[roster.WorkerID]string{1: MaskNumber("320699199003070013"), 2: MaskNumber("320699198511120027"), 3: MaskNumber("320699198810010055")}
	late := worker(people[2], "49小时0分（2022-05-04 07:00采样）", "48小时", clock(6, 7, 0))
	all := src.Report.Findings
	set(all, failing(finding("nat.latest_negative", "48小时内阴性", "2/3"), criteria.Fail, "1人最近阴性已超过48小时", late))
	set(all, failing(finding("nat.pool_recheck", "混管阳性人员单管复核", "0/1"), criteria.Fail, "王小明所在混管阳性，待单管复核",
		worker(people[0], "NT22050501001混管阳性", "单管阴性", clock(5, 19, 40))))
	set(all, failing(finding("room.occupancy", "每间不超过6人", "1/2"), criteria.Fail, "1间宿舍超员",
		criteria.Subject{Kind: criteria.Room, ID: 1, Name: "A-201", Observed: locale.Say("7人"), Limit: locale.Say("6人"), Since: clock(3, 9, 0)}))
	set(all, failing(finding("dis.frequency", "每日按区域类型达到次数", "1/2"), criteria.Warned, "1个区域2022-05-05消杀次数不足",
		criteria.Subject{Kind: criteria.Area, ID: 2, Name: "食堂", Observed: locale.Say("2022-05-05消杀1次"), Limit: locale.Say("2次")}))
	set(all, failing(finding("org.commitment", "承诺书在有效期内", ""), criteria.Unknown, "承诺书无记录",
		criteria.Subject{Kind: criteria.Item, Name: "承诺书", Observed: locale.Say("无记录"), Limit: locale.Say("有效期内")}))
	set(all, failing(finding("loop.single_gate", "每区一个人员出入口", ""), criteria.Unknown, "无记录",
		criteria.Subject{Kind: criteria.Item, Name: "B1", Observed: locale.Say("无记录"), Limit: locale.Say("是")}))
	for i := range all {
		all[i].Suspend = all[i].Code == "nat.pool_recheck"
	}
	src.Flags = []flag.Flag{{Code: "room.occupancy", Subject: "room:1", Since: clock(3, 9, 30)}}
	return src
}

// largeSource is a section of 200 people in 40 rooms, with sixty tests too old.
func largeSource() Source {
	src := metSource()
	s := src.Snapshot
	s.People, s.Stays, s.Results, s.Passages, s.Rooms, s.Areas = nil, nil, nil, nil, nil, nil
	src.Numbers = map[roster.WorkerID]string{}
	surnames, given := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"), []rune("建国强明伟军勇磊涛超杰鹏飞华平刚辉斌波宁")
	teams := []string{"木工班", "钢筋班", "混凝土班", "架子班", "水电班", "砌筑班"}
	var late []criteria.Subject
	for i := range 200 {
		name := string(surnames[i%20]) + string(given[i/20%20]) + string(given[(i*7+3)%20])
		p := person(i+1, name, teams[i%6], fmt.Sprintf("A-%d", 201+i/5))
		s.People = append(s.People, p)
		s.Stays = append(s.Stays, housing.Stay{WorkerID: p.WorkerID, RoomID: housing.RoomID(1 + i/5), SectionID: 1, From: clock(1, 9, 0)})
		s.Results = append(s.Results, screening.Result{WorkerID: p.WorkerID, SampledAt: clock(4, 7, 0), ReportedAt: clock(4, 16, 0), Outcome: screening.Negative})
		src.Numbers[p.WorkerID] = MaskNumber(fmt.Sprintf("3206991990%08d", i))
		if i%10 < 3 {
			late = append(late, worker(p, "49小时0分（2022-05-04 07:00采样）", "48小时", clock(6, 7, 0)))
		}
	}
	for i := range 40 {
		s.Rooms = append(s.Rooms, housing.Room{ID: housing.RoomID(i + 1), SectionID: 1, Building: "A栋", Number: fmt.Sprintf("A-%d", 201+i), AreaCM2: 160_000, Beds: 6})
	}
	for i := range 12 {
		s.Areas = append(s.Areas, disinfection.Area{ID: disinfection.AreaID(i + 1), Code: fmt.Sprintf("Q%d", i+1), Name: fmt.Sprintf("宿舍%d层", i+1), Kind: disinfection.Dormitory})
	}
	src.Report.Headcount, src.Report.HousedOnSite = 200, 200
	set(src.Report.Findings, failing(finding("nat.latest_negative", "48小时内阴性", "140/200"), criteria.Fail, "60人最近阴性已超过48小时", late...))
	return src
}

func printer(t testing.TB) *Printer {
	t.Helper()
	p, err := NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
