package app

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNotesAreAddedWholeAndOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints.txt")
	first, second := "fugong/audit/v1\n1\n\n— a b=\n", "fugong/audit/v1\n2\n\n— a c=\n"
	steps := []struct{ before, note, want string }{
		{"", first, first},
		{first, first, first},
		{first, second, first + "\n" + second},
		{first + "\nfugong/audit/v1\n2\n\n— a", second, first + "\n" + second}, // the machine stopped there
		{"fugong/au", first, first},
	}
	for _, s := range steps {
		if err := os.WriteFile(path, []byte(s.before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := appendNote(path, s.note); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != s.want {
			t.Errorf("after %q: %q, want %q, %v", s.before, got, s.want, err)
		}
	}
	os.Remove(path)
	if err := appendNote(path, first); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
