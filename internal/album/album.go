// Package album keeps the photos: what the store knows of them, and the pictures themselves, which are files. A file is sealed,
// named by the SHA-256 of what is in it, and on the disk before anything says that it is there.
package album

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/photo"
	"fugong/internal/store"
	"fugong/internal/vault"
)

// MostBytes is how large a photo may be as it is sent.
const MostBytes = photo.MostBytes

const (
	// mostDecoding is how many bytes pictures that are being decoded may take together, at least one of the largest.
	mostDecoding = photo.MostMemory
	// mostArriving is how many bytes pictures that are still arriving may take together: about 300 from phones, or a dozen of the largest.
	mostArriving = 128 << 20
	// busyWait is when to come back when there is too much at once.
	busyWait = 5 * time.Second
)

// Album keeps photos in a folder. It is safe for concurrent use, also by several replicas on one folder.
type Album struct {
	store    *store.Store
	vault    *vault.Vault
	folder   string
	now      func() calendar.Instant
	decoding *semaphore.Weighted
	arriving atomic.Int64
}

// New makes an album in a folder, which is made when the first photo comes. now is the program's clock.
func New(s *store.Store, v *vault.Vault, folder string, now func() calendar.Instant) *Album {
	return &Album{store: s, vault: v, folder: folder, now: now, decoding: semaphore.NewWeighted(mostDecoding)}
}

// Sent is a photo as it comes from a phone. TakenAt is what the phone says, zero for nothing.
type Sent struct {
	UUID    string // names it, by the sender's choice
	Body    io.Reader
	TakenAt calendar.Instant
	User    account.UserID
	Act     audit.Act
}

// Take keeps a photo, once however often it is sent; again tells that it was there. It returns a fault.Invalid for what is no
// photo, a fault.Conflict when another one has its uuid, a fault.NotFound when that is somebody else's, and a fault.Busy when
// there is no room for it now. When it returns a photo, that is on the disk.
func (a *Album) Take(ctx context.Context, sent Sent) (p store.Photo, again bool, err error) {
	body, done, err := a.read(sent.Body)
	defer done()
	if err != nil {
		return p, false, err
	}
	digest := digestOf(body)
	if p, err = a.before(ctx, sent, digest); err == nil || fault.KindOf(err) != fault.NotFound {
		return p, err == nil, conceal(err)
	}
	developed, err := a.develop(ctx, body)
	if err != nil {
		return p, false, err
	}
	p, err = a.keep(ctx, sent, digest, developed)
	if fault.KindOf(err) == fault.Conflict { // the same photo came twice at once
		p, err = a.before(ctx, sent, digest)
		return p, err == nil, conceal(err)
	}
	return p, false, err
}

// before finds what was sent under the uuid before: nothing is a fault.NotFound, something else a fault.Conflict.
func (a *Album) before(ctx context.Context, sent Sent, digest string) (store.Photo, error) {
	p, err := a.store.SentPhoto(ctx, sent.User, sent.UUID)
	if err == nil && p.SentSHA256 != digest {
		return p, fault.New(fault.Conflict, "这个编号已用于另一张照片，没有保存。新的照片请用新的编号")
	}
	return p, err
}

// conceal says of what belongs to somebody else that it is not there.
func conceal(err error) error {
	if fault.KindOf(err) == fault.Forbidden {
		return &fault.Error{Kind: fault.NotFound, Message: "没有这张照片", Err: err}
	}
	return err
}

// read takes a picture in. Call done when it is not needed any more.
func (a *Album) read(from io.Reader) (body []byte, done func(), err error) {
	var all bytes.Buffer
	var held int64
	done = func() { a.arriving.Add(-held) }
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		held += int64(n)
		if a.arriving.Add(int64(n)) > mostArriving {
			return nil, done, &fault.Error{Kind: fault.Busy, Message: "正在上传的照片太多，请稍候重试", Wait: busyWait}
		}
		all.Write(piece[:n])
		switch {
		case errors.Is(err, io.EOF):
			return all.Bytes(), done, nil
		case err != nil:
			return nil, done, fmt.Errorf("read photo: %w", err)
		case all.Len() > photo.MostBytes:
			return nil, done, fault.New(fault.Invalid, "照片不能超过 10 MB")
		}
	}
}

// develop makes a picture that can be kept, when there is memory for it.
func (a *Album) develop(ctx context.Context, body []byte) (photo.Photo, error) {
	head, err := photo.Inspect(body)
	if err != nil {
		return photo.Photo{}, err
	}
	if err := a.decoding.Acquire(ctx, head.Memory); err != nil {
		return photo.Photo{}, fmt.Errorf("wait to decode photo: %w", context.Cause(ctx))
	}
	defer a.decoding.Release(head.Memory)
	return photo.Develop(body, head)
}

// keep writes the file, then the row that names it.
func (a *Album) keep(ctx context.Context, sent Sent, digest string, developed photo.Photo) (store.Photo, error) {
	key, sealed, err := a.vault.SealBlob(store.PhotoField, sent.UUID, developed.JPEG)
	if err != nil {
		return store.Photo{}, err
	}
	name := digestOf(sealed)
	if err := a.write(name, sealed); err != nil {
		return store.Photo{}, err
	}
	p, err := a.store.AddPhoto(ctx, store.Photo{UUID: sent.UUID, User: sent.User, SentSHA256: digest, SHA256: hex.EncodeToString(developed.SHA256[:]),
		Hash: developed.Hash, Width: developed.Width, Height: developed.Height, Size: len(developed.JPEG), TakenAt: sent.TakenAt,
		File: name, Key: key}, sent.Act, a.now())
	if fault.KindOf(err) == fault.Conflict { // of any other fault nobody knows whether the row is there: Collect will
		return p, errors.Join(err, a.remove(name))
	}
	return p, err
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Picture is a photo with its JPEG.
type Picture struct {
	store.Photo
	JPEG []byte
}

// Picture finds a photo that a user may see, as store.Photo says, and opens it.
func (a *Album) Picture(ctx context.Context, within account.Scope, user account.UserID, uuid string) (Picture, error) {
	p, err := a.store.Photo(ctx, within, user, uuid)
	if err != nil {
		return Picture{}, err
	}
	jpeg, err := a.Open(p)
	return Picture{p, jpeg}, err
}

// Open gives the JPEG of a photo that the caller may see.
func (a *Album) Open(p store.Photo) ([]byte, error) {
	sealed, err := a.load(p.File)
	if err != nil {
		return nil, fmt.Errorf("open photo %s: %w", p.UUID, err)
	}
	return a.vault.UnsealBlob(store.PhotoField, p.UUID, p.Key, sealed)
}
