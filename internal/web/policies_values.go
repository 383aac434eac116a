package web

import (
	"slices"
	"strings"

	"fugong/internal/criteria"
	"fugong/internal/locale"
	"fugong/internal/policy"
)

// valueGroup is the parameters of one domain.
type valueGroup struct {
	ID   string // the key valuegroup.<ID> names it
	Rows []valueRow
}

// valueRow is a parameter: Text is its value as a person reads it.
type valueRow struct{ Key, Text, Basis string }

// ruleGroup is the criteria of one part of the sheet.
type ruleGroup struct {
	Name string
	Rows []ruleRow
}

type ruleRow struct{ Code, Title, Severity, Basis string }

// domains are the parameters as whoever sets them thinks of them. A test holds that none is left out.
func domains() []struct{ id, keys string } {
	return []struct{ id, keys string }{
		{"tests", "validity_basis nat_valid_h pre_n pre_window_h pre_gap_h cadence_h cadence_days quota_pct antigen_per_day accept_sampling_record " +
			"sampling_record_h unreported_warn_h unreported_block_h recv_h total_report_h chain_pct chain_days"},
		{"health", "fever temps_per_day temps_canteen_per_day temps_gap_h"},
		{"entry", "newcomer_valid_h newcomer_outside_h silent_days travel_days prereport_days absence_h"},
		{"housing", "room_max room_hard_max area_min bunk_levels aisle_m vent_times vent_minutes"},
		{"isolation", "iso_per iso_min iso_single"},
		{"disinfection", "dis_dorm_per_day dis_office_per_day dis_canteen_per_day dis_public_per_day dis_toilet_per_day dis_isolation_per_day dis_iso_gap_h " +
			"chlorine_min chlorine_max chlorine_excess alcohol_pct contact_minutes backdate_h burst_areas"},
		{"supplies", "ppe_days ppe_warn_days kit_thermometers kit_days"},
		{"organisation", "officer_per training_days drill_days supervision_days report_deadline report_misses verify_wd"},
	}
}

// valueGroups puts the parameters of a policy, or of an override, under their domains.
func valueGroups(values map[string]policy.Value, w locale.Words) []valueGroup {
	units := map[string]string{}
	for _, p := range policy.Parameters() {
		units[p.Key] = p.Unit
	}
	var groups []valueGroup
	for _, d := range domains() {
		g := valueGroup{ID: d.id}
		for _, key := range strings.Fields(d.keys) {
			if v, given := values[key]; given {
				g.Rows = append(g.Rows, valueRow{key, valueText(v.Text, units[key], w), v.Basis})
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// valueText is a value with its unit, or in words.
func valueText(value, unit string, w locale.Words) string {
	switch {
	case unit != "":
		return value + " " + w.Word("unit", unit)
	case w.Has("value." + value):
		return w.Word("value", value)
	}
	return value
}

// ruleGroups puts the criteria of a policy under the parts of the sheet, in the order of the sheet.
func ruleGroups(rules []policy.Rule) []ruleGroup {
	var groups []ruleGroup
	for _, k := range criteria.All() {
		i := slices.IndexFunc(rules, func(r policy.Rule) bool { return r.Criterion == string(k.Code) })
		if i < 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g ruleGroup) bool { return g.Name == string(k.Group) })
		if at < 0 {
			at, groups = len(groups), append(groups, ruleGroup{Name: string(k.Group)})
		}
		groups[at].Rows = append(groups[at].Rows, ruleRow{string(k.Code), k.Title, string(rules[i].Severity), rules[i].Basis})
	}
	return groups
}
