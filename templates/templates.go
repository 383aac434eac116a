// Package templates embeds the pages and the files they load.
package templates

import "embed"

// Files holds layout.html, partials/*.html, pages/*.html and static/*, the icons, the words of the pages (locales/*.json) and the
// English of what is written in Chinese where it is defined (phrases/*.json).
//
//go:embed layout.html partials/*.html pages/*.html static icons.json locales/*.json phrases/*.json
var Files embed.FS
