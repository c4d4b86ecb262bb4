package oplog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"habeas/vault"
)

// canary is an invented name.
const canary = "Zdzibor Krasnopolchenko"

func lines(log func(*slog.Logger)) string {
	var b bytes.Buffer
	log(New(&b, nil))
	return b.String()
}

// TestNothingTypedIsLogged: whatever somebody logs of what a person typed does not
// come through, under a key of the list or another.
func TestNothingTypedIsLogged(t *testing.T) {
	typed := []slog.Value{
		slog.StringValue(canary), slog.StringValue(strings.ToLower(canary)), slog.StringValue("Krasnopolchenko"), slog.StringValue("krasnopolchenko"),
		slog.StringValue("GET /case/" + canary), slog.StringValue("GET /case/x\nkrasnopolchenko"), slog.AnyValue(errors.New(canary)),
		slog.AnyValue(fmt.Errorf("%w", errors.New(canary))), slog.AnyValue([]string{canary}), slog.AnyValue([]byte(canary)),
		slog.AnyValue(map[string]int{canary: 1}), slog.AnyValue(vault.NewText(canary)), slog.GroupValue(slog.String("ref", canary)),
		slog.StringValue("witness " + canary), slog.StringValue("user@krasnopolchenko.example"),
	}
	for _, key := range append(Keys(), "name", canary, "") {
		for _, v := range typed {
			if key == "fault" && v.String() == "krasnopolchenko" {
				continue // has the form of a key; the test over the sources holds that it is none
			}
			out := lines(func(l *slog.Logger) {
				a := slog.Attr{Key: key, Value: v}
				l.LogAttrs(context.Background(), slog.LevelError, "request", a)
				l.With(a).Error("request")
				l.WithGroup(canary).With(a).Error("request")
				l.Error("could not find "+canary+".", a)
			})
			if strings.Contains(strings.ToLower(out), "polchenko") {
				t.Errorf("key %q, value %v: got %s", key, v, out)
			}
			if !strings.Contains(out, "refused=1") {
				t.Errorf("key %q, value %v: nothing says that something was left out: %s", key, v, out)
			}
		}
	}
}

// TestWhatIsLogged: what belongs into the log comes through as it is.
func TestWhatIsLogged(t *testing.T) {
	for _, a := range []slog.Attr{
		slog.String("route", "POST /{lang}/write"), slog.String("route", "GET /{$}"), slog.String("route", "GET /asset/{hash}/{name}"),
		slog.String("route", "/"), slog.String("route", "refused"), slog.String("route", "GET /{lang}/office.key"), slog.Int("status", 500), slog.Int64("ms", 12), slog.String("ref", "AB2CD3EF"),
		slog.String("fault", "store.disk_full"), slog.String("fault", "internal"), slog.String("cause", "*fault.Error *fmt.wrapError sqlite3.ExtendedErrorCode"),
		slog.String("cause", ""), slog.String("type", "runtime.boundsError"), slog.String("type", "string"), slog.String("type", "<nil>"),
		slog.Any("at", []string{"habeas/internal/web.(*Server).try:140", "net/http.HandlerFunc.ServeHTTP:2294", "habeas/internal/web.(*Server).handle.func1:91"}),
		slog.String("who", "witness 1"), slog.String("who", "authority 12"),
	} {
		out := lines(func(l *slog.Logger) {
			l.LogAttrs(context.Background(), slog.LevelError, "what happened; it's tried again", a)
		})
		if strings.Contains(out, "refused=") || !strings.Contains(out, a.Key+"=") || !strings.Contains(out, "it's tried again") {
			t.Errorf("%v: got %s", a, out)
		}
	}
}
