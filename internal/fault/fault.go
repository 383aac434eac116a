// Package fault gives errors a kind, by which the rim of the program decides what to answer, and a message that a person
// may read.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of thing went wrong. Its zero value is Internal: an error nobody classified is ours.
type Kind int

// The kinds of faults.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	Forbidden
	Unauthenticated
	Limited // too often; Wait says when to come back
	Busy    // too much at once; the same may succeed in a moment
)

// Error is a classified error. Message is for people, made of Format and Args where it was made by New; Fields holds a message per input field; Wait is how long to wait before
// trying again, for Limited and Busy; Err is the cause.
type Error struct {
	Kind    Kind
	Message string
	Format  string // Chinese, with fmt verbs
	Args    []any
	Fields  map[string]string
	Wait    time.Duration
	Err     error
}

// Error gives the message and, behind it, the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	if e.Message == "" {
		return e.Err.Error()
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a message.
func New(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...), Format: format, Args: args}
}

// KindOf tells the kind of an error; Internal when it has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
