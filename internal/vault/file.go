package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"fugong/internal/fault"
)

// private is the only mode a key file may have: whoever else can read it can read every ID number.
const private fs.FileMode = 0o600

// purpose opens every key file. The keysets follow, by name; they are cleartext: the file itself is the secret.
const purpose = "fugong keys v1"

// Create makes new keys and keeps them in a new file of mode 0600. The file appears complete or not at all. It returns a
// fault.Conflict when there already is a file: keys are never overwritten.
func Create(path string) (*Vault, error) {
	sets, err := generate()
	if err != nil {
		return nil, err
	}
	content, err := encode(sets)
	if err != nil {
		return nil, err
	}
	if err := place(path, content); err != nil {
		return nil, err
	}
	return Open(path)
}

// Open reads the keys from a file, and adds to the file the keysets that a release has brought since it was made. It returns
// a fault.NotFound when there is none and a fault.Invalid when others than the owner may read it or it is not a key file.
func Open(path string) (*Vault, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, err
	}
	c, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if missing(c.sets) {
		if c, err = extend(path); err != nil {
			return nil, err
		}
	}
	return holding(c, path)
}

// resolve follows symbolic links, so that a file that is replaced is the one that was read.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &fault.Error{Kind: fault.NotFound, Message: fmt.Sprintf("密钥文件 %s 不存在", path), Err: err}
	}
	if err != nil {
		return "", fmt.Errorf("look at key file: %w", err)
	}
	return real, nil
}

func readFile(path string) (c contents, err error) {
	f, err := os.Open(path) // #nosec G304 -- the operator names it
	if err != nil {
		return c, fmt.Errorf("open key file: %w", err)
	}
	defer f.Close()
	if c.info, err = f.Stat(); err != nil {
		return c, fmt.Errorf("look at key file: %w", err)
	}
	if mode := c.info.Mode(); mode != private {
		return c, fault.New(fault.Invalid, "密钥文件 %s 的权限是 %v，应为 %v（chmod 600）：他人可读的密钥等于没有加密", path, mode, private)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return c, fmt.Errorf("read key file: %w", err)
	}
	if c.sets, err = decode(text); err != nil {
		return c, &fault.Error{Kind: fault.Invalid, Message: fmt.Sprintf("%s 不是完整的密钥文件", path), Err: err}
	}
	return c, nil
}

func encode(sets map[string]*keyset.Handle) ([]byte, error) {
	file := map[string]any{"purpose": purpose}
	for name, h := range sets {
		text, err := cleartext(h)
		if err != nil {
			return nil, err
		}
		file[name] = json.RawMessage(text)
	}
	return json.MarshalIndent(file, "", "  ")
}

func cleartext(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	return b.Bytes(), nil
}

// decode reads the keysets of a file. Those of the first release must be there; unknown ones, of a later release, stay as
// they are.
func decode(content []byte) (map[string]*keyset.Handle, error) {
	var file map[string]json.RawMessage
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	var found string
	if err := json.Unmarshal(file["purpose"], &found); err != nil || found != purpose {
		return nil, fmt.Errorf("read keys: purpose is %q, not %q", found, purpose)
	}
	delete(file, "purpose")
	sets := map[string]*keyset.Handle{}
	for name, text := range file {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
		if err != nil {
			return nil, fmt.Errorf("read %s keys: %w", name, err)
		}
		sets[name] = h
	}
	for _, n := range needs() {
		if n.grow == nil && sets[n.name] == nil {
			return nil, fmt.Errorf("read keys: %s is missing", n.name)
		}
	}
	return sets, nil
}

// place writes a file beside its final name, syncs it, and links it there, which fails if something is there already; a
// crash at any point leaves no file or the whole one.
func place(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make directory of key file: %w", err)
	}
	temp, err := beside(dir, content)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	err = os.Link(temp, path)
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
	d, err := os.Open(dir) // #nosec G304 -- the operator names it
	if err != nil {
		return fmt.Errorf("open directory of key file: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync directory of key file: %w", err)
	}
	return nil
}

// beside writes a complete, durable file of mode 0600 into a directory and gives its name.
func beside(dir string, content []byte) (string, error) {
	temp, err := os.CreateTemp(dir, ".fugong-key-*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("create key file: %w", err)
	}
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write key file: %w", err), os.Remove(temp.Name()))
	}
	return temp.Name(), nil
}
