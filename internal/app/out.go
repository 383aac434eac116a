package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// writeOut writes to stdout for "-", or to a new file that takes its name only when it is complete. What is there and is no
// file, such as a pipe or /dev/null, is written into: a device must not be replaced by a file.
func writeOut(out string, stdout io.Writer, write func(io.Writer) error) error {
	if out == "-" {
		return write(stdout)
	}
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		return writeInto(out, write)
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".fugong-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), out)
}

func writeInto(device string, write func(io.Writer) error) error {
	f, err := os.OpenFile(device, os.O_WRONLY, 0) // #nosec G304 -- the operator names it
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
