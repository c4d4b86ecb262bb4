package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// code returns the SQLSTATE of an error, or "" if the server did not send it.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// Duplicate reports whether a row could not be added because it is there already.
func Duplicate(err error) bool { return code(err) == "23505" }

// Again reports whether a transaction got in the way of others and left nothing: it
// may be run again.
func Again(err error) bool {
	switch code(err) {
	case "40001", "40P01", "55P03": // serialization_failure, deadlock_detected, lock_not_available
		return true
	}
	return false
}

// Lost reports whether the server could not be asked, or was asked and did not
// answer: what was being done may be done or not. So it is with what a server says
// that is about to end, or that is no longer the one that is written to.
func Lost(err error) bool {
	switch c := code(err); {
	case strings.HasPrefix(c, "08"), strings.HasPrefix(c, "57P"), c == "40003", c == "25006", c == "25P03":
		return true // connections, shutdowns, statement_completion_unknown, read_only_sql_transaction, a transaction that idled
	case c != "":
		return false
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	for _, e := range []error{pgconn.ErrConnClosed, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.EPIPE, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Refused reports whether the server refused whoever the URL names, or what they
// wanted to do.
func Refused(err error) bool {
	c := code(err)
	return strings.HasPrefix(c, "28") || c == "42501" || c == "3D000" || c == "22023" || c == "42704" // names, rights, no such database, no such role
}

// Unmade reports whether there are no tables.
func Unmade(err error) bool { return code(err) == "42P01" || code(err) == "3F000" }

// Full reports whether the server has no room: on its disk, or for connections.
func Full(err error) (disk, connections bool) {
	c := code(err)
	return c == "53100" || c == "53200", c == "53300"
}
