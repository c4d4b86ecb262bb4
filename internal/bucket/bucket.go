// Package bucket keeps objects in a bucket of a server that speaks the S3 protocol:
// as much of it as sealed files need, which are called by the SHA-256 of their bytes
// and never change.
//
// Whoever keeps the server sees the names, which are hashes of sealed bytes, sizes,
// times and addresses of every request. It is not trusted: what it gives is compared
// with the name, and what it does not give is missed.
//
// Nothing is held in memory but a few buffers, whatever the size of an object: what is
// sent is read from a file twice, once for the hash that signs it and once to send it.
package bucket

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"habeas/fault"
)

// Config says where a bucket is and how it is entered.
type Config struct {
	Endpoint string `json:"endpoint"`           // https://host, or http:// on this machine
	Bucket   string `json:"bucket"`             // exists already
	Prefix   string `json:"prefix,omitempty"`   // of all names, such as "office/"; may be empty
	Region   string `json:"region,omitempty"`   // empty is us-east-1
	Key      string `json:"key"`                // access key ID
	Secret   string `json:"secret"`             // secret access key
	Patience int    `json:"patience,omitempty"` // seconds that a server which does not answer is tried for; 0 is 30
}

// A Bucket is a place for objects. Its methods may be called concurrently.
type Bucket struct {
	cfg      Config
	base     *url.URL
	client   *http.Client
	patience time.Duration
	failed   atomic.Int64 // when patience last ended, in Unix nanoseconds; 0 once there was an answer
}

// mostConfig is how many bytes a file of settings has at most.
const mostConfig = 16 << 10

// Read reads the settings of a bucket from a file that only its owner may read, and
// refuses what it does not know. It asks nobody.
func Read(path string) (*Bucket, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bucket.config")
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bucket.config")
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Forbidden, "bucket.open_file")
	}
	var c Config
	dec := json.NewDecoder(io.LimitReader(f, mostConfig))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bucket.config")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "bucket.config")
	}
	return New(c)
}

// Names of buckets and prefixes need no escape in an address, so that nobody disagrees
// about what was signed.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]{0,62}/){0,4}$`)
)

// New returns a bucket. It asks nobody. Plain http is refused unless the server is on
// this machine.
func New(c Config) (*Bucket, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" ||
		!bucketName.MatchString(c.Bucket) || !prefixName.MatchString(c.Prefix) || c.Key == "" || c.Secret == "" || c.Patience < 0 {
		return nil, fault.Wrap(err, fault.Invalid, "bucket.config")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback()) {
		return nil, fault.New(fault.Forbidden, "bucket.plain_http")
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	b := &Bucket{cfg: c, base: &url.URL{Scheme: u.Scheme, Host: u.Host}, patience: 30 * time.Second}
	if c.Patience > 0 {
		b.patience = time.Duration(c.Patience) * time.Second
	}
	b.client = client(min(idleLimit, b.patience))
	return b, nil
}

// Place returns which bucket and prefix this is, without the server and without secrets.
func (b *Bucket) Place() string { return b.cfg.Bucket + "/" + b.cfg.Prefix }

// isName reports whether name is a SHA-256 in hexadecimal, as sealed files are called.
func isName(name string) bool {
	sum, err := hex.DecodeString(name)
	return err == nil && len(sum) == 32 && strings.ToLower(name) == name
}

// idleLimit is how long a connection may stand still.
const idleLimit = 30 * time.Second

// client returns what asks the server. It follows nobody elsewhere, and goes through
// the proxy that the environment names. A connection on which nothing moves for idle
// ends; how long a request may take altogether is said where it is made.
func client(idle time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: idle}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSHandshakeTimeout:    idle,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
		DialContext:            moving(dialer.DialContext, idle),
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
