package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "HABEAS"

// noBrowser and noPostgres are variables of ./test, the only ones that are no flags.
const (
	noBrowser  = "HABEAS_NO_BROWSER"
	noPostgres = "HABEAS_NO_POSTGRES"
)

// BeforeResolve reads the file named by --config or HABEAS_CONFIG.
func (c *commands) BeforeResolve(k *kong.Context) error {
	for _, f := range k.Flags() {
		path, ok := k.FlagValue(f).(string)
		if f.Name != "config" || !ok || path == "" {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		values, err := readConfig(file)
		if err != nil {
			return err
		}
		k.AddResolver(values)
	}
	return nil
}

// configValues are flags read from a file, by name.
type configValues map[string]any

// readConfig reads one JSON object.
func readConfig(r io.Reader) (configValues, error) {
	values := configValues{}
	dec := json.NewDecoder(r)
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return nil, refuse("the config file is not a JSON object", `write it as {"listen": "127.0.0.1:8080"}`)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse("the config file holds more than one JSON object", "put all keys in one")
	}
	return values, nil
}

// Validate refuses keys that are no flag of any command.
func (c configValues) Validate(app *kong.Application) error {
	known := flagNames(app)
	for name := range c {
		if !slices.Contains(known, name) || name == "config" {
			return refuse("unknown key \""+name+"\" in the config file", "keys are the names of flags, without the dashes; see habeas --help")
		}
	}
	return nil
}

// Resolve returns the value of a flag that the environment does not set.
func (c configValues) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return nil, nil
		}
	}
	switch v := c[flag.Name].(type) {
	case nil:
		return nil, nil
	case json.Number:
		return v.String(), nil
	case string, bool:
		return v, nil
	case []any:
		var list []string
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, refuse("the list \"" + flag.Name + "\" in the config file holds something that is not text")
			}
			list = append(list, s)
		}
		return strings.Join(list, ","), nil
	}
	return nil, refuse("the value of \"" + flag.Name + "\" in the config file is neither text nor a number, true, false or a list of texts")
}

// checkEnvironment refuses variables that look like ours and are no flag.
func checkEnvironment(app *kong.Application, environ []string) error {
	known := []string{noBrowser, noPostgres}
	for _, name := range flagNames(app) {
		known = append(known, envPrefix+"_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
	}
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, envPrefix+"_") && !slices.Contains(known, name) {
			return refuse("unknown environment variable "+name,
				"variables are the names of flags, such as "+envPrefix+"_LISTEN for --listen; unset it or correct it",
				"a passphrase is never read from the environment; see --passphrase-file")
		}
	}
	return nil
}

// flagNames returns the flags of all commands.
func flagNames(app *kong.Application) (names []string) {
	add := func(flags []*kong.Flag) {
		for _, f := range flags {
			names = append(names, f.Name)
		}
	}
	add(app.Flags)
	for _, cmd := range app.Children {
		add(cmd.Flags)
		for _, sub := range cmd.Children {
			add(sub.Flags)
		}
	}
	return names
}
