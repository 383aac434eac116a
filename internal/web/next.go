package web

import (
	"net/url"
	"path"
	"strings"
)

// safeNext gives the page to go on to after signing in: a path of this program, or the first page when what was asked for is
// anything else. A browser reads "//host", "/\host" and "/<tab>/host" as another host's address.
func safeNext(asked string) string {
	const home = "/"
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(asked, "/") {
		return home
	}
	if strings.ContainsFunc(asked+u.Path+u.RawQuery, unsafeInPath) || path.Clean(u.Path) != u.Path {
		return home
	}
	switch u.Path {
	case "/login", "/login/code", "/logout", "/setup", "/confirm":
		return home
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

func unsafeInPath(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }
