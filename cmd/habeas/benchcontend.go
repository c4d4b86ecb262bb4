package main

import (
	"encoding/json"
	"io"

	"habeas/internal/load"
)

type benchContentionCommand struct {
	Nodes   []int   `default:"1,2,4,8,16,32,64,100" placeholder:"N" help:"How many nodes (${default})."`
	Rate    float64 `default:"0" placeholder:"N" help:"Entries a second that come in over all nodes; 0 for members who record one after the other."`
	Callers int     `default:"16" placeholder:"N" help:"With no rate: members of each node who record (${default})."`
	RTT     float64 `name:"rtt" default:"1" placeholder:"MS" help:"Milliseconds to the database and back (${default})."`
	Asks    float64 `default:"7" placeholder:"N" help:"Questions and answers in one turn (${default})."`
	Sync    float64 `default:"2" placeholder:"MS" help:"Milliseconds until a commit is on disk, and on its replica (${default})."`
	Entry   float64 `default:"0.1" placeholder:"MS" help:"Milliseconds of work in a turn for each entry (${default})."`
	Most    int     `default:"1000" placeholder:"N" help:"Entries in one turn at most (${default})."`
	JSON    bool    `name:"json" help:"Write JSON instead of a table."`
}

// Run plays nodes that share a log, in no time and without a database.
func (c *benchContentionCommand) Run(p *program) error {
	if c.Rate < 0 || c.Callers < 1 || c.Most < 1 || c.RTT*c.Asks+c.Sync <= 0 {
		return refuse("that cannot be played", "a turn takes time, and somebody records")
	}
	var all []load.Contended
	for _, n := range c.Nodes {
		if n < 1 || n > 10_000 {
			return refuse("that cannot be played", "take from one to ten thousand nodes")
		}
		all = append(all, load.Contend(load.Contention{
			Nodes: n, Rate: c.Rate, Callers: c.Callers, RTT: c.RTT, Asks: c.Asks, Sync: c.Sync, Entry: c.Entry, Most: c.Most, Seconds: 60, Seed: 1,
		}))
	}
	if c.JSON {
		enc := json.NewEncoder(p.out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	_, err := io.WriteString(p.out, load.ContentionTable(all))
	return err
}
