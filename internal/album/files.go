package album

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"fugong/internal/fault"
)

// unfinished is how the names of files begin that are still being written.
const unfinished = ".tmp-"

// path is where the file of a name is; names are digests, so that each of 256 folders has as many.
func (a *Album) path(name string) string { return filepath.Join(a.folder, name[:2], name) }

// write puts a file on the disk: whole or not at all, whenever the machine stops.
func (a *Album) write(name string, content []byte) error {
	folder := filepath.Dir(a.path(name))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return unwritable("make folder of photos", err)
	}
	f, err := os.CreateTemp(folder, unfinished+"*")
	if err != nil {
		return unwritable("create photo", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), a.path(name))
	}
	if err != nil {
		return unwritable("write photo", errors.Join(err, os.Remove(f.Name())))
	}
	for _, dir := range []string{folder, a.folder, filepath.Dir(a.folder)} { // any of them may be new
		if err := syncFolder(dir); err != nil {
			return unwritable("sync folder of photos", err)
		}
	}
	return nil
}

// syncFolder sees to it that the names in a folder are on the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path) // #nosec G304 -- the album's own folder, whose name no request gives
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func unwritable(doing string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &fault.Error{Kind: fault.Busy, Message: "保存照片的磁盘已满，照片没有保存", Wait: busyWait, Err: err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func (a *Album) load(name string) ([]byte, error) { return os.ReadFile(a.path(name)) }

func (a *Album) remove(name string) error {
	if err := os.Remove(a.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove photo: %w", err)
	}
	return nil
}
