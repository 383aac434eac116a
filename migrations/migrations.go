// Package migrations embeds the schema: one folder per database, files in pairs of equal name, applied in their order.
package migrations

import "embed"

// Files holds sqlite/*.sql and postgres/*.sql.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
