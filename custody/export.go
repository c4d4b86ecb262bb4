package custody

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"time"

	"habeas/ledger"
)

// readme is for whoever is handed a bundle and has never heard of it.
const readme = `What this is

Files that were handed to you (in data), with what came of them since they were
received (custody/report.html, for people; custody/premis.xml and
custody/case.jsonld, for programs), and what it takes to check that.

What you can check with sha256sum and openssl alone

1. That no file was changed since this was packed, in this directory:
     sha256sum -c manifest-sha256.txt
     sha512sum -c manifest-sha512.txt
     sha256sum -c tagmanifest-sha256.txt
2. That no file was added: every file stands in one of these lists, but for the
   lists whose names begin with "tagmanifest".
3. When a time-stamping authority saw the log, if there are files in
   custody/stamps. Take the first five lines of custody/checkpoint.txt (three of
   text, an empty one, and the first that begins with a long dash), put them into
   a file "state", and with the certificate of the authority in roots.pem:
     openssl ts -verify -data state -in custody/stamps/1.tsr -token_in -CAfile roots.pem

What habeas-verify checks besides, without any network

4. That every entry about these files is in the log of the office (a Merkle tree
   as of RFC 6962; the proofs are C2SP tlog-proofs).
5. That each was signed by a member of the office whose fingerprint you were told,
   and opens to what is shown here and to nothing else.
6. That each file is the one that its entry speaks of, or was made of it, and that
   no event is missing between the first and the last.
7. That witnesses saw the same log, if you have their keys.

What nobody can check

That what a file shows is true; who made it, where and when, before it was
received; and that those who signed were not deceived or forced.
`

// A premisEvent is an event in PREMIS 3.
type premisEvent struct {
	ID struct {
		Type  string `xml:"eventIdentifierType"`
		Value string `xml:"eventIdentifierValue"`
	} `xml:"eventIdentifier"`
	Type   string `xml:"eventType"`
	Time   string `xml:"eventDateTime"`
	Detail struct {
		Text string `xml:"eventDetail"`
	} `xml:"eventDetailInformation"`
	Outcome struct {
		Text string `xml:"eventOutcome"`
	} `xml:"eventOutcomeInformation"`
	Agent struct {
		Type  string `xml:"linkingAgentIdentifierType"`
		Value string `xml:"linkingAgentIdentifierValue"`
	} `xml:"linkingAgentIdentifier"`
	Object struct {
		Type  string `xml:"linkingObjectIdentifierType"`
		Value string `xml:"linkingObjectIdentifierValue"`
	} `xml:"linkingObjectIdentifier"`
}

type premisObject struct {
	Type string `xml:"http://www.w3.org/2001/XMLSchema-instance type,attr"`
	ID   struct {
		Type  string `xml:"objectIdentifierType"`
		Value string `xml:"objectIdentifierValue"`
	} `xml:"objectIdentifier"`
	Characteristics struct {
		Fixity []premisFixity `xml:"fixity"`
		Size   int64          `xml:"size"`
		Format struct {
			Name string `xml:"formatDesignation>formatName"`
		} `xml:"format"`
	} `xml:"objectCharacteristics"`
	Name string `xml:"originalName,omitempty"`
}

type premisFixity struct {
	Algorithm string `xml:"messageDigestAlgorithm"`
	Digest    string `xml:"messageDigest"`
}

// premis returns the events in the words of PREMIS 3 (Library of Congress).
func premis(_ listing, all []told) []byte {
	out := struct {
		XMLName xml.Name       `xml:"http://www.loc.gov/premis/v3 premis"`
		Version string         `xml:"version,attr"`
		Objects []premisObject `xml:"object"`
		Events  []premisEvent  `xml:"event"`
	}{Version: "3.0"}
	for _, t := range all {
		if x := t.exhibit; x != nil {
			o := premisObject{Type: "file", Name: x.Name}
			o.ID.Type, o.ID.Value = "exhibit", x.Ref
			o.Characteristics.Fixity = []premisFixity{{"SHA-256", x.SHA256}, {"SHA-512", x.SHA512}}
			o.Characteristics.Size, o.Characteristics.Format.Name = x.Size, x.Media
			out.Objects = append(out.Objects, o)
		}
		e := eventOf(t)
		p := premisEvent{Type: string(e.act), Time: e.at.Format(time.RFC3339)}
		p.ID.Type, p.ID.Value = "entry", t.entry.ID.String()
		p.Detail.Text, p.Outcome.Text = e.words, e.outcome
		p.Agent.Type, p.Agent.Value = "member", t.entry.Author.String()
		p.Object.Type, p.Object.Value = "exhibit", e.ref
		out.Events = append(out.Events, p)
	}
	b, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(err) // unreachable: plain values
	}
	return append([]byte(xml.Header), append(b, '\n')...)
}

// happened is an entry as an event.
type happened struct {
	ref, sum, words, outcome string
	act                      Act
	at                       time.Time
}

func eventOf(t told) happened {
	h := happened{at: t.entry.Time, outcome: "success"}
	if x := t.exhibit; x != nil {
		h.ref, h.sum, h.act, h.words = x.Ref, x.SHA256, Received, "received by "+string(x.Came)
		return h
	}
	e := t.event
	h.ref, h.sum, h.act = e.Exhibit, e.SHA256, e.Act
	for _, w := range []struct{ before, words string }{{"", e.Purpose}, {"made of ", e.Parent}, {"with ", e.Tool}, {"to ", e.To}, {"", e.Note}} {
		if w.words != "" {
			if h.words != "" {
				h.words += "; "
			}
			h.words += w.before + w.words
		}
	}
	for _, p := range e.Proofs {
		h.words += " [" + p.String() + "]"
	}
	if !e.Good {
		h.outcome = "failure"
	}
	return h
}

// jsonLD returns the events in the words of CASE and UCO (caseontology.org).
func jsonLD(_ listing, all []told) []byte {
	var graph []any
	for _, t := range all {
		e := eventOf(t)
		if x := t.exhibit; x != nil {
			graph = append(graph, map[string]any{
				"@id": "kb:" + x.Ref, "@type": "uco-observable:File",
				"uco-core:hasFacet": []any{
					map[string]any{"@type": "uco-observable:FileFacet", "uco-observable:sizeInBytes": x.Size},
					map[string]any{"@type": "uco-observable:ContentDataFacet", "uco-observable:hash": []any{
						map[string]any{"@type": "uco-types:Hash", "uco-types:hashMethod": "SHA256", "uco-types:hashValue": x.SHA256},
						map[string]any{"@type": "uco-types:Hash", "uco-types:hashMethod": "SHA512", "uco-types:hashValue": x.SHA512},
					}},
				},
			})
		}
		graph = append(graph, map[string]any{
			"@id": "kb:" + t.entry.ID.String(), "@type": "case-investigation:InvestigativeAction", "uco-core:name": string(e.act),
			"uco-core:description": e.words, "uco-action:startTime": map[string]any{"@type": "xsd:dateTime", "@value": e.at.Format(time.RFC3339)},
			"uco-action:object": map[string]any{"@id": "kb:" + e.ref}, "uco-action:performer": map[string]any{"@id": "kb:" + t.entry.Author.String()},
		})
	}
	return indented(map[string]any{
		"@context": map[string]any{
			"kb": "urn:habeas:", "case-investigation": "https://ontology.caseontology.org/case/investigation/", "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
			"uco-core": "https://ontology.unifiedcyberontology.org/uco/core/", "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
			"uco-types": "https://ontology.unifiedcyberontology.org/uco/types/", "xsd": "http://www.w3.org/2001/XMLSchema#",
		},
		"@graph": graph,
	})
}

var reportPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Custody report</title><style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}code{overflow-wrap:anywhere}</style></head><body>
<h1>Custody report</h1><p>Office <code>{{.Root}}</code>. What is said here can be checked: see README.txt.</p>
{{range .Items}}<h2>{{.Path}}</h2><p>SHA-256 <code>{{.SHA256}}</code></p>
{{with .Exhibit}}<table><tr><th scope="row">Called</th><td>{{.Name}}</td></tr><tr><th scope="row">Received</th><td>{{.Received.UTC.Format "2006-01-02 15:04:05 UTC"}}, by {{.Came}}</td></tr>
<tr><th scope="row">Size</th><td>{{.Size}} bytes {{.Media}}</td></tr><tr><th scope="row">SHA-256 of the original</th><td><code>{{.SHA256}}</code></td></tr><tr><th scope="row">SHA-512 of the original</th><td><code>{{.SHA512}}</code></td></tr>
{{with .Collector}}<tr><th scope="row">Collected by</th><td>{{.}}</td></tr>{{end}}{{with .When}}<tr><th scope="row">When</th><td>{{.}}</td></tr>{{end}}
{{with .Where}}<tr><th scope="row">Where</th><td>{{.}}</td></tr>{{end}}{{with .Method}}<tr><th scope="row">How</th><td>{{.}}</td></tr>{{end}}
{{with .Capture}}<tr><th scope="row">Said to be made</th><td>{{.}}</td></tr>{{end}}{{with .Remarks}}<tr><th scope="row">Remarks</th><td>{{.}}</td></tr>{{end}}</table>{{end}}
<table><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Of which file</th><th scope="col">By</th><th scope="col">How it came out</th></tr></thead><tbody>
{{range .Events}}<tr><td>{{.At}}</td><td>{{.Act}}{{with .Words}}: {{.}}{{end}}</td><td><code>{{.Sum}}</code></td><td><code>{{.By}}</code></td><td>{{.Outcome}}</td></tr>
{{end}}</tbody></table>{{end}}</body></html>
`))

type reportItem struct {
	Path, SHA256 string
	Exhibit      *Exhibit
	Events       []reportEvent
}

type reportEvent struct {
	At      string `json:"at"`
	Act     string `json:"act"`
	Words   string `json:"words,omitempty"`
	Sum     string `json:"sha256"`
	By      string `json:"by"`
	Outcome string `json:"outcome"`
}

func reported(t told) reportEvent {
	e := eventOf(t)
	return reportEvent{e.at.UTC().Format("2006-01-02 15:04:05 UTC"), string(e.act), e.words, e.sum, t.entry.Author.String(), e.outcome}
}

// report returns what happened for people to read.
func report(l listing, all []told) []byte {
	byID := map[ledger.ID]told{}
	for _, t := range all {
		byID[t.entry.ID] = t
	}
	var items []reportItem
	for _, it := range l.Items {
		r := reportItem{Path: it.Path, SHA256: it.SHA256}
		for _, id := range it.Entries {
			t, ok := byID[id]
			if !ok {
				continue
			}
			if t.exhibit != nil {
				r.Exhibit = t.exhibit
			}
			r.Events = append(r.Events, reported(t))
		}
		items = append(items, r)
	}
	var b bytes.Buffer
	if err := reportPage.Execute(&b, struct {
		Root  string
		Items []reportItem
	}{l.Root.String(), items}); err != nil {
		panic(fmt.Sprint(err)) // unreachable: plain values
	}
	return b.Bytes()
}
