package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/labstack/echo/v4"
)

// proxies knows how a request reached the program: directly, or through one of those who are believed when they say where it
// came from. Nobody else's forwarding headers count.
type proxies struct {
	trusted []netip.Prefix
	base    *url.URL // how the program is reached from outside; nil when nobody said
}

func newProxies(trusted []netip.Prefix, baseURL string) (proxies, error) {
	p := proxies{trusted: trusted}
	if baseURL == "" {
		return p, nil
	}
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return p, fmt.Errorf("base URL %q: want http://… or https://…", baseURL)
	}
	p.base = u
	return p, nil
}

// address gives the client's address. Behind trusted proxies it is the last one in X-Forwarded-For that is not theirs.
func (p proxies) address() (echo.IPExtractor, error) {
	if len(p.trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range p.trusted {
		_, network, err := net.ParseCIDR(prefix.Masked().String())
		if err != nil {
			return nil, fmt.Errorf("trusted proxy: %w", err)
		}
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}

// secure reports whether the browser's end of the way is encrypted.
func (p proxies) secure(r *http.Request) bool {
	if r.TLS != nil || p.base != nil && p.base.Scheme == "https" {
		return true
	}
	return r.Header.Get(echo.HeaderXForwardedProto) == "https" && p.trusts(r.RemoteAddr)
}

func (p proxies) scheme(r *http.Request) string {
	if p.secure(r) {
		return "https"
	}
	return "http"
}

func (p proxies) trusts(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, prefix := range p.trusted {
		if prefix.Contains(peer.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// names reports whether a request's Host is a name of this program. Any is, until the base URL says which; this machine's own
// names always are, for whoever sits at it.
func (p proxies) names(host string) bool {
	return p.base == nil || host == p.base.Host || loopbackName(host)
}

func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	if n := len(host); n > 2 && host[0] == '[' {
		host = host[1 : n-1]
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
