package main

import (
	"strings"
	"testing"
)

const rosterFile = "标段编号,姓名,证件号码,进场时间,手机号码\nXY-01,王小明,320699199003070013,2022-05-01 08:00,13812345678\n"

func TestKeysFromTheCommandLine(t *testing.T) {
	m := newMachine(t)
	m.want(0, "", "import", "sections", m.file("sections.csv", sectionsFile))
	m.want(0, "", "import", "roster", m.file("roster.csv", rosterFile))
	before := m.want(0, "", "export", "roster", "--out", "-")
	status := strings.Fields(m.want(0, "", "keys", "status"))
	old := status[4]
	if got := m.want(0, "", "keys", "rotate"); !strings.Contains(got, "重新封存 3 个值") {
		t.Errorf("rotate: %s", got)
	}
	after := m.want(0, "", "keys", "status")
	if !strings.Contains(after, "workers.number_sealed") || !strings.Contains(after, old+"  旧     -") {
		t.Errorf("status:\n%s", after)
	}
	if got := m.want(0, "", "keys", "reseal"); !strings.Contains(got, "重新封存 0 个值") {
		t.Errorf("reseal: %s", got)
	}
	m.want(0, "", "keys", "forget", old)
	m.want(1, "", "keys", "forget", old)
	m.want(2, "", "keys", "forget", "the old one")
	m.want(2, "", "keys")
	if got := m.want(0, "", "export", "roster", "--out", "-"); got != before {
		t.Errorf("the roster reads differently:\n%s", got)
	}
	if got := m.want(0, "", "audit", "list"); strings.Count(got, "key.") != 3 {
		t.Errorf("list:\n%s", got)
	}
}
