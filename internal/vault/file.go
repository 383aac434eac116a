package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"fugong/internal/fault"
)

// private is the only mode a key file may have: whoever else can read it can read every ID number.
const private fs.FileMode = 0o600

// keyFile is the file as it stands on disk. The keysets are cleartext: the file itself is the secret.
type keyFile struct {
	Purpose string          `json:"purpose"`
	Fields  json.RawMessage `json:"field_aead"`
	Hashes  json.RawMessage `json:"lookup_prf"`
}

const purpose = "fugong keys v1"

// Create makes new keys and keeps them in a new file of mode 0600. The file appears complete or not at all. It returns a
// fault.Conflict when there already is a file: keys are never overwritten.
func Create(path string) (*Vault, error) {
	v, err := Generate()
	if err != nil {
		return nil, err
	}
	content, err := v.encode()
	if err != nil {
		return nil, err
	}
	if err := place(path, content); err != nil {
		return nil, err
	}
	return v, nil
}

// Open reads the keys from a file. It returns a fault.NotFound when there is none and a fault.Invalid when others than
// the owner may read it or it is not a key file.
func Open(path string) (*Vault, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fault.Error{Kind: fault.NotFound, Message: fmt.Sprintf("密钥文件 %s 不存在", path), Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("look at key file: %w", err)
	}
	if mode := info.Mode(); mode != private {
		return nil, fault.New(fault.Invalid, "密钥文件 %s 的权限是 %v，应为 %v（chmod 600）：他人可读的密钥等于没有加密", path, mode, private)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	v, err := decode(content)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Message: fmt.Sprintf("%s 不是完整的密钥文件", path), Err: err}
	}
	return v, nil
}

func (v *Vault) encode() ([]byte, error) {
	fields, err := cleartext(v.fields)
	if err != nil {
		return nil, err
	}
	hashes, err := cleartext(v.hashes)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(keyFile{Purpose: purpose, Fields: fields, Hashes: hashes}, "", "  ")
}

func cleartext(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	return b.Bytes(), nil
}

func decode(content []byte) (*Vault, error) {
	var f keyFile
	if err := json.Unmarshal(content, &f); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if f.Purpose != purpose {
		return nil, fmt.Errorf("read keys: purpose is %q, not %q", f.Purpose, purpose)
	}
	fields, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Fields)))
	if err != nil {
		return nil, fmt.Errorf("read field keys: %w", err)
	}
	hashes, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Hashes)))
	if err != nil {
		return nil, fmt.Errorf("read look-up keys: %w", err)
	}
	return assemble(fields, hashes)
}

// place writes a file beside its final name, syncs it, and links it there, which fails if something is there already; a
// crash at any point leaves no file or the whole one.
func place(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make directory of key file: %w", err)
	}
	temp, err := os.CreateTemp(dir, ".fugong-key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	err = os.Link(temp.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "密钥文件 %s 已存在，不会覆盖", path)
	}
	if err != nil {
		return fmt.Errorf("place key file: %w", err)
	}
	return syncDirectory(dir)
}

// syncDirectory makes the new name itself durable.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open directory of key file: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync directory of key file: %w", err)
	}
	return nil
}
