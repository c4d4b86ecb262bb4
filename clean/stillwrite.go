package clean

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
)

// property returns a property as it is written; nil if it is left out.
func (s *still) property(b box, essential bool) ([]byte, error) {
	switch b.name {
	case "hvcC":
		body, _, err := hevcConfig(b.body)
		return body, err
	case "av1C":
		return av1Config(b.body)
	case "ispe", "pixi", "irot", "imir", "clap", "pasp", "clli", "mdcv", "a1lx", "a1op", "lsel", "cclv", "amve":
		if len(b.body) <= 128 {
			return b.body, nil
		}
	case "auxC":
		kind, _, _ := bytes.Cut(b.body[min(4, len(b.body)):], []byte{0})
		return append(append(full(0, 0), kind...), 0), nil
	case "colr":
		if len(b.body) >= 11 && string(b.body[:4]) == "nclx" {
			return b.body[:11], nil
		}
		s.removed("colour profile", "ipco", "", len(b.body))
		return nil, nil
	}
	if essential {
		return nil, refuse(Unable, "ipco/"+b.name)
	}
	s.removed("data of a program", "ipco/"+b.name, printable(b.body), len(b.body))
	return nil, nil
}

// write writes the items that are shown, with new numbers for their properties.
func (s *still) write(brands []byte) ([]byte, error) {
	ids := slices.Sorted(maps.Keys(s.items))
	ids = slices.DeleteFunc(ids, func(id uint32) bool { return !s.items[id].visible })
	var props [][]byte
	number := map[int]uint16{} // old to new; 0 is one that is left out
	uses := binary.BigEndian.AppendUint32(full(1, 1), uint32(len(ids)))
	infos := binary.BigEndian.AppendUint32(full(1, 0), uint32(len(ids)))
	refs, data := full(1, 0), [][]byte{}
	for _, id := range ids {
		it := s.items[id]
		kept, f, err := s.use(it, number, &props)
		if err != nil {
			return nil, err
		}
		uses = append(binary.BigEndian.AppendUint32(uses, id), byte(len(kept)))
		for _, p := range kept {
			uses = binary.BigEndian.AppendUint16(uses, p)
		}
		b := it.data
		if it.kind == "hvc1" || it.kind == "av01" {
			if f == nil {
				return nil, refuse(Broken, "ipma")
			}
			if b, err = f(slices.Clone(b)); err != nil {
				return nil, err
			}
		}
		data = append(data, b)
		infe := append(binary.BigEndian.AppendUint32(full(3, 0), id), 0, 0)
		infos = append(infos, boxOf("infe", infe, []byte(it.kind), []byte{0})...)
		for _, kind := range []string{"dimg", "auxl"} {
			if to := s.shown(it.refs[kind]); len(to) > 0 {
				r := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(nil, id), uint16(len(to)))
				for _, t := range to {
					r = binary.BigEndian.AppendUint32(r, t)
				}
				refs = append(refs, boxOf(kind, r)...)
			}
		}
	}
	meta := func(at int64) []byte {
		places := append(full(2, 0), 0x44, 0)
		places = binary.BigEndian.AppendUint32(places, uint32(len(ids)))
		for i, id := range ids {
			places = append(binary.BigEndian.AppendUint32(places, id), 0, 0, 0, 0, 0, 1)
			places = binary.BigEndian.AppendUint32(places, uint32(at))
			places = binary.BigEndian.AppendUint32(places, uint32(len(data[i])))
			at += int64(len(data[i]))
		}
		hdlr := append(append(full(0, 0), 0, 0, 0, 0), append([]byte("pict"), make([]byte, 13)...)...)
		parts := [][]byte{full(0, 0), boxOf("hdlr", hdlr), boxOf("pitm", full(1, 0), binary.BigEndian.AppendUint32(nil, s.primary)), boxOf("iloc", places), boxOf("iinf", infos)}
		if len(refs) > 4 {
			parts = append(parts, boxOf("iref", refs))
		}
		return boxOf("meta", append(parts, boxOf("iprp", boxOf("ipco", props...), boxOf("ipma", uses)))...)
	}
	start := int64(len(brands)+len(meta(0))) + 8
	return slices.Concat(brands, meta(start), boxOf("mdat", data...)), nil
}

func (s *still) shown(ids []uint32) (out []uint32) {
	for _, id := range ids {
		if it := s.items[id]; it != nil && it.visible {
			out = append(out, id)
		}
	}
	return out
}

// use returns the properties of an item by their new numbers, adds those that are
// new to props, and returns the filter of what the item holds.
func (s *still) use(it *stillItem, number map[int]uint16, props *[][]byte) (kept []uint16, f filter, err error) {
	for _, p := range it.props {
		i, essential := int(p&0x7fff), p&0x8000 != 0
		if i == 0 {
			continue
		}
		if i > len(s.props) {
			return nil, nil, refuse(Broken, "ipma")
		}
		b := s.props[i-1]
		if _, known := number[i]; !known {
			body, err := s.property(b, essential)
			if err != nil {
				return nil, nil, err
			}
			number[i] = 0
			if body != nil {
				*props = append(*props, boxOf(b.name, body))
				number[i] = uint16(len(*props))
			}
		}
		switch b.name {
		case "hvcC":
			if _, f, err = hevcConfig(b.body); err != nil {
				return nil, nil, err
			}
		case "av1C":
			f = av1Filter
		}
		if number[i] > 0 {
			kept = append(kept, number[i]|p&0x8000)
		}
	}
	if len(kept) > 255 || len(*props) > 0x7fff {
		return nil, nil, refuse(Broken, "ipma")
	}
	return kept, f, nil
}
