package album

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fugong/internal/audit"
)

const (
	unnamedLife = 7 * 24 * time.Hour // of a photo that no checklist names
	strayLife   = 24 * time.Hour     // of a file that no photo names: longer than any upload takes
)

// Collect forgets photos that nothing has named for seven days, and removes files that belong to no photo, as a stop of the
// machine may leave them. clock is the real time, by which files are dated. It gives how many photos and files are gone.
func (a *Album) Collect(ctx context.Context, act audit.Act, clock time.Time) (photos, strays int, err error) {
	for {
		files, err := a.store.DropPhotos(ctx, a.now().Add(-unnamedLife), act, a.now())
		if err != nil {
			return photos, 0, err
		}
		for _, name := range files {
			err = errors.Join(err, a.remove(name)) // a file that stays is found below another day
		}
		photos += len(files)
		if err != nil || len(files) == 0 {
			strays, strayErr := a.collectStrays(ctx, clock.Add(-strayLife))
			return photos, strays, errors.Join(err, strayErr)
		}
	}
}

// collectStrays removes files from before an instant that no photo names.
func (a *Album) collectStrays(ctx context.Context, before time.Time) (int, error) {
	folders, err := os.ReadDir(a.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	removed := 0
	for _, folder := range folders {
		old, listErr := oldFiles(filepath.Join(a.folder, folder.Name()), before)
		known, knownErr := a.store.PhotoFiles(ctx, old)
		if err = errors.Join(err, listErr, knownErr); err != nil {
			return removed, err
		}
		for _, name := range slices.DeleteFunc(old, func(name string) bool { return known[name] }) {
			if err := os.Remove(filepath.Join(a.folder, folder.Name(), name)); err != nil {
				return removed, err
			}
			removed++
		}
	}
	return removed, err
}

// oldFiles lists the files of photos in a folder, whole or unfinished, that were last written before an instant.
func oldFiles(folder string, before time.Time) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ours := len(e.Name()) == 64 || strings.HasPrefix(e.Name(), unfinished)
		if ours && info.Mode().IsRegular() && info.ModTime().Before(before) {
			names = append(names, e.Name())
		}
	}
	return names, err
}
