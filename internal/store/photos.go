package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"fugong/internal/account"
	"fugong/internal/audit"
	"fugong/internal/calendar"
	"fugong/internal/fault"
	"fugong/internal/photo"
	"fugong/internal/site"
)

// PhotoField is the field as which the vault knows photos, by their uuid.
const PhotoField = "photos.file"

// Photo is what is known of a photo. The picture itself is in a file, sealed under a key of its own.
type Photo struct {
	UUID          string
	User          account.UserID // who sent it
	SentSHA256    string         // of what was sent
	SHA256        string         // of the picture as it is shown
	Hash          photo.Hash
	Width, Height int
	Size          int              // bytes of the picture
	TakenAt       calendar.Instant // as the phone claims; zero: not told
	ReceivedAt    calendar.Instant
	By            string
	File          string // SHA-256 of the sealed file, which is its name
	Key           []byte // sealed
}

type photoRow struct {
	bun.BaseModel `bun:"table:photos,alias:photo"`
	ID            int64  `bun:",pk,autoincrement"`
	UUID          string `bun:"uuid"`
	UserID        account.UserID
	SectionID     site.SectionID `bun:",nullzero"`
	Date          calendar.Date  `bun:",nullzero"`
	SentSHA256    string         `bun:"sent_sha256"`
	SHA256        string         `bun:"sha256"`
	PHash         string         `bun:"phash"`
	Width         int
	Height        int
	Size          int
	TakenAt       calendar.Instant `bun:",nullzero"`
	File          string
	KeySealed     bytea
	RecordedAt    calendar.Instant
	RecordedBy    string
}

func photoRowOf(p Photo, by string, now calendar.Instant) photoRow {
	return photoRow{UUID: p.UUID, UserID: p.User, SentSHA256: p.SentSHA256, SHA256: p.SHA256, PHash: p.Hash.String(), Width: p.Width,
		Height: p.Height, Size: p.Size, TakenAt: p.TakenAt, File: p.File, KeySealed: bytea(p.Key), RecordedAt: now, RecordedBy: by}
}

func (r *photoRow) photo() (Photo, error) {
	hash, err := photo.ParseHash(r.PHash)
	return Photo{UUID: r.UUID, User: r.UserID, SentSHA256: r.SentSHA256, SHA256: r.SHA256, Hash: hash, Width: r.Width, Height: r.Height,
		Size: r.Size, TakenAt: r.TakenAt, ReceivedAt: r.RecordedAt, By: r.RecordedBy, File: r.File, Key: []byte(r.KeySealed)}, err
}

// AddPhoto keeps what is known of a photo whose file is on the disk already. It returns a fault.Conflict when there is a photo of
// this uuid.
func (s *Store) AddPhoto(ctx context.Context, p Photo, act audit.Act, now calendar.Instant) (Photo, error) {
	row := photoRowOf(p, act.Actor, now)
	err := s.writingSoon(ctx, func(ctx context.Context, tx bun.Tx) error {
		row.ID = 0
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, act.Doing("photo.add", "photo", p.UUID, map[string]string{"sha256": p.SHA256}), now)
	})
	if err != nil {
		return Photo{}, fmt.Errorf("add photo: %w", err)
	}
	return row.photo()
}

// SentPhoto finds a photo that a user has sent, wherever it belongs now. It returns a fault.NotFound when there is none of this
// uuid, and a fault.Forbidden when somebody else has sent it.
func (s *Store) SentPhoto(ctx context.Context, user account.UserID, uuid string) (Photo, error) {
	var row photoRow
	if err := s.read.NewSelect().Model(&row).Where("photo.uuid = ?", uuid).Scan(ctx); err != nil {
		return Photo{}, fmt.Errorf("find photo: %w", translate(err))
	}
	if row.UserID != user {
		return Photo{}, fault.New(fault.Forbidden, "这张照片是别人传的")
	}
	return row.photo()
}

// Photo finds a photo that a user may see: one of a section within the scope, or one that he has sent and that nothing names
// yet. It returns a fault.NotFound for any other.
func (s *Store) Photo(ctx context.Context, within account.Scope, user account.UserID, uuid string) (Photo, error) {
	var row photoRow
	q := s.read.NewSelect().Model(&row).Where("photo.uuid = ?", uuid)
	q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		named := s.read.NewSelect().Table("photos").Column("id").Where("section_id IS NOT NULL")
		return q.Where("photo.section_id IS NULL AND photo.user_id = ?", user).WhereOr("photo.id IN (?)", s.visible(named, "section_id", within))
	})
	if err := q.Scan(ctx); err != nil {
		return Photo{}, fmt.Errorf("find photo: %w", translate(err))
	}
	return row.photo()
}

// unnamedBatch is how many photos are let go of in one transaction.
const unnamedBatch = 200

// DropPhotos forgets photos that came before an instant and that nothing names, some at a time, and gives the names of their
// files, which nobody needs any more.
func (s *Store) DropPhotos(ctx context.Context, before calendar.Instant, act audit.Act, now calendar.Instant) ([]string, error) {
	var files []string
	err := s.writing(ctx, func(ctx context.Context, tx bun.Tx) error {
		files = nil
		old := tx.NewSelect().Table("photos").Column("id").Where("section_id IS NULL AND recorded_at < ?", before).Order("recorded_at").Limit(unnamedBatch)
		err := tx.NewDelete().Table("photos").Where("id IN (?)", old).Where("section_id IS NULL").Returning("file").Scan(ctx, &files)
		if err != nil || len(files) == 0 {
			return err
		}
		return s.writeAudit(ctx, tx, act.Doing("photo.drop", "photo", "", map[string]string{"photos": strconv.Itoa(len(files))}), now)
	})
	if err != nil {
		return nil, fmt.Errorf("drop photos: %w", err)
	}
	return files, nil
}

// PhotoFiles tells which of the names of files are those of photos.
func (s *Store) PhotoFiles(ctx context.Context, names []string) (map[string]bool, error) {
	known := map[string]bool{}
	err := chunks(names, func(some []string) error {
		var found []string
		if err := s.read.NewSelect().Table("photos").Column("file").Where("file IN (?)", bun.List(some)).Scan(ctx, &found); err != nil {
			return fmt.Errorf("look up files of photos: %w", translate(err))
		}
		for _, name := range found {
			known[name] = true
		}
		return nil
	})
	return known, err
}
