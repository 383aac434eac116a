// Package templates embeds the pages and the files they load.
package templates

import "embed"

// Files holds layout.html, partials/*.html, pages/*.html and static/*.
//
//go:embed layout.html partials/*.html pages/*.html static/*
var Files embed.FS
