package app

import (
	"errors"
	"fmt"
)

// UsageError says that what was asked for makes no sense, whatever the data are: the command line has to change.
type UsageError struct{ Err error }

// Error gives the message.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Misused makes a UsageError.
func Misused(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// misusing marks an error as one of usage; nil stays nil.
func misusing(err error) error {
	if err == nil {
		return nil
	}
	return &UsageError{err}
}

// IsUsage reports whether an error is one of usage.
func IsUsage(err error) bool {
	_, is := errors.AsType[*UsageError](err)
	return is
}
