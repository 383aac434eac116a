package vault_test

import (
	"bytes"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/vault"
)

func TestBlobsOpenOnlyWhereTheyBelong(t *testing.T) {
	v, err := vault.Generate()
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("photo"), 1000)
	key, blob, err := v.SealBlob("photos", "a", plain)
	if err != nil || bytes.Contains(blob, plain[:10]) {
		t.Fatalf("sealed: %v", err)
	}
	if got, err := v.UnsealBlob("photos", "a", key, blob); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened: %v", err)
	}
	otherKey, other, err := v.SealBlob("photos", "a", plain)
	if err != nil || bytes.Equal(other, blob) {
		t.Errorf("the same photo is sealed alike twice: %v", err)
	}
	changed := bytes.Clone(blob)
	changed[len(changed)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"of another row":   func() ([]byte, error) { return v.UnsealBlob("photos", "b", key, blob) },
		"of another field": func() ([]byte, error) { return v.UnsealBlob("files", "a", key, blob) },
		"another's key":    func() ([]byte, error) { return v.UnsealBlob("photos", "a", otherKey, blob) },
		"changed":          func() ([]byte, error) { return v.UnsealBlob("photos", "a", key, changed) },
		"cut off":          func() ([]byte, error) { return v.UnsealBlob("photos", "a", key, blob[:5]) },
		"nothing":          func() ([]byte, error) { return v.UnsealBlob("photos", "a", key, nil) },
	} {
		if _, err := open(); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}
