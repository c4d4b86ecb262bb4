package view

import (
	"context"
	"strings"

	"habeas/claim"
)

// What a stream says of places is taken out of the sums before its rows are deleted,
// and added when they are written anew.
const (
	lessPlaces = `insert into placesum (place, accounts, origins, persons)
		select place, -accounts, -origins, -persons from placed where stream = ?1
		on conflict (place) do update set accounts = accounts + excluded.accounts, origins = origins + excluded.origins, persons = persons + excluded.persons`
	insertPlaced = `insert into placed (place, stream, accounts, origins, people, persons, first, latest, time) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`
	morePlaces   = `insert into placesum (place, accounts, origins, persons) values (?1, ?2, ?3, ?4)
		on conflict (place) do update set accounts = accounts + excluded.accounts, origins = origins + excluded.origins, persons = persons + excluded.persons`
)

// places writes what a stream says of places.
func (w *writer) places(ctx context.Context, stream []byte, s *claim.State, newest int64) error {
	by := s.ByPlace()
	for _, c := range s.Live() { // a claim may be about a place and say nothing of what was there
		if c.Subject.Kind() == claim.RefPlace && by[c.Subject] == nil {
			by[c.Subject] = &claim.At{}
		}
	}
	for place, at := range by {
		var people []string
		for _, p := range at.People {
			people = append(people, string(p))
		}
		first, latest := at.Span()
		if err := w.exec(ctx, insertPlaced, string(place), stream, at.Accounts, at.Origins, strings.Join(people, " "), len(people), first.Key(), latest.Key(), newest); err != nil {
			return err
		}
		if err := w.exec(ctx, morePlaces, string(place), at.Accounts, at.Origins, len(people)); err != nil {
			return err
		}
	}
	return nil
}
