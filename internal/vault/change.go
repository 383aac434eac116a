package vault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// change reads a key file, changes its keysets and puts the result in its place, while no other process does the same: of two
// that changed it at once, one would go on with keys that are in no file. The file is the old one or the new one, whole, at
// every instant. It gives what is in the file then.
func change(path string, edit func(map[string]*keyset.Handle) (changed bool, err error)) (c contents, err error) {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return c, fmt.Errorf("open directory of key file: %w", err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }() // which gives the lock back, too
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return c, fmt.Errorf("wait for the key file: %w", err)
	}
	if c, err = readFile(path); err != nil {
		return c, err
	}
	changed, err := edit(c.sets)
	if err != nil || !changed {
		return c, err
	}
	if err := replace(path, c.sets); err != nil {
		return c, err
	}
	return readFile(path)
}

// replace puts a new key file over the old one, for the same owner, after reading back what it is about to place.
func replace(path string, sets map[string]*keyset.Handle) error {
	content, err := encode(sets)
	if err != nil {
		return err
	}
	if _, err := decode(content); err != nil {
		return fmt.Errorf("read back new key file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at key file: %w", err)
	}
	temp, err := beside(filepath.Dir(path), content)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := os.Chown(temp, int(owner.Uid), int(owner.Gid)); err != nil {
			return fmt.Errorf("keep owner of key file: %w", err)
		}
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("replace key file: %w", err)
	}
	return syncDirectory(filepath.Dir(path))
}
