package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// A RefusedError is a request that we do not make.
type RefusedError struct {
	URL    string // redacted
	Reason string
}

// Error implements error.
func (e *RefusedError) Error() string { return fmt.Sprintf("not asking %s: %s", e.URL, e.Reason) }

// guard lets requests pass to configured hosts only and says who asks. Redirects come by here too.
type guard struct {
	next      http.RoundTripper
	hosts     map[string]HostLimit
	userAgent string
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if s := req.URL.Scheme; s != "https" && s != "http" {
		return nil, &RefusedError{RedactURL(req.URL), "the scheme is " + s}
	}
	if _, ok := g.hosts[hostKey(req.URL.Host, g.hosts)]; !ok {
		reason := "the host is not in the configuration"
		if req.Response != nil { // a redirect brought us here
			reason = fmt.Sprintf("redirected from %s to a host that is not in the configuration", RedactURL(req.Response.Request.URL))
			req = dropSecrets(req)
		}
		return nil, &RefusedError{RedactURL(req.URL), reason}
	}
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", g.userAgent)
	return g.next.RoundTrip(req)
}

func dropSecrets(req *http.Request) *http.Request {
	c := req.Clone(req.Context())
	c.Header = RedactHeader(c.Header)
	return c
}

// hostKey is the entry that speaks for a host: with its port where that is listed, else the bare name.
func hostKey(host string, hosts map[string]HostLimit) string {
	if _, ok := hosts[host]; ok {
		return host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// dialer refuses addresses that are not on the public internet, after the name was resolved: a name that points inside
// is refused as well, and so is one that changes its mind between two look-ups.
func dialer(allowPrivate bool) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	if !allowPrivate {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("dial %s: %w", address, err)
			}
			if !public(ap.Addr()) {
				return fmt.Errorf("dial %s: a private or local address, which the configuration does not allow", address)
			}
			return nil
		}
	}
	return d.DialContext
}

// Ranges that net/netip has no word for: this network, carrier-grade NAT, benchmarking, IPv4 documentation and reserved
// space, NAT64 and 6to4 (which can wrap a private address).
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001:db8::/32"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
