// Package audit holds the trail of what was done: entries chained by keyed hashes, so that editing, deleting or inserting one
// shows, and signed checkpoints that leave the machine, so that cutting the end off or rolling back shows too.
package audit

import "fugong/internal/calendar"

// Act is something done that is to be written down, in the same transaction as its effect. Detail holds names of fields and
// counts, never personal data.
type Act struct {
	Actor     string
	Role      string
	Action    string // such as user.add, import, sheet.issue, number.reveal
	Object    string // kind of the thing done to: user, section, worker, policy, paper
	ObjectID  string
	RequestID string
	Address   string
	Detail    map[string]string
}

// Doing names what the actor does, and to what, in place of what the act said before.
func (a Act) Doing(action, object, id string, detail map[string]string) Act {
	a.Action, a.Object, a.ObjectID, a.Detail = action, object, id, detail
	return a
}

// Entry is an act as it stands in the chain.
type Entry struct {
	Seq      int64
	At       calendar.Instant
	Act      Act
	Previous string // MAC of the entry before; empty for the first
	MAC      string
}
