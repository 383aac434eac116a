package main

import (
	"strings"
	"testing"
)

// stricter is the shipped policy with 24 hours where it says 48.
func (w *world) stricter() string {
	w.Helper()
	shown := w.must("policy", "show")
	changed := strings.Replace(shown, "nat_valid_h: {value: 48,", "nat_valid_h: {value: 24,", 1)
	if changed == shown {
		w.Fatalf("the shipped policy does not say 48 hours where the test looks:\n%s", shown)
	}
	return changed
}

// TestPolicyPublish: a file becomes the next version and judges from then on; what is published later leaves it as it was.
func TestPolicyPublish(t *testing.T) {
	w := newDistrict(t)
	list := w.must("policy", "list")
	for _, word := range []string{"epidemic-2022", "general-safety", "疫情", "台风", "2022-04-01T00:00:00+08:00"} {
		if !strings.Contains(list, word) {
			t.Errorf("%q is not in\n%s", word, list)
		}
	}
	file := w.write("stricter.yaml", w.stricter())
	if out := w.must("policy", "import", file); !strings.Contains(out, "epidemic-2022") || !strings.Contains(out, "2") {
		t.Errorf("published: %q, want version 2", out)
	}
	if out := w.must("policy", "import", file); !strings.Contains(out, "2") || strings.Count(w.must("policy", "list"), "epidemic-2022") != 2 {
		t.Errorf("published again: %q, want version 2 still", out)
	}
	if w.must("policy", "show") != string(w.read("stricter.yaml")) {
		t.Error("the newest version is not shown as it was written")
	}
	w.env["FUGONG_CLOCK"] = "2022-05-06T08:01:00+08:00"
	v := w.evaluate("--section", "XY-01")
	if _, f := v.latest(t); v.Policy.Version != 2 || len(f.Subjects) != 2 || f.Subjects[0].Limit != "24小时" {
		t.Errorf("judged by version %d: %+v", v.Policy.Version, f)
	}
	v = w.evaluate("--section", "XY-01", "--at", morning, "--known-at", "2022-05-06T07:59:00+08:00")
	if v.Policy.Version != 1 {
		t.Errorf("by what was known before, judged by version %d, want 1", v.Policy.Version)
	}
	w.env["FUGONG_CLOCK"] = "2022-05-06T08:02:00+08:00"
	third := strings.Replace(string(w.read("stricter.yaml")), "value: 24,", "value: 36,", 1)
	w.must("policy", "import", w.write("third.yaml", third))
	v = w.evaluate("--section", "XY-01", "--at", "2022-05-06T08:01:00+08:00", "--known-at", "2022-05-06T08:01:30+08:00")
	if _, f := v.latest(t); v.Policy.Version != 2 || f.Subjects[0].Limit != "24小时" {
		t.Errorf("after a third version, the second is version %d: %+v", v.Policy.Version, f)
	}
	if v = w.evaluate("--section", "XY-01"); v.Policy.Version != 3 {
		t.Errorf("judged by version %d, want 3", v.Policy.Version)
	}
}

// TestPolicyRefused: a faulty file is refused with the line of each fault, and nothing is published.
func TestPolicyRefused(t *testing.T) {
	w := newDistrict(t)
	before := w.must("policy", "list")
	good := w.stricter()
	for _, tt := range []struct{ name, old, new string }{
		{"out of range", "value: 24,", "value: -1,"},
		{"not a number", "value: 24,", "value: soon,"},
		{"unknown parameter", "nat_valid_h:", "nat_valid_hours:"},
		{"unknown criterion", "nat.latest_negative:", "nat.latest_lottery:"},
		{"unknown key", "title:", "titel:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{t, w.dir, w.env}
			bad := strings.Replace(good, tt.old, tt.new, 1)
			line := 1 + strings.Count(good[:strings.Index(good, tt.old)], "\n")
			for _, verb := range []string{"import", "simulate"} {
				r := w.want(1, "policy", verb, w.write("bad.yaml", bad))
				if !strings.Contains(r.err, "bad.yaml") || !strings.Contains(r.err, "第"+decimal(line)+"行") {
					t.Errorf("%s: %q, want file and line %d", verb, r.err, line)
				}
			}
		})
	}
	if after := w.must("policy", "list"); after != before {
		t.Errorf("policies are\n%s, were\n%s", after, before)
	}
	w.want(1, "policy", "import", w.path("nosuch.yaml"))
}

// TestPolicySimulate tells which sections would flip and publishes nothing.
func TestPolicySimulate(t *testing.T) {
	w := newDistrict(t)
	same := w.must("policy", "simulate", w.write("same.yaml", w.must("policy", "show")))
	if strings.Contains(same, "XY-01") {
		t.Errorf("the policy in force would change\n%s", same)
	}
	lenient := strings.Replace(w.stricter(), "nat_valid_h: {value: 24,", "nat_valid_h: {value: 96,", 1)
	out := w.must("policy", "simulate", w.write("lenient.yaml", lenient))
	if !strings.Contains(out, "XY-01") || !strings.Contains(out, "nat.latest_negative fail→pass") || strings.Contains(out, "XY-02") {
		t.Errorf("simulated\n%s", out)
	}
	if list := w.must("policy", "list"); strings.Count(list, "epidemic-2022") != 1 {
		t.Errorf("policies after a simulation\n%s", list)
	}
	if _, f := w.evaluate("--section", "XY-01", "--at", morning).latest(t); f.Status != "fail" {
		t.Errorf("after a simulation %+v", f)
	}
}
