package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"habeas"
	"habeas/internal/store/postgres"
)

// databaseFlag says in which shared database an office is.
type databaseFlag struct {
	Database string `placeholder:"FILE" help:"A file with the URL of a PostgreSQL database that the office is in, for several servers. DIR notes it. See docs/scale.md."`
}

// say tells cfg which database that is. HABEAS_DATABASE may hold the URL itself; as an
// argument, which everybody on the machine can read, one with a password is refused.
func (f databaseFlag) say(cfg *habeas.Config) error {
	if f.Database == "" {
		return nil
	}
	if !strings.HasPrefix(f.Database, "postgres://") && !strings.HasPrefix(f.Database, "postgresql://") {
		text, err := habeas.ReadDatabase(f.Database)
		cfg.Database = text
		return err
	}
	u, err := url.Parse(f.Database)
	secret := err != nil
	if !secret {
		_, secret = u.User.Password()
		secret = secret || u.Query().Has("password")
	}
	if secret && os.Getenv(envPrefix+"_DATABASE") != f.Database {
		return refuse("a URL with a password is not taken as an argument: others on this machine can read it",
			"write it into a file of mode 600, and name that with --database")
	}
	cfg.Database = f.Database
	return nil
}

// schemaCommand prints what makes the tables.
type schemaCommand struct{}

// Run prints it, for psql, as one transaction.
func (c *schemaCommand) Run(p *program) error {
	_, err := fmt.Fprintf(p.out, "-- Once for a server: %s\nbegin;\n%scommit;\n", postgres.CreateRole+";", postgres.Schema)
	return err
}
