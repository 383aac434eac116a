package checklist

import "fugong/internal/calendar"

// How says how an answer was given. The empty How was not told.
type How string

// The ways.
const (
	Single   How = "single"   // by itself
	Bulk     How = "bulk"     // together with others that were usual, too
	Restored How = "restored" // out of a draft
)

// ParseHow reads a way; anything unknown is not told.
func ParseHow(text string) How {
	switch h := How(text); h {
	case Single, Bulk, Restored:
		return h
	}
	return ""
}

// Provenance says how a checklist came to be. It is kept with it and shown to whoever inspects; nothing is judged by it.
type Provenance struct {
	Drawn []string       `json:"drawn,omitempty"` // the items that a photo of the day was asked of
	Ways  map[string]Way `json:"ways,omitempty"`  // by the codes of items
}

// Way is how one item was answered: Known is what the registers said of a number at that time.
type Way struct {
	How   How              `json:"how,omitempty"`
	At    calendar.Instant `json:"at,omitempty"` // by the device; zero: not told
	Known string           `json:"known,omitempty"`
}
