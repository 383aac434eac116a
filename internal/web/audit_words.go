package web

import (
	"maps"
	"slices"
	"strings"

	"fugong/internal/audit"
	"fugong/internal/locale"
)

// auditActs are the acts that the program writes into the trail. A test finds those in the code and holds them against this list.
func auditActs() []string {
	return strings.Fields("access.deny checklist.print checklist.submit disinfection.withdraw evaluation.save export import import.errors key.forget key.reseal " +
		"key.rotate link.setup number.reveal number.withhold passage.reveal passage.withhold people.reveal people.withhold phone.reveal " +
		"phone.withhold photo.add photo.drop policy.publish quarantine.decide remarks.reveal remarks.withhold route.change " +
		"session.confirm session.end session.password session.refuse session.start sheet.download sheet.issue sheet.print " +
		"sheet.revoke token.add token.revoke user.add user.change user.disable user.enable user.invite user.password " +
		"user.totp.remove user.totp.set")
}

// auditObjects are the kinds of things that acts are done to.
func auditObjects() []string {
	return strings.Fields("case checklist key link page paper photo policy register route section token upload user worker")
}

// actKey is an act as a key of the catalogue has it.
func actKey(action string) string { return strings.ReplaceAll(action, ".", "_") }

// actOptions are the choices of a filter of the trail. A value that the program does not write stays chosen, as the address says it.
func actOptions(selected string, values []string, vocabulary string, w locale.Words) []option {
	options := []option{{Selected: selected == ""}}
	if selected != "" && !slices.Contains(values, selected) {
		options = append(options, option{selected, selected, true})
	}
	for _, v := range values {
		options = append(options, option{v, w.Word(vocabulary, actKey(v)), v == selected})
	}
	return options
}

func newAuditRow(e audit.Entry, w locale.Words) auditRow {
	row := auditRow{Entry: e, Who: whoActed(e.Act, w), What: e.Act.Action, Which: whichObject(e.Act, w)}
	if key := actKey(e.Act.Action); w.Has("act." + key) {
		row.What = w.Word("act", key)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Act.Detail)) {
		said := name
		if w.Has("actdetail." + name) {
			said = w.Word("actdetail", name)
		}
		row.Details = append(row.Details, auditDetail{said, e.Act.Detail[name]})
	}
	return row
}

// whoActed is the actor: a user by name, the program and whoever sits at the machine in words.
func whoActed(act audit.Act, w locale.Words) string {
	if name, at := strings.CutPrefix(act.Actor, "命令行（"); at && act.Role == "operator" {
		return w.Say(locale.Say("命令行（%s）", strings.TrimSuffix(name, "）")))
	}
	if act.Role == "operator" || act.Role == "program" {
		return w.Text(act.Actor)
	}
	return act.Actor
}

// whichObject says what was acted on.
func whichObject(act audit.Act, w locale.Words) string {
	kind, id := act.Object, act.ObjectID
	if w.Has("actobject." + kind) {
		kind = w.Word("actobject", kind)
	}
	if act.Object == "register" && w.Has("kind."+id) {
		id = w.Word("kind", id)
	}
	return joinWords(kind, id)
}

// detailText writes details into one cell of a file.
func detailText(detail map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		all = append(all, name+"="+detail[name])
	}
	return strings.Join(all, " ")
}
