package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/policy"
	"fugong/internal/site"
)

var china = time.FixedZone("", 8*3600)

func at(text string) calendar.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, china)
	if err != nil {
		panic(err)
	}
	return calendar.Moment(t)
}

const head = `name: trial
title: 试行
occasions: [疫情]
effective_from: 2022-04-01T00:00:00+08:00
`

const tail = `criteria:
  nat.latest_negative: {severity: block}
`

const layered = head + `parameters:
  room_max: {value: 6, basis: "一"}
overrides:
  - scope: {section: XY-01}
    from: 2022-05-05T00:00:00+08:00
    until: 2022-05-06T00:00:00+08:00
    parameters: {room_max: {value: 8, basis: "四"}}
  - scope: {street: 学苑街道}
    from: 2022-05-01T00:00:00+08:00
    parameters: {room_max: {value: 7, basis: "三"}}
  - scope: {zone: 管控区}
    from: 2022-05-01T00:00:00+08:00
    parameters: {room_max: {value: 4, basis: "二"}, nat_valid_h: {value: 24, basis: "二"}}
  - scope: {district: 崇川区}
    from: 2022-05-03T00:00:00+08:00
    parameters: {room_max: {value: 5, basis: "一之一"}}
` + tail

func parsed(t *testing.T, source string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse([]byte(source), china)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestResolveTakesTheMostSpecificScope(t *testing.T) {
	p := parsed(t, layered)
	controlled := site.Zone{Level: site.Controlled}
	for _, c := range []struct {
		name    string
		section site.Section
		zone    site.Zone
		at      calendar.Instant
		want    int
	}{
		{"policy", site.Section{}, site.Zone{}, at("2022-05-02 00:00"), 6},
		{"district", site.Section{}, site.Zone{}, at("2022-05-03 00:00"), 5},
		{"zone level over district", site.Section{}, controlled, at("2022-05-03 00:00"), 4},
		{"another zone level", site.Section{}, site.Zone{Level: site.Precaution}, at("2022-05-03 00:00"), 5},
		{"street over zone level", site.Section{Street: "学苑街道"}, controlled, at("2022-05-03 00:00"), 7},
		{"section over street", site.Section{Street: "学苑街道", Code: "XY-01"}, controlled, at("2022-05-05 12:00"), 8},
		{"just before it begins", site.Section{Code: "XY-01"}, site.Zone{}, at("2022-05-05 00:00") - 1, 5},
		{"when it begins", site.Section{Code: "XY-01"}, site.Zone{}, at("2022-05-05 00:00"), 8},
		{"just before it ends", site.Section{Code: "XY-01"}, site.Zone{}, at("2022-05-06 00:00") - 1, 8},
		{"when it ends", site.Section{Code: "XY-01"}, site.Zone{}, at("2022-05-06 00:00"), 5},
	} {
		if got := p.Resolve(c.section, c.zone, c.at).RoomMax; got != c.want {
			t.Errorf("%s: room_max = %d, want %d", c.name, got, c.want)
		}
	}
	if got := p.Resolve(site.Section{Street: "学苑街道"}, controlled, at("2022-05-03 00:00")).NatValid; got != 24*time.Hour {
		t.Errorf("nat_valid_h under a narrower override of another parameter = %v, want 24h", got)
	}
}

func TestBoundaries(t *testing.T) {
	p := parsed(t, layered)
	s := site.Section{Code: "XY-01", Street: "城东街道"}
	zones := []site.Zone{
		{Scope: site.ScopeSection, Place: "XY-01", From: at("2022-05-02 22:00"), Until: at("2022-05-05 00:00")},
		{Scope: site.ScopeSection, Place: "XY-02", From: at("2022-05-02 23:00")},
	}
	got := p.Boundaries(s, zones, at("2022-05-01 00:00"))
	want := []calendar.Instant{at("2022-05-02 22:00"), at("2022-05-03 00:00"), at("2022-05-05 00:00"), at("2022-05-06 00:00")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("boundaries (-want +got):\n%s", diff)
	}
}

func TestInForce(t *testing.T) {
	version := func(v int, from, recorded calendar.Instant) policy.Policy {
		return policy.Policy{
			Name: "epidemic-2022", Version: v, Occasions: []site.Occasion{site.Epidemic}, EffectiveFrom: from, RecordedAt: recorded,
		}
	}
	april, may := at("2022-04-01 00:00"), at("2022-05-06 00:00")
	book := policy.Book{version(1, april, 0), version(2, may, april), version(3, april, april-1)}
	for _, c := range []struct {
		at   calendar.Instant
		want int
	}{{april, 3}, {may - 1, 3}, {may, 2}} {
		p, err := book.InForce(site.Epidemic, c.at)
		if err != nil || p.Version != c.want {
			t.Errorf("in force at %s: version %v, %v; want %d", c.at.RFC3339(china), p, err, c.want)
		}
	}
	for _, c := range []struct {
		occasion site.Occasion
		at       calendar.Instant
	}{{site.Epidemic, april - 1}, {site.Typhoon, may}} {
		if _, err := book.InForce(c.occasion, c.at); fault.KindOf(err) != fault.NotFound {
			t.Errorf("in force for %s at %s: %v, want not found", c.occasion, c.at.RFC3339(china), err)
		}
	}
}

func TestParseReadsTheContractsExample(t *testing.T) {
	p := parsed(t, `name: epidemic-2022
title: 疫情防控复工条件（2022）
occasions: [疫情]                 # which
effective_from: 2022-04-01T00:00:00+08:00
parameters:
  nat_valid_h: {value: 48, basis: "…"}
overrides:
  - scope: {section: XY-01}
    from: 2022-05-05T00:00:00+08:00
    parameters: {room_max: {value: 8, basis: "一企一策 …号"}}
criteria:
  nat.latest_negative: {severity: block}
`)
	if p.EffectiveFrom != at("2022-04-01 00:00") || p.Title != "疫情防控复工条件（2022）" || len(p.Overrides) != 1 {
		t.Errorf("read %+v", p)
	}
	if diff := cmp.Diff([]policy.Rule{{Criterion: "nat.latest_negative", Severity: policy.Block}}, p.Criteria); diff != "" {
		t.Errorf("criteria (-want +got):\n%s", diff)
	}
	if v := p.Parameters["fever"]; v.Text != "37.3" || !strings.Contains(v.Basis, "缺省") {
		t.Errorf("a parameter that is not given = %+v, want the program's, said to be so", v)
	}
}

// body puts lines after the head, whose last is the fourth.
func body(lines ...string) string { return head + strings.Join(lines, "\n") + "\n" }

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		source string
		line   int
		says   string
	}{
		{"nothing", "", 1, "空"},
		{"a list", "- 1\n", 1, "列表"},
		{"broken YAML", "name: [\n", 1, "YAML"},
		{"two documents", head + "parameters: {}\n" + tail + "---\nname: b\n", 1, "一份"},
		{"unknown key", head + "parameters: {}\n" + tail + "colour: red\n", 8, "colour"},
		{"no name", "title: 一\n", 1, "name"},
		{"bad name", strings.Replace(head, "trial", "../x", 1) + "parameters: {}\n" + tail, 1, "name"},
		{"unknown occasion", strings.Replace(head, "疫情", "地震", 1) + "parameters: {}\n" + tail, 3, "地震"},
		{"bad time", strings.Replace(head, "2022-04-01T", "2022-13-01T", 1) + "parameters: {}\n" + tail, 4, "时间"},
		{"unknown parameter", body("parameters:", "  room_maxx: {value: 6, basis: 一}") + tail, 6, "room_maxx"},
		{"no basis", body("parameters:", "  room_max: {value: 6}") + tail, 6, "basis"},
		{"empty basis", body("parameters:", `  room_max: {value: 6, basis: ""}`) + tail, 6, "依据"},
		{"no value", body("parameters:", "  room_max: {basis: 一}") + tail, 6, "value"},
		{"wrong unit", body("parameters:", "  nat_valid_h: {value: 2, unit: d, basis: 一}") + tail, 6, "单位"},
		{"unit in the value", body("parameters:", "  nat_valid_h: {value: 48h, basis: 一}") + tail, 6, "不是整数"},
		{"fraction of a count", body("parameters:", "  room_max: {value: 6.5, basis: 一}") + tail, 6, "不是整数"},
		{"too fine", body("parameters:", "  fever: {value: 37.25, basis: 一}") + tail, 6, "小数"},
		{"negative", body("parameters:", "  area_min: {value: -2.5, basis: 一}") + tail, 6, "area_min"},
		{"below the range", body("parameters:", "  room_max: {value: 0, basis: 一}") + tail, 6, "超出范围"},
		{"above the range", body("parameters:", "  fever: {value: 50.0, basis: 一}") + tail, 6, "37 至 42"},
		{"huge", body("parameters:", "  room_max: {value: 99999999999999999999, basis: 一}") + tail, 6, "超出范围"},
		{"bad word", body("parameters:", "  validity_basis: {value: 采样, basis: 一}") + tail, 6, "sampled_at"},
		{"bad switch", body("parameters:", "  iso_single: {value: 1, basis: 一}") + tail, 6, "true"},
		{"bad clock", body("parameters:", `  report_deadline: {value: "25:00", basis: 一}`) + tail, 6, "时刻"},
		{"contradiction", body("parameters:", "  room_max: {value: 20, basis: 一}") + tail, 6, "room_hard_max"},
		{"bad scope", body("parameters: {}", "overrides:", "  - scope: {city: 南通}", "    from: 2022-05-05",
			"    parameters: {room_max: {value: 6, basis: 一}}") + tail, 7, "city"},
		{"two scopes", body("parameters: {}", "overrides:", "  - scope: {street: 一, section: 二}", "    from: 2022-05-05",
			"    parameters: {room_max: {value: 6, basis: 一}}") + tail, 7, "恰有"},
		{"bad zone level", body("parameters: {}", "overrides:", "  - scope: {zone: 红区}", "    from: 2022-05-05",
			"    parameters: {room_max: {value: 6, basis: 一}}") + tail, 7, "红区"},
		{"until not after from", body("parameters: {}", "overrides:", "  - scope: {section: 一}", "    from: 2022-05-05",
			"    until: 2022-05-05", "    parameters: {room_max: {value: 6, basis: 一}}") + tail, 7, "until"},
		{"no from", body("parameters: {}", "overrides:", "  - scope: {section: 一}",
			"    parameters: {room_max: {value: 6, basis: 一}}") + tail, 7, "from"},
		{"contradicting override", body("parameters: {}", "overrides:", "  - scope: {section: 一}", "    from: 2022-05-05",
			"    parameters: {room_max: {value: 20, basis: 一}}") + tail, 7, "room_hard_max"},
		{"duplicate key", body("parameters:", "  room_max: {value: 6, basis: 一}", "  room_max: {value: 5, basis: 一}") + tail, 7, "重复"},
		{"duplicate criterion", body("parameters: {}") + tail + "  nat.latest_negative: {severity: warn}\n", 8, "重复"},
		{"unknown criterion", body("parameters: {}") + tail + "  nat.latest: {severity: warn}\n", 8, "nat.latest"},
		{"bad severity", body("parameters: {}") + tail + "  ag.daily: {severity: fatal}\n", 8, "fatal"},
		{"no severity", body("parameters: {}") + tail + "  ag.daily: {basis: 一}\n", 8, "severity"},
		{"occasion of another policy", body("parameters: {}") + tail + "  ag.daily: {severity: warn, occasions: [台风]}\n", 8, "台风"},
		{"alias", body("parameters:", "  room_max: &a {value: 6, basis: 一}", "  pre_n: *a") + tail, 6, "锚点"},
		{"own type", body("parameters:", "  room_max: {value: !!binary Ng==, basis: 一}") + tail, 6, "类型"},
		{"too deep", body("parameters: "+strings.Repeat("[", 40)+strings.Repeat("]", 40)) + tail, 5, "嵌套"},
		{"too large", head + strings.Repeat("# 一二三四五六七八九十\n", 20000), 1, "过大"},
		{"not UTF-8", "name: \xff\n", 1, "UTF-8"},
	} {
		_, err := policy.Parse([]byte(c.source), china, "nat.latest_negative", "ag.daily")
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want a fault.Invalid", c.name, err)
			continue
		}
		if want := fmt.Sprintf("第%d行", c.line); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %s and %q", c.name, err, want, c.says)
		}
	}
}

func TestParseTellsAllProblemsTogether(t *testing.T) {
	_, err := policy.Parse([]byte(body("parameters:", "  a: {value: 1, basis: 一}", "  pre_n: {value: 99}")+tail), china)
	for _, want := range []string{"第6行", "第7行：pre_n的值", "第7行：pre_n的值“99”超出范围", "3处"} {
		if want != "3处" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(layered))
	for _, p := range policy.Shipped() {
		f.Add([]byte(p.Source))
	}
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		p, err := policy.Parse(source, china)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v is no fault.Invalid", err)
			}
			return
		}
		again, err := policy.Parse([]byte(p.Source), china)
		if err != nil || !cmp.Equal(p, again) {
			t.Fatalf("reading it twice differs: %v", err)
		}
		if len(p.Criteria) == 0 || len(p.Occasions) == 0 || p.Resolve(site.Section{}, site.Zone{}, 0) != p.Variants()[0] && len(p.Overrides) == 0 {
			t.Fatalf("accepted %+v", p)
		}
	})
}
