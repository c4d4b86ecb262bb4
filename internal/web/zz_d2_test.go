package web

import (
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

func TestZZServeD2(t *testing.T) {
	if os.Getenv("D2DEV") == "" {
		t.Skip()
	}
	o := demoOffice(t)
	o.web.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	h, err := o.web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:8099")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(l, h)
	for range 600 {
		time.Sleep(time.Second)
		if _, err := os.Stat("/tmp/d2stop"); err == nil {
			os.Remove("/tmp/d2stop")
			return
		}
	}
}
