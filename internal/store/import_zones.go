package store

import (
	"context"
	"fmt"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

type zoneKey struct {
	scope site.Scope
	place string
	level site.ZoneLevel
	from  calendar.Instant
}

func importZones(ctx context.Context, l *load, records []site.ZoneRecord) error {
	var versions []sectionVersionRow
	err := l.tx.NewSelect().Model(&versions).Column("section_id", "street", "community").Where("superseded_at IS NULL").Scan(ctx)
	if err != nil {
		return fmt.Errorf("read sections: %w", err)
	}
	var codes []sectionRow
	if err := l.tx.NewSelect().Model(&codes).Column("id", "code").Scan(ctx); err != nil {
		return fmt.Errorf("read section codes: %w", err)
	}
	for _, c := range codes {
		l.known[c.Code] = c.ID
	}
	var all []candidate[zoneRow]
	for i := range records {
		z := records[i].Zone
		p := at(&records[i].Row)
		if z.Scope == site.ScopeSection {
			if _, ok := l.section(p, z.Place); !ok {
				continue
			}
		}
		row := zoneRow{Scope: z.Scope, Place: z.Place, Level: z.Level, FromAt: z.From, UntilAt: z.Until, Document: z.Document}
		all = append(all, candidate[zoneRow]{p, row, l.underZone(z, versions)})
	}
	g := register[zoneKey, zoneRow, *zoneRow]{key: func(r *zoneRow) zoneKey { return zoneKey{r.Scope, r.Place, r.Level, r.FromAt} }}
	current, err := currentIn[zoneRow](ctx, l.tx, "place", keysOf(all, func(r *zoneRow) string { return r.Place }))
	if err != nil {
		return err
	}
	return g.settle(ctx, l, all, current)
}

// underZone lists the sections a zone is laid over.
func (l *load) underZone(z site.Zone, versions []sectionVersionRow) []site.SectionID {
	if z.Scope == site.ScopeSection {
		return []site.SectionID{l.known[z.Place]}
	}
	var ids []site.SectionID
	for _, v := range versions {
		if z.Concerns(site.Section{Street: v.Street, Community: v.Community}) {
			ids = append(ids, v.SectionID)
		}
	}
	return ids
}
