package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// A unit is a file of systemd: the values of each setting, in order.
type unit map[string][]string

func readUnit(t *testing.T, name string) unit {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	u := unit{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '[' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			t.Errorf("%s: a line that sets nothing: %q", name, line)
		}
		u[key] = append(u[key], value)
	}
	return u
}

// hardened is what holds for each unit: what is not said here is what a service may
// do that needs nothing of it.
var hardened = map[string]string{
	"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "", "MemoryDenyWriteExecute": "yes",
	"ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "UMask": "0077",
	"MemorySwapMax": "0", "LimitCORE": "0", "IPAddressDeny": "any", "LockPersonality": "yes", "RestrictRealtime": "yes",
	"RestrictSUIDSGID": "yes", "RemoveIPC": "yes", "KeyringMode": "private", "ProtectClock": "yes", "ProtectControlGroups": "yes",
	"ProtectHostname": "yes", "ProtectKernelLogs": "yes", "ProtectKernelModules": "yes", "ProtectKernelTunables": "yes",
	"ProtectProc": "invisible", "SystemCallArchitectures": "native", "SystemCallErrorNumber": "EPERM",
}

// TestUnits: each unit runs this program, with flags that it has, as a user of its own
// and with all that a service can be kept from.
func TestUnits(t *testing.T) {
	for _, name := range []string{"habeas.service", "habeas-backup.service", "habeas-witness.service"} {
		t.Run(name, func(t *testing.T) {
			u := readUnit(t, name)
			for key, want := range hardened {
				if !slices.Equal(u[key], []string{want}) {
					t.Errorf("%s: got %q, want %q", key, u[key], want)
				}
			}
			if len(u["User"]) != 1 || u["User"][0] == "root" || len(u["SystemCallFilter"]) == 0 || len(u["RestrictNamespaces"]) != 1 || len(u["RestrictAddressFamilies"]) != 1 {
				t.Errorf("got %v", u)
			}
			args := strings.Fields(u["ExecStart"][0])
			if args[0] != "/usr/local/bin/habeas" {
				t.Fatalf("runs %s", args[0])
			}
			parser, err := kong.New(&commands{}, kong.Name("habeas"), kong.Writers(io.Discard, io.Discard))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == args[1] }) {
				t.Skipf("this build has no command %s", args[1])
			}
			if _, err := parser.Parse(args[1:]); err != nil {
				t.Errorf("%s: %v", u["ExecStart"][0], err)
			}
		})
	}
}

// TestUnitLetsSandboxesBe: what opens files of strangers behind walls needs six kinds
// of namespaces and the calls that build walls; a unit that takes them away has fewer
// walls, and opens no film.
func TestUnitLetsSandboxesBe(t *testing.T) {
	u := readUnit(t, "habeas.service")
	kinds := strings.Fields(u["RestrictNamespaces"][0])
	slices.Sort(kinds)
	if want := []string{"ipc", "mnt", "net", "pid", "user", "uts"}; !slices.Equal(kinds, want) {
		t.Errorf("got namespaces %q, want %q", kinds, want)
	}
	calls := strings.Fields(strings.Join(u["SystemCallFilter"], " "))
	for _, want := range []string{"@system-service", "@mount", "seccomp"} {
		if !slices.Contains(calls, want) {
			t.Errorf("got calls %q, want %s among them", calls, want)
		}
	}
	for _, key := range []string{"ProcSubset", "PrivateNetwork"} { // memory and swap are read from /proc, and a proxy has to reach it
		if len(u[key]) > 0 {
			t.Errorf("%s is set to %q", key, u[key])
		}
	}
	if writes := strings.Join(u["ReadWritePaths"], " "); !strings.Contains(writes, "/srv/office") || !strings.Contains(writes, "/srv/pepper") {
		t.Errorf("nothing can be erased, or nothing written: %q", writes)
	}
}

// TestUnitsVerify asks systemd itself, if it is here, whether it knows every setting.
func TestUnitsVerify(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	names, err := filepath.Glob("../../deploy/*.*")
	if err != nil || len(names) != 4 {
		t.Fatalf("got %q, %v", names, err)
	}
	var units []string
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(to, []byte(strings.ReplaceAll(string(b), "/usr/local/bin/habeas", "/bin/true")), 0o644); err != nil {
			t.Fatal(err)
		}
		units = append(units, to)
	}
	out, err := exec.Command(analyze, append([]string{"verify", "--man=no"}, units...)...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, dir) || strings.Contains(line, "nknown key") {
			t.Errorf("systemd says: %s", line)
		}
	}
	if err != nil && len(out) == 0 {
		t.Skipf("systemd-analyze does not run here: %v", err)
	}
}
