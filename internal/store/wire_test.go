package store_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"habeas/internal/store"
	"habeas/internal/store/storetest"
	"habeas/ledger"
	"habeas/vault"
)

// A wire is between a node and its server, and is cut when a word is said: after it
// arrived, or before.
type wire struct {
	net.Listener
	server string
	word   atomic.Pointer[string]
	after  bool
	cuts   atomic.Int64
	stop   atomic.Bool // nothing goes through any more
}

func newWire(t *testing.T, url string, after bool) (w *wire, through string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	host := url[strings.IndexByte(url, '@')+1:]
	host = host[:strings.IndexByte(host, '/')]
	w = &wire{Listener: l, server: host, after: after}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w, strings.Replace(url, host, l.Addr().String(), 1)
}

// cutAt cuts the next connection on which word is said.
func (w *wire) cutAt(word string) { w.word.Store(&word) }

func (w *wire) carry(c net.Conn) {
	s, err := net.Dial("tcp", w.server)
	if err != nil {
		c.Close()
		return
	}
	defer s.Close()
	defer c.Close()
	var cut atomic.Bool
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer c.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := s.Read(b)
			if err != nil || cut.Load() {
				return
			}
			c.Write(b[:n])
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := c.Read(b)
		if err != nil || w.stop.Load() {
			return
		}
		if word := w.word.Load(); word != nil && bytes.Contains(b[:n], []byte(*word)) && w.word.CompareAndSwap(word, nil) {
			w.cuts.Add(1)
			cut.Store(true)
			if w.after {
				s.Write(b[:n])
				<-answered // the server has done it, and nobody hears so
			}
			return
		}
		s.Write(b[:n])
	}
}

// A commit whose answer never came was carried out or not. What is appended is there
// once, either way, and acknowledged; of what cannot be looked up nothing is said.
func TestCommitWithoutAnswer(t *testing.T) {
	for _, after := range []bool{true, false} {
		t.Run(fmt.Sprintf("carried out %v", after), func(t *testing.T) {
			db, url := newShared(t)
			ctx := t.Context()
			w, through := newWire(t, url, after)
			node := another(t, through, store.ReadWrite)
			c := crowd{acknowledged: map[ledger.ID]int64{}}
			for range 3 {
				w.cutAt("commit\x00")
				c.append(t, node, 3, never)
				c.all.Wait()
			}
			signer, _ := storetest.Node(t)
			a := store.Arrival{
				New:  &store.Thread{ID: id(3), Look: [32]byte{3}, Public: []byte{3}, State: []byte{3}},
				Item: store.Item{ID: id(4), Thread: id(3), Day: 1, Desk: id(1), Key: id(5), Box: []byte{3}},
				Leaf: storetest.NewWriter(t).Entries(t, 1)[0],
			}
			a.Wraps = []vault.Wrap{{Key: id(5), Stream: id(9), Holder: id(1), Box: []byte("what opens it")}}
			if err := node.PutWraps(ctx, a.Wraps...); err != nil { // so that the next commit is that of the letter
				t.Fatal(err)
			}
			w.cutAt("insert into inbox")
			if twice, err := node.Receive(a, signer); err != nil || twice {
				t.Errorf("a letter during which the wire was cut: got %v, %v, want that it is new", twice, err)
			}
			if left, err := db.WrapsOf(ctx, id(5)); err != nil || len(left) != 1 {
				t.Errorf("what opens the letter: got %v, %v", left, err)
			}
			w.cutAt("commit\x00")
			if err := node.PutNote(ctx, store.Note{ID: id(6), Thread: id(3), Day: 1, Box: []byte{1}}); storetest.Key(err) != "store.unsure" {
				t.Errorf("a message: got %v, want store.unsure", err)
			}
			if w.cuts.Load() != 5 {
				t.Errorf("the wire was cut %d times, want 5", w.cuts.Load())
			}
			c.acknowledged[a.Leaf.Record().ID] = int64(len(c.acknowledged))
			whole(t, db, c.acknowledged, true)
		})
	}
}
