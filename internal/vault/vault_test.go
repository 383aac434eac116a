package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/vault"
)

func fresh(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealedTextOpensOnlyInItsFieldAndRow(t *testing.T) {
	v := fresh(t)
	sealed, err := v.Seal("workers.number", "row-1", "320699199003070013")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("320699")) {
		t.Fatal("the seal shows the number")
	}
	if got, err := v.Unseal("workers.number", "row-1", sealed); err != nil || got != "320699199003070013" {
		t.Fatalf("got %q, %v", got, err)
	}
	moved := map[string][2]string{"row": {"workers.number", "row-2"}, "field": {"enrolments.phone", "row-1"}}
	for what, place := range moved {
		if _, err := v.Unseal(place[0], place[1], sealed); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("moved to another %s: got %v, want refusal", what, err)
		}
	}
	if _, err := fresh(t).Unseal("workers.number", "row-1", sealed); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another key: got %v, want refusal", err)
	}
}

func TestSealingTwiceLooksDifferent(t *testing.T) {
	v := fresh(t)
	a, _ := v.Seal("f", "r", "13800001234")
	b, _ := v.Seal("f", "r", "13800001234")
	if bytes.Equal(a, b) {
		t.Fatal("equal values show through the seal")
	}
}

func TestLookup(t *testing.T) {
	v := fresh(t)
	a := v.Lookup("workers.number", "320699199003070013")
	if len(a) != 32 || !bytes.Equal(a, v.Lookup("workers.number", "320699199003070013")) {
		t.Error("a look-up is not 32 stable bytes")
	}
	if bytes.Equal(a, v.Lookup("enrolments.phone", "320699199003070013")) {
		t.Error("two fields share a derivation")
	}
	if bytes.Equal(a, fresh(t).Lookup("workers.number", "320699199003070013")) {
		t.Error("the look-up does not depend on the key")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "fugong.key")
	created, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := created.Seal("f", "r", "x")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened.Unseal("f", "r", sealed); err != nil || got != "x" {
		t.Errorf("opened keys: %q, %v", got, err)
	}
	if !bytes.Equal(created.Lookup("f", "x"), opened.Lookup("f", "x")) {
		t.Error("look-ups differ after reading the keys back")
	}
	if _, err := vault.Create(path); fault.KindOf(err) != fault.Conflict {
		t.Errorf("creating over a key file: %v, want a conflict", err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".fugong-key-*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestKeyFileOfWrongModeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fugong.key")
	if _, err := vault.Create(path); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o644, 0o660, 0o400, 0o700} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(path); fault.KindOf(err) != fault.Invalid {
			t.Errorf("mode %v: %v, want refusal", mode, err)
		}
	}
}

func TestBrokenKeyFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fugong.key")
	if _, err := vault.Open(path); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no file: %v", err)
	}
	for _, content := range []string{"", "{}", "not json", `{"purpose":"fugong keys v1","field_aead":{},"lookup_prf":{}}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(path); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want refusal", content, err)
		}
	}
}
