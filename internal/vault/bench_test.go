package vault_test

import (
	"path/filepath"
	"testing"

	"fugong/internal/vault"
)

// BenchmarkSeal seals with keys in a file, which is looked at each time.
func BenchmarkSeal(b *testing.B) {
	v, err := vault.Create(filepath.Join(b.TempDir(), "fugong.key"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Seal("workers.number", "row", "320699199003070013"); err != nil {
			b.Fatal(err)
		}
	}
}
