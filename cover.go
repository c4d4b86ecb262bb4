package habeas

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"habeas/claim"
	"habeas/fault"
	"habeas/gate"
	"habeas/vault"
)

// coverNames are what people are called in working text: birds, trees, rivers
// and stones. They are drawn, never derived, and no one can take them for the
// name of a person.
var coverNames = strings.Fields(`
Acacia Agate Alder Anemone Arbutus Aspen Avocet Azure Balsam Barley Basalt Bayou Beech Birch Bittern Bluebell Bracken
Bramble Briar Brook Bunting Buttercup Cairn Calla Campion Canyon Caraway Cardinal Catalpa Cedar Celadon Chaffinch Chalk Cicada
Cinnabar Citron Clover Cobalt Comfrey Condor Copper Cormorant Cornel Cowslip Crane Crocus Curlew Cypress Damson Delta Dogwood
Dolomite Dunlin Ebony Egret Elder Elm Ermine Estuary Fennel Fern Fescue Fieldfare Finch Fjord Flax Flint Foxglove Fulmar
Gannet Gentian Geyser Glacier Godwit Goldcrest Gorse Granite Grebe Greenfinch Grove Gypsum Hawthorn Heron Hibiscus
Hickory Hoopoe Hornbeam Hyacinth Ibis Indigo Islet Jackdaw Juniper Kestrel Kingfisher Knot Lagoon Lapwing
Larch Lichen Linnet Lotus Lupin Magpie Mallow Maple Marble Marlin Marten 
Meadow Mica Mistletoe Moraine Moss Mulberry Nettle Nightjar Nuthatch Oak Oat Obsidian Ochre Oleander Onyx
Orchid Oriole Osier Osprey Ouzel Pebble Peregrine Petrel Pewter Pine Pipit Plover Plum Poplar Ptarmigan
Puffin Quail Quartz Quince Rail Redstart Redwing Reed  Rook Saffron Sandpiper Sapphire Saxifrage
Sedge Sequoia Shale Shrike Siskin Slate Snipe Snowdrop Sorrel Spruce Starling Stonechat Stork Sumac Swallow Swift Sycamore Tamarisk Tansy
Teal Tern Thistle Thrush Thyme Tide Tundra Turquoise Twite Umber Vetch Wagtail Walnut Warbler Waxwing Wheatear Whimbrel
Willow Wisteria Woodcock Woodlark Yarrow Yew`)

// drawCover draws a cover name that nobody in the circle has, that is no part of
// a name the circle knows, and no part of the name it covers.
func (d *Desk) drawCover(ctx context.Context, k caseKeys, real []vault.Part) (string, error) {
	used, ix, err := d.usedCovers(ctx, k)
	if err != nil {
		return "", err
	}
	own := gate.NewIndex(gate.Key{})
	if len(real) > 0 {
		if err := own.Add("own", gate.Compile(gate.Key{}, vault.Parsed(real)), false); err != nil {
			return "", err
		}
	}
	return draw(used, coverNames, ix, own)
}

// drawPublicCovers fills covers with a drawn name for every person of a case who
// has none, in the language of the dossier: different from every internal cover
// name, and from those in dossiers of the case for other readers, so that nobody is
// taken for another, or followed from one to the next.
func (d *Desk) drawPublicCovers(ctx context.Context, k caseKeys, state *claim.State, lang string, covers map[claim.Ref]string, earlier []rendered) error {
	inUse, ix, err := d.usedCovers(ctx, k)
	if err != nil {
		return err
	}
	also := map[string]bool{}
	for _, r := range earlier {
		for _, c := range r.Covers {
			also[c] = true
		}
	}
	used := func(names []string) (map[string]bool, error) {
		found, err := inUse(names)
		if err == nil {
			maps.Copy(found, also)
		}
		return found, err
	}
	for ref, p := range state.Persons {
		if covers[ref] != "" {
			continue
		}
		if p.Count > 1 {
			covers[ref] = p.Cover // a plain description of a group
			continue
		}
		if covers[ref], err = draw(used, coversIn(lang), ix); err != nil {
			return err
		}
		also[covers[ref]] = true
	}
	return nil
}

// A used says which of some cover names are in use.
type used func(names []string) (map[string]bool, error)

// usedCovers returns what says which cover names a circle uses, and its gate index.
func (d *Desk) usedCovers(ctx context.Context, k caseKeys) (used, *gate.Index, error) {
	ix, err := d.gateIndex(ctx, k.circle)
	if err != nil {
		return nil, nil, err
	}
	cv, err := d.view(ctx, k.circle)
	if err != nil {
		return nil, nil, err
	}
	return func(names []string) (map[string]bool, error) { return cv.view.Used(ctx, names) }, ix, nil
}

// draw draws one of names that is not used and that no index knows: of one word, and of
// two where those run out.
func draw(used used, names []string, known ...*gate.Index) (string, error) {
	drawn := slices.Clone(names)
	rand.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	for range 16 {
		taken, err := used(drawn)
		if err != nil {
			return "", err
		}
		for _, c := range drawn {
			if !taken[c] && !slices.ContainsFunc(known, func(ix *gate.Index) bool { return len(gate.Scan([]byte(c), ix)) > 0 }) {
				return c, nil
			}
		}
		drawn = drawn[:0]
		for range 64 {
			drawn = append(drawn, names[rand.IntN(len(names))]+" "+names[rand.IntN(len(names))])
		}
	}
	return "", fault.New(fault.Busy, "person.no_cover")
}

// gateOptions returns what may pass the gate in a rendered dossier: who may be
// named, and the cover names in it.
func (r *rendered) gateOptions() gate.Options {
	opt := gate.Options{Allowed: r.passing, Accepted: r.accepted()}
	for _, c := range r.Covers {
		opt.Covers = append(opt.Covers, c)
	}
	return opt
}
