package sourcetest

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// A Network is hosts in memory: what a client dials by name is served by the handler of that name, over pipes. Inside a
// synctest bubble time stands still while bytes move, so that pauses of minutes cost nothing. Close ends it.
type Network struct {
	mu      sync.Mutex
	servers map[string]*inMemory
}

// An inMemory is a server and the listener that it accepts pipes from.
type inMemory struct {
	server *http.Server
	conns  chan net.Conn
	done   chan struct{}
	closed chan struct{}
}

// NewNetwork makes a network of handlers by host name.
func NewNetwork(hosts map[string]http.Handler) *Network {
	n := &Network{servers: map[string]*inMemory{}}
	for host, h := range hosts {
		m := &inMemory{conns: make(chan net.Conn), done: make(chan struct{}), closed: make(chan struct{}),
			server: &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}}
		n.servers[host] = m
		go func() {
			defer close(m.closed)
			_ = m.server.Serve(m)
		}()
	}
	return n
}

// Dial is for the option of that name of a fetch client.
func (n *Network) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	m := n.servers[host]
	n.mu.Unlock()
	if m == nil {
		return nil, fmt.Errorf("dial %s: no such host", host)
	}
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.done:
		return nil, fmt.Errorf("dial %s: closed", host)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close stops all servers and waits until they are gone.
func (n *Network) Close() {
	for _, m := range n.servers {
		_ = m.server.Close()
		<-m.closed
	}
}

// Accept implements net.Listener.
func (m *inMemory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (m *inMemory) Close() error {
	select {
	case <-m.done:
	default:
		close(m.done)
	}
	return nil
}

// Addr implements net.Listener.
func (m *inMemory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }
