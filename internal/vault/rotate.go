package vault

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"fugong/internal/fault"
)

// KeyID names one of the keys that seal fields.
type KeyID uint32

// String writes a key's name as people type it.
func (id KeyID) String() string { return fmt.Sprintf("%08x", uint32(id)) }

// ParseKeyID reads a key's name as String writes it. Anything else gives a fault.Invalid.
func ParseKeyID(text string) (KeyID, error) {
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil || KeyID(n).String() != text {
		return 0, fault.New(fault.Invalid, "密钥编号 %q 应为 8 位十六进制数，见 fugong keys status", text)
	}
	return KeyID(n), nil
}

// prefixSize is how many bytes at the beginning of what was sealed name the key.
const prefixSize = 5

// Prefix gives the bytes with which everything begins that the key has sealed.
func (id KeyID) Prefix() []byte { return binary.BigEndian.AppendUint32([]byte{1}, uint32(id)) }

// SealedBy tells which key has sealed something.
func SealedBy(sealed []byte) (KeyID, bool) {
	if len(sealed) < prefixSize || sealed[0] != 1 {
		return 0, false
	}
	return KeyID(binary.BigEndian.Uint32(sealed[1:])), true
}

// FieldKeys names the keys that open fields, as the key file has them now. The first is the one that seals.
func (v *Vault) FieldKeys() []KeyID {
	h := v.latest().sets[fieldSet]
	info := h.KeysetInfo()
	ids := []KeyID{KeyID(info.GetPrimaryKeyId())}
	for _, k := range info.GetKeyInfo() {
		if id := KeyID(k.GetKeyId()); id != ids[0] {
			ids = append(ids, id)
		}
	}
	return ids
}

// Rotate adds a key to the file and seals with it from now on, here and in every process that has the file open. The older keys
// stay and open what they sealed.
func (v *Vault) Rotate() (KeyID, error) {
	err := v.edit(func(m *keyset.Manager) error {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		return m.SetPrimary(id)
	})
	if err != nil {
		return 0, fmt.Errorf("rotate field key: %w", err)
	}
	return v.FieldKeys()[0], nil
}

// Forget takes a key out of the file; whatever it still seals is lost. The key that seals now gives a fault.Conflict, one that
// is not there a fault.NotFound.
func (v *Vault) Forget(id KeyID) error {
	for i, known := range v.FieldKeys() {
		switch {
		case known != id:
		case i == 0:
			return fault.New(fault.Conflict, "密钥 %s 正在使用，不能删除", id)
		default:
			return v.edit(func(m *keyset.Manager) error { return m.Delete(uint32(id)) })
		}
	}
	return fault.New(fault.NotFound, "没有密钥 %s", id)
}

// edit changes the keys of fields, in the file if there is one.
func (v *Vault) edit(do func(*keyset.Manager) error) error {
	v.turn.Lock()
	defer v.turn.Unlock()
	old := v.keys.Load()
	rekey := func(sets map[string]*keyset.Handle) (bool, error) {
		if r, err := assemble(contents{sets: sets}); err != nil || !r.sameHouse(old) {
			return false, fault.New(fault.Conflict, "密钥文件 %s 已被换成别处的密钥，未作改动", v.path)
		}
		m := keyset.NewManagerFromHandle(sets[fieldSet])
		if err := do(m); err != nil {
			return false, err
		}
		h, err := m.Handle()
		sets[fieldSet] = h
		return err == nil, err
	}
	c := contents{sets: maps.Clone(old.sets)}
	var err error
	if v.path != "" {
		c, err = change(v.path, rekey)
	} else {
		_, err = rekey(c.sets)
	}
	if err != nil {
		return err
	}
	r, err := assemble(c)
	if err == nil {
		v.keys.Store(r)
	}
	return err
}

// latest gives the keys as the file has them now, so that what another process changed there counts here, too. A file that
// cannot be read, or is another installation's, changes nothing here: the keys in memory work.
func (v *Vault) latest() *ring {
	r := v.keys.Load()
	if v.path == "" {
		return r
	}
	info, err := os.Stat(v.path)
	if err != nil || unchanged(r.info, info) {
		return r
	}
	v.turn.Lock()
	defer v.turn.Unlock()
	if r = v.keys.Load(); unchanged(r.info, info) {
		return r // somebody else was quicker
	}
	c, err := readFile(v.path)
	if err != nil || missing(c.sets) {
		return r
	}
	fresh, err := assemble(c)
	if err != nil || !fresh.sameHouse(r) {
		return r
	}
	v.keys.Store(fresh)
	return fresh
}

func unchanged(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// sameHouse reports whether two states are of one installation: these keys never change.
func (r *ring) sameHouse(other *ring) bool {
	return bytes.Equal(r.root, other.root) && bytes.Equal(r.trail, other.trail)
}
