package vault_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fugong/internal/vault"
)

// firstRelease puts the key file that the first release made, kept in testdata, where it may be changed.
func firstRelease(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("testdata/first-release.key")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "fugong.key")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestFirstReleasesKeysStillOpen opens what the first release sealed, with its file before and after that is extended.
func TestFirstReleasesKeysStillOpen(t *testing.T) {
	path := firstRelease(t)
	made, err := os.ReadFile("testdata/first-release.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(made))
	sealed, err := hex.DecodeString(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		v := open(t, path)
		if got, err := v.Unseal("workers.number", "row-1", sealed); err != nil || got != "320699199003070013" {
			t.Errorf("the first release's seal: %q, %v", got, err)
		}
		if got := hex.EncodeToString(v.Lookup("workers.number", "320699199003070013")); got != lines[1] {
			t.Errorf("the first release's look-up has changed to %s", got)
		}
	}
}

func TestOldKeyFileIsExtendedInPlace(t *testing.T) {
	path := firstRelease(t)
	before, _ := os.ReadFile(path)
	first, again := open(t, path), open(t, path)
	if !bytes.Equal(first.AuditMAC([]byte("x")), again.AuditMAC([]byte("x"))) || !first.CheckpointKey().Equal(again.CheckpointKey()) {
		t.Error("the new keys are not in the file")
	}
	after, err := os.ReadFile(path)
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the file has not changed, %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCopiesOfAnOldFileGrowTheSameKeys is about a second machine, and about the copy that lies in a safe since before.
func TestCopiesOfAnOldFileGrowTheSameKeys(t *testing.T) {
	a, b := open(t, firstRelease(t)), open(t, firstRelease(t))
	if !bytes.Equal(a.AuditMAC([]byte("x")), b.AuditMAC([]byte("x"))) || !a.CheckpointKey().Equal(b.CheckpointKey()) {
		t.Error("they go on with different keys")
	}
	for id, key := range a.ReportKeys() {
		if !key.Equal(b.ReportKeys()[id]) {
			t.Errorf("key %s of papers differs", id)
		}
	}
}

// TestExtendingAtOnceGivesOneSetOfKeys opens an old file from many sides, of which each finds keys missing.
func TestExtendingAtOnceGivesOneSetOfKeys(t *testing.T) {
	path := firstRelease(t)
	macs := make([][]byte, 12)
	var wg sync.WaitGroup
	for i := range macs {
		wg.Go(func() { macs[i] = open(t, path).AuditMAC([]byte("x")) })
	}
	wg.Wait()
	for _, mac := range macs {
		if !bytes.Equal(mac, macs[0]) {
			t.Fatal("two of them go on with different keys")
		}
	}
}

func TestKeyFileBehindALinkIsExtendedWhereItIs(t *testing.T) {
	path := firstRelease(t)
	link := filepath.Join(t.TempDir(), "link.key")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	open(t, link)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info.Mode(), err)
	}
	if content, _ := os.ReadFile(path); !bytes.Contains(content, []byte("audit_prf")) {
		t.Error("the file behind the link was not extended")
	}
}

// TestKeyFileThatCannotBeExtendedIsRefused has a keyset that is broken: making another would lose what the right one chained.
func TestKeyFileThatCannotBeExtendedIsRefused(t *testing.T) {
	path := firstRelease(t)
	before, _ := os.ReadFile(path)
	broken := bytes.Replace(before, []byte(`"purpose"`), []byte(`"audit_prf": {"primaryKeyId": 1}, "purpose"`), 1)
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(path); err == nil {
		t.Error("a broken keyset was replaced without a word")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, broken) {
		t.Error("the file was changed")
	}
}

func TestSignatures(t *testing.T) {
	v := fresh(t)
	message := []byte("fugong.report.v1\n…")
	sig, id, err := v.SignReport(message)
	if err != nil || len(sig) != ed25519.SignatureSize || !ed25519.Verify(v.ReportKeys()[id], message, sig) {
		t.Errorf("report: %x by %s, %v", sig, id, err)
	}
	if sig, err = v.SignCheckpoint(message); err != nil || !ed25519.Verify(v.CheckpointKey(), message, sig) {
		t.Errorf("checkpoint: %x, %v", sig, err)
	}
	if v.ReportKeys()[id].Equal(v.CheckpointKey()) {
		t.Error("papers and checkpoints are signed by one key: one could pass for the other")
	}
	if mac := v.AuditMAC(message); len(mac) != 32 || bytes.Equal(mac, v.AuditMAC([]byte("fugong.report.v2"))) || bytes.Equal(mac, v.Lookup("", string(message))) {
		t.Error("the audit MAC is not a keyed hash of its own")
	}
}
