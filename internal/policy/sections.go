package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"fugong/internal/site"
)

// notGiven is the basis of a parameter that a policy leaves to the program.
const notGiven = "规则文件未给出，取程序缺省值（设计默认值）"

// policy reads the keys of a file; the overrides come last, since they are checked upon the parameters.
func (r *reader) policy(root *yaml.Node, p *Policy) {
	given := make(map[string]*yaml.Node)
	for _, e := range r.entries(root, "规则文件") {
		given[e.key] = e.value
		switch e.key {
		case "name":
			if text, ok := r.text(e.value, "name"); ok && !nameForm.MatchString(text) {
				r.refuse(e.line, "name“%s”应由小写字母、数字和连字符组成，至多64个", text)
			} else {
				p.Name = text
			}
		case "title":
			p.Title, _ = r.text(e.value, "title")
		case "occasions":
			p.Occasions = r.occasions(e.value)
		case "effective_from":
			p.EffectiveFrom = r.instant(e.value, "effective_from")
		case "parameters", "overrides", "criteria":
		default:
			r.refuse(e.line, "不认识“%s”", e.key)
		}
	}
	for _, key := range []string{"name", "title", "occasions", "effective_from", "parameters", "criteria"} {
		if given[key] == nil {
			r.refuse(root.Line, "缺少 %s", key)
		}
	}
	r.body(given, p)
}

func (r *reader) body(given map[string]*yaml.Node, p *Policy) {
	if n := given["parameters"]; n != nil {
		p.Parameters = r.values(n)
		r.consistent(n.Line, p.base())
		for _, k := range parameters {
			if _, ok := p.Parameters[k.key]; !ok && p.Parameters != nil {
				p.Parameters[k.key] = Value{Text: k.fallback, Basis: notGiven}
			}
		}
	}
	if n := given["overrides"]; n != nil {
		r.overrides(n, p)
	}
	if n := given["criteria"]; n != nil {
		r.criteria(n, p)
	}
}

// values reads a mapping of parameters.
func (r *reader) values(n *yaml.Node) map[string]Value {
	all := make(map[string]Value)
	for _, e := range r.entries(n, "parameters") {
		k, known := find(e.key)
		if !known {
			r.refuse(e.line, "不认识参数“%s”", e.key)
			continue
		}
		if v, ok := r.value(e, k); ok {
			all[e.key] = v
		}
	}
	return all
}

func (r *reader) value(parent entry, k parameter) (Value, bool) {
	before := len(r.problems)
	var v Value
	for _, e := range r.entries(parent.value, k.key) {
		switch e.key {
		case "value":
			if text, ok := r.text(e.value, k.key+"的值"); ok {
				v.Text = text
				r.inRange(e, k, text)
			}
		case "basis":
			v.Basis, _ = r.text(e.value, k.key+"的依据")
		case "unit":
			if text, ok := r.text(e.value, k.key+"的单位"); ok && text != k.unit {
				r.refuse(e.line, "%s的单位应为“%s”，不是“%s”", k.key, k.unit, text)
			}
		default:
			r.refuse(e.line, "%s：不认识“%s”，只有 value、basis 和 unit", k.key, e.key)
		}
	}
	if len(r.problems) == before && v.Text == "" {
		r.refuse(parent.line, "%s缺少 value", k.key)
	}
	if len(r.problems) == before && v.Basis == "" {
		r.refuse(parent.line, "%s缺少 basis（依据）", k.key)
	}
	return v, len(r.problems) == before
}

func (r *reader) inRange(e entry, k parameter, text string) {
	var scratch Rules
	if err := k.set(&scratch, text); err != nil {
		r.refuse(e.value.Line, "%s的值%v", k.key, err)
	}
}

// consistent refuses numbers that contradict each other.
func (r *reader) consistent(line int, u Rules) {
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{u.RoomMax > u.RoomHardMax, "room_max 不应大于 room_hard_max"},
		{u.UnreportedWarn > u.UnreportedBlock, "unreported_warn_h 不应大于 unreported_block_h"},
		{u.Receive > u.TotalReport, "recv_h 不应大于 total_report_h"},
		{u.ChlorineMin > u.ChlorineMax, "chlorine_min 不应大于 chlorine_max"},
		{u.ChlorineMax > u.ChlorineExcess, "chlorine_max 不应大于 chlorine_excess"},
		{u.PPEDays > u.PPEWarnDays, "ppe_days 不应大于 ppe_warn_days"},
	} {
		if rule.broken {
			r.refuse(line, "%s", rule.text)
		}
	}
	if u.PreN > 1 && u.PreGap > 0 && int(u.PreWindow/u.PreGap) < u.PreN-1 {
		r.refuse(line, "pre_window_h 内放不下 pre_n 次相隔 pre_gap_h 的检测")
	}
}

func (r *reader) overrides(n *yaml.Node, p *Policy) {
	if n.Kind != yaml.SequenceNode {
		r.refuse(n.Line, "overrides 应为列表")
		return
	}
	for _, item := range n.Content {
		before := len(r.problems)
		o := r.override(item)
		if len(r.problems) > before {
			continue
		}
		laid := p.base()
		laid.lay(o.Parameters)
		r.consistent(item.Line, laid)
		p.Overrides = append(p.Overrides, o)
	}
}

func (r *reader) override(n *yaml.Node) Override {
	var o Override
	before := len(r.problems)
	given := make(map[string]bool)
	for _, e := range r.entries(n, "override") {
		given[e.key] = true
		switch e.key {
		case "scope":
			r.scope(e.value, &o)
		case "from":
			o.From = r.instant(e.value, "from")
		case "until":
			o.Until = r.instant(e.value, "until")
		case "parameters":
			o.Parameters = r.values(e.value)
		default:
			r.refuse(e.line, "override：不认识“%s”", e.key)
		}
	}
	for _, key := range []string{"scope", "from", "parameters"} {
		if !given[key] {
			r.refuse(n.Line, "override 缺少 %s", key)
		}
	}
	switch {
	case len(r.problems) > before:
	case len(o.Parameters) == 0:
		r.refuse(n.Line, "override 没有任何参数")
	case !o.Until.IsZero() && o.Until <= o.From:
		r.refuse(n.Line, "override 的 until 应晚于 from")
	}
	return o
}

// scope reads one of {district: …}, {zone: …}, {street: …}, {section: …}.
func (r *reader) scope(n *yaml.Node, o *Override) {
	all := r.entries(n, "scope")
	if len(all) != 1 {
		r.refuse(n.Line, "scope 应恰有 district、zone、street、section 之一")
		return
	}
	text, ok := r.text(all[0].value, "scope")
	if !ok {
		return
	}
	switch all[0].key {
	case "district":
	case "zone":
		o.Zone = site.ZoneLevel(text)
		if !slices.Contains([]site.ZoneLevel{site.Locked, site.Controlled, site.Precaution}, o.Zone) {
			r.refuse(n.Line, "防控级别“%s”不认识，应为 封控区、管控区 或 防范区", text)
		}
	case "street":
		o.Street = text
	case "section":
		o.Section = text
	default:
		r.refuse(n.Line, "scope 不认识“%s”，应为 district、zone、street 或 section", all[0].key)
	}
}

func (r *reader) criteria(n *yaml.Node, p *Policy) {
	all := r.entries(n, "criteria")
	if len(all) == 0 {
		r.refuse(n.Line, "criteria 没有任何条件")
	}
	for _, e := range all {
		unknown := r.known != nil && !slices.Contains(r.known, e.key)
		if unknown || !codeForm.MatchString(e.key) {
			r.refuse(e.line, "不认识条件“%s”", e.key)
			continue
		}
		p.Criteria = append(p.Criteria, r.rule(e, p.Occasions))
	}
}

func (r *reader) rule(parent entry, occasions []site.Occasion) Rule {
	rule := Rule{Criterion: parent.key}
	before := len(r.problems)
	for _, e := range r.entries(parent.value, parent.key) {
		switch e.key {
		case "severity":
			rule.Severity = r.severity(e)
		case "occasions":
			rule.Occasions = r.occasions(e.value)
		case "basis":
			rule.Basis, _ = r.text(e.value, parent.key+"的依据")
		default:
			r.refuse(e.line, "%s：不认识“%s”，只有 severity、occasions 和 basis", parent.key, e.key)
		}
	}
	if rule.Severity == "" && len(r.problems) == before {
		r.refuse(parent.line, "%s缺少 severity", parent.key)
	}
	for _, o := range rule.Occasions {
		if !slices.Contains(occasions, o) {
			r.refuse(parent.line, "%s的停工类型“%s”不在本规则的 occasions 中", parent.key, o)
		}
	}
	return rule
}

func (r *reader) severity(e entry) Severity {
	text, ok := r.text(e.value, "severity")
	if !ok {
		return ""
	}
	switch s := Severity(text); s {
	case Block, Warn, Info:
		return s
	}
	r.refuse(e.line, "severity“%s”不认识，应为 block、warn 或 info", text)
	return ""
}
