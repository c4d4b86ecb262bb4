package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
	"time"

	"habeas/fault"
)

// mostAnswer is how much a server may say in one connection.
const mostAnswer = 1 << 20

var errTalkative = errors.New("the server says too much")

// A conn is a connection that ends: at its deadline, which the client moves on
// with each step, when the context does, or when too much came in.
type conn struct {
	net.Conn
	left int64
}

func (c *conn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTalkative
	}
	n, err := c.Conn.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

// A client is a session with the server, ready for messages.
type client struct {
	smtp     *smtp.Client
	raw      net.Conn
	patience time.Duration
	stop     func() bool
}

// connect returns a session that is protected and logged in as configured.
func (s *Sender) connect(ctx context.Context) (*client, error) {
	d := net.Dialer{Timeout: s.patience}
	raw, err := d.DialContext(ctx, "tcp", s.config.Server)
	if err != nil {
		return nil, fault.Wrap(err, fault.Busy, "mail.unreachable")
	}
	c := &client{raw: &conn{raw, mostAnswer}, patience: s.patience}
	c.stop = context.AfterFunc(ctx, func() { _ = raw.Close() })
	if err := s.greet(c); err != nil {
		c.drop()
		return nil, err
	}
	return c, nil
}

// greet does all that comes before the first message. The name it gives is
// localhost, not this machine's, and it gives nothing else before TLS.
func (s *Sender) greet(c *client) error {
	if err := c.more(); err != nil {
		return fault.Wrap(err, fault.Busy, "mail.unreachable")
	}
	stream := c.raw
	if s.config.Security == TLS {
		t := tls.Client(c.raw, s.tls)
		if err := t.Handshake(); err != nil {
			return fault.Wrap(err, fault.Internal, "mail.tls")
		}
		stream = t
	}
	var err error
	if c.smtp, err = smtp.NewClient(stream, s.tls.ServerName); err != nil {
		return fault.Wrap(err, fault.Busy, "mail.unreachable")
	}
	if err := c.smtp.Hello("localhost"); err != nil {
		return fault.Wrap(err, fault.Busy, "mail.unreachable")
	}
	if s.config.Security == "" || s.config.Security == STARTTLS {
		if err := s.startTLS(c); err != nil {
			return err
		}
	}
	return s.login(c)
}

// startTLS refuses to go on in clear: whoever stands in between can take the
// offer out of the server's answer.
func (s *Sender) startTLS(c *client) error {
	if ok, _ := c.smtp.Extension("STARTTLS"); !ok {
		return fault.New(fault.Internal, "mail.no_tls")
	}
	if err := c.smtp.StartTLS(s.tls); err != nil {
		return fault.Wrap(err, fault.Internal, "mail.tls")
	}
	if _, ok := c.smtp.TLSConnectionState(); !ok {
		return fault.New(fault.Internal, "mail.no_tls")
	}
	return nil
}

func (s *Sender) login(c *client) error {
	password, err := s.config.password()
	if err != nil || s.config.User == "" {
		return err
	}
	if err := c.smtp.Auth(smtp.PlainAuth("", s.config.User, password, s.tls.ServerName)); err != nil {
		return fault.Wrap(err, fault.Internal, "mail.login")
	}
	return nil
}

// more gives the server another while.
func (c *client) more() error { return c.raw.SetDeadline(time.Now().Add(c.patience)) }

// message sends one message to one recipient. An error says that the server did
// not say that it took it.
func (c *client) message(to string, s *Sender) error {
	if err := c.more(); err != nil {
		return err
	}
	if err := c.smtp.Mail(s.config.From); err != nil {
		return err
	}
	if err := c.smtp.Rcpt(to); err != nil {
		return err
	}
	w, err := c.smtp.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(s.letter.to(to, s.now())); err != nil {
		return err
	}
	return w.Close()
}

func (c *client) reset() error {
	if err := c.more(); err != nil {
		return err
	}
	return c.smtp.Reset()
}

// close takes leave. Whether the server answers no longer matters.
func (c *client) close() {
	_ = c.smtp.Quit()
	c.drop()
}

func (c *client) drop() {
	c.stop()
	_ = c.raw.Close()
}
