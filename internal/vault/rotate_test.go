package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/vault"
)

func create(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fugong.key")
	v, err := vault.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return v, path
}

func seal(t *testing.T, v *vault.Vault) []byte {
	t.Helper()
	sealed, err := v.Seal("f", "r", "x")
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func opens(t *testing.T, v *vault.Vault, sealed []byte) {
	t.Helper()
	if got, err := v.Unseal("f", "r", sealed); err != nil || got != "x" {
		t.Errorf("got %q, %v", got, err)
	}
}

func rotate(t *testing.T, v *vault.Vault) vault.KeyID {
	t.Helper()
	id, err := v.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRotationReachesARunningProcess has two vaults on one file: what one rotates, the other goes by at once.
func TestRotationReachesARunningProcess(t *testing.T) {
	running, path := create(t)
	old := running.FieldKeys()[0]
	before := seal(t, running)
	other := open(t, path)
	id := rotate(t, other)
	sealedByOther := seal(t, other)
	opens(t, running, sealedByOther)
	if by, ok := vault.SealedBy(seal(t, running)); !ok || by != id {
		t.Errorf("the running process seals with %v", by)
	}
	for _, v := range []*vault.Vault{running, other, open(t, path)} {
		opens(t, v, before)
		if ids := v.FieldKeys(); len(ids) != 2 || ids[0] != id || ids[1] != old {
			t.Errorf("keys are %v", ids)
		}
	}
	if !bytes.HasPrefix(sealedByOther, id.Prefix()) || !bytes.HasPrefix(before, old.Prefix()) {
		t.Error("what is sealed does not begin with the key's prefix")
	}
}

func TestForgottenKeyOpensNothing(t *testing.T) {
	v, path := create(t)
	old := v.FieldKeys()[0]
	before := seal(t, v)
	rotate(t, v)
	id := rotate(t, v)
	after := seal(t, v)
	if err := v.Forget(id); fault.KindOf(err) != fault.Conflict {
		t.Errorf("forgetting the key in use: %v", err)
	}
	if err := v.Forget(old + 1); fault.KindOf(err) != fault.NotFound {
		t.Errorf("forgetting a key that is not there: %v", err)
	}
	if err := v.Forget(old); err != nil {
		t.Fatal(err)
	}
	for _, v := range []*vault.Vault{v, open(t, path)} {
		opens(t, v, after)
		if _, err := v.Unseal("f", "r", before); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the forgotten key still opens: %v", err)
		}
	}
	if content, _ := os.ReadFile(path); bytes.Contains(content, []byte("DESTROYED")) || len(v.FieldKeys()) != 2 {
		t.Errorf("keys left: %v", v.FieldKeys())
	}
}

// TestForeignFileIsNotTakenUp puts another installation's keys in the place of ours while the program runs.
func TestForeignFileIsNotTakenUp(t *testing.T) {
	running, path := create(t)
	before := seal(t, running)
	_, foreign := create(t)
	if err := os.Rename(foreign, path); err != nil {
		t.Fatal(err)
	}
	opens(t, running, before)
	if by, _ := vault.SealedBy(seal(t, running)); by != running.FieldKeys()[0] {
		t.Error("the running process seals with foreign keys")
	}
	if _, err := running.Rotate(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("rotating foreign keys: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	opens(t, running, seal(t, running))
}

func TestKeysInMemoryRotateToo(t *testing.T) {
	v := fresh(t)
	before := seal(t, v)
	rotate(t, v)
	opens(t, v, before)
	opens(t, v, seal(t, v))
}

// TestRotationAtOnce rotates, seals and opens from many sides; no key gets lost.
func TestRotationAtOnce(t *testing.T) {
	v, path := create(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			mine := open(t, path)
			sealed := seal(t, mine)
			rotate(t, mine)
			for range 5 {
				opens(t, v, sealed)
				sealed = seal(t, mine)
			}
		})
	}
	wg.Wait()
	if ids := open(t, path).FieldKeys(); len(ids) != 7 {
		t.Errorf("%d keys of 7", len(ids))
	}
}
