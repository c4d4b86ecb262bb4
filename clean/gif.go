package clean

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"io"
)

// cleanGIF keeps pictures, how long each is shown, and whether they are shown
// again.
func cleanGIF(j *job, b []byte) ([]byte, error) {
	g := &gif{job: j, in: b, at: 13}
	if len(b) < 13 {
		return nil, refuse(Broken, "")
	}
	g.out.WriteString("GIF89a")
	g.out.Write(b[6:13])
	if err := g.colours(b[10]); err != nil {
		return nil, err
	}
	for {
		kind, err := g.take(1)
		if err != nil {
			return nil, err
		}
		switch kind[0] {
		case ';':
			g.out.WriteByte(';')
			if rest := len(b) - g.at; rest > 0 {
				j.removed("bytes after the end", "", "", rest)
			}
			if g.pictures == 0 {
				return nil, refuse(Broken, "")
			}
			return g.out.Bytes(), nil
		case ',':
			err = g.picture()
		case '!':
			err = g.extension()
		default:
			err = refuse(Broken, "")
		}
		if err != nil {
			return nil, err
		}
	}
}

// A gif is one that is being cleaned.
type gif struct {
	*job
	in       []byte
	at       int
	out      bytes.Buffer
	pictures int
}

func (g *gif) take(n int) ([]byte, error) {
	if n > len(g.in)-g.at {
		return nil, refuse(Broken, "")
	}
	g.at += n
	return g.in[g.at-n : g.at], nil
}

// colours copies the table of colours that flags announce.
func (g *gif) colours(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	table, err := g.take(3 << (1 + flags&7))
	g.out.Write(table)
	return err
}

// blocks returns what a row of blocks holds.
func (g *gif) blocks() ([]byte, error) {
	var all []byte
	for {
		n, err := g.take(1)
		if err != nil || n[0] == 0 {
			return all, err
		}
		part, err := g.take(int(n[0]))
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
}

func (g *gif) writeBlocks(b []byte) {
	for len(b) > 0 {
		n := min(len(b), 255)
		g.out.WriteByte(byte(n))
		g.out.Write(b[:n])
		b = b[n:]
	}
	g.out.WriteByte(0)
}

func (g *gif) extension() error {
	label, err := g.take(1)
	if err != nil {
		return err
	}
	body, err := g.blocks()
	if err != nil {
		return err
	}
	switch {
	case label[0] == 0xf9 && len(body) == 4:
		g.out.Write([]byte{'!', 0xf9})
		g.writeBlocks(body)
	case label[0] == 0xff && len(body) == 14 && string(body[:11]) == "NETSCAPE2.0" && body[11] == 1:
		g.out.WriteString("!\xff\x0bNETSCAPE2.0")
		g.writeBlocks(body[11:14])
	case label[0] == 0xfe:
		g.removed("comment", "", string(body), len(body))
	default:
		g.removed("data of a program", "", string(body), len(body))
	}
	return nil
}

// picture copies a picture, without what may follow its pixels.
func (g *gif) picture() error {
	head, err := g.take(9)
	if err != nil {
		return err
	}
	g.out.WriteByte(',')
	g.out.Write(head)
	if err := g.colours(head[8]); err != nil {
		return err
	}
	width, err := g.take(1)
	if err != nil {
		return err
	}
	data, err := g.blocks()
	if err != nil {
		return err
	}
	if width[0] < 2 || width[0] > 8 {
		return refuse(Broken, "")
	}
	in := bytes.NewReader(data)
	z := lzw.NewReader(in, lzw.LSB, int(width[0]))
	defer z.Close()
	pixels := int64(binary.LittleEndian.Uint16(head[4:])) * int64(binary.LittleEndian.Uint16(head[6:]))
	n, err := io.CopyN(io.Discard, z, pixels)
	if err != nil && err != io.ErrUnexpectedEOF && n == 0 {
		return refuse(Broken, "")
	}
	if n < pixels && err != io.EOF && err != io.ErrUnexpectedEOF {
		return refuse(Broken, "")
	}
	var one [1]byte
	if more, _ := z.Read(one[:]); more > 0 {
		return refuse(Unable, "")
	}
	if in.Len() > 0 {
		g.removed("bytes after the pixels", "", "", in.Len())
	}
	g.out.Write(width)
	g.writeBlocks(data[:len(data)-in.Len()])
	g.pictures++
	return nil
}
