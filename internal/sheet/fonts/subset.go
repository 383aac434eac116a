package fonts

import (
	"encoding/binary"
	"slices"
)

// Flags of a composite glyph's parts.
const (
	partWords     = 1 << 0
	partScale     = 1 << 3
	partMore      = 1 << 5
	partTwoScales = 1 << 6
	partTransform = 1 << 7
)

// Values of the tables' headers.
const (
	longOffsets    = 1
	microsoft      = 3
	unicodeBasic   = 1
	directoryEntry = 16
)

// Subset gives a TrueType file of just the characters asked for, new bytes with each call: gofpdf writes into the bytes it is
// given. Characters the face lacks are left out. The same characters always give the same bytes.
func (f *Face) Subset(characters []rune) []byte {
	wanted := slices.Clone(characters)
	slices.Sort(wanted)
	wanted = slices.DeleteFunc(slices.Compact(wanted), func(r rune) bool { return !f.Has(r) })
	s := subset{face: f, position: map[uint16]uint16{}}
	s.add(0) // the missing glyph comes first in every font
	for _, r := range wanted {
		s.add(f.glyphs[r])
	}
	for i := 0; i < len(s.glyphs); i++ { // grows while parts are found
		s.addParts(s.glyphs[i])
	}
	return s.write(wanted)
}

// subset is a font in the making: its glyphs in their new order.
type subset struct {
	face     *Face
	glyphs   []uint16          // by new number, the number in the face
	position map[uint16]uint16 // and back
}

func (s *subset) add(glyph uint16) {
	if _, there := s.position[glyph]; there || int(glyph)+1 >= len(s.face.offsets) {
		return
	}
	s.position[glyph] = uint16(len(s.glyphs)) // #nosec G115 -- no more glyphs than the font has
	s.glyphs = append(s.glyphs, glyph)
}

func (s *subset) addParts(glyph uint16) {
	outline := s.face.outline(glyph)
	for at := range parts(outline) {
		s.add(binary.BigEndian.Uint16(outline[at:]))
	}
}

// parts yields where a composite outline names its parts; a simple outline has none.
func parts(outline []byte) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 { // #nosec G115 -- the format has it signed
			return
		}
		for at := 10; at+4 <= len(outline); {
			flags := binary.BigEndian.Uint16(outline[at:])
			if !yield(at+2) || flags&partMore == 0 {
				return
			}
			at += partSize(flags)
		}
	}
}

func partSize(flags uint16) int {
	size := 6
	if flags&partWords != 0 {
		size = 8
	}
	switch {
	case flags&partScale != 0:
		size += 2
	case flags&partTwoScales != 0:
		size += 4
	case flags&partTransform != 0:
		size += 8
	}
	return size
}

// write lays the tables out in the order of their names, as the format asks.
func (s *subset) write(characters []rune) []byte {
	glyf, loca, hmtx := s.outlines()
	tables := []table{
		{"OS/2", s.face.tables["OS/2"]},
		{"cmap", s.characterMap(characters)},
		{"glyf", glyf},
		{"head", patched(s.face.tables["head"], 50, longOffsets)},
		{"hhea", patched(s.face.tables["hhea"], 34, len(s.glyphs))},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", patched(s.face.tables["maxp"], 4, len(s.glyphs))},
		{"name", s.face.tables["name"]},
		{"post", s.face.tables["post"]},
	}
	return assemble(tables)
}

type table struct {
	name string
	data []byte
}

// outlines copies the glyphs, with the parts of composite ones renumbered.
func (s *subset) outlines() (glyf, loca, hmtx []byte) {
	size := 0
	for _, g := range s.glyphs {
		size += len(s.face.outline(g)) + 3
	}
	glyf = make([]byte, 0, size)
	loca = make([]byte, 0, 4*len(s.glyphs)+4)
	hmtx = make([]byte, 0, 4*len(s.glyphs))
	for _, g := range s.glyphs {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))) // #nosec G115 -- embedded fonts have a few MB
		hmtx = append(hmtx, s.face.metrics[4*int(g):4*int(g)+4]...)
		start := len(glyf)
		glyf = append(glyf, s.face.outline(g)...)
		outline := glyf[start:]
		for at := range parts(outline) {
			binary.BigEndian.PutUint16(outline[at:], s.position[binary.BigEndian.Uint16(outline[at:])])
		}
		glyf = pad(glyf)
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), hmtx // #nosec G115 -- as above
}

// characterMap writes a cmap of format 4, a segment for each run of characters whose glyphs run along with them.
func (s *subset) characterMap(characters []rune) []byte {
	type segment struct{ first, last, glyph uint16 }
	var runs []segment
	for _, r := range characters {
		c, g := uint16(r), s.position[s.face.glyphs[r]] // #nosec G115 -- the font has characters below 65536 only
		if n := len(runs); n > 0 && runs[n-1].last+1 == c && runs[n-1].glyph+(c-runs[n-1].first) == g {
			runs[n-1].last = c
			continue
		}
		runs = append(runs, segment{c, c, g})
	}
	runs = append(runs, segment{0xFFFF, 0xFFFF, 0}) // the format wants it last
	n := len(runs)
	out := make([]byte, 0, 28+8*n)
	out = append16(out, 0, 1, microsoft, unicodeBasic, 0, 12)
	search, selector := searchHint(n)
	out = append16(out, 4, 16+8*n, 0, 2*n, 2*search, selector, 2*(n-search))
	for _, r := range runs {
		out = append16(out, int(r.last))
	}
	out = append16(out, 0)
	for _, r := range runs {
		out = append16(out, int(r.first))
	}
	for _, r := range runs {
		out = append16(out, int(r.glyph-r.first))
	}
	return append(out, make([]byte, 2*n)...)
}

// assemble writes the directory and the tables, each on a four-byte boundary and with its checksum.
func assemble(tables []table) []byte {
	size := 12 + directoryEntry*len(tables)
	for _, t := range tables {
		size += len(t.data) + 3
	}
	search, selector := searchHint(len(tables))
	out := make([]byte, 0, size)
	out = append16(out, 1, 0, len(tables), directoryEntry*search, selector, directoryEntry*(len(tables)-search))
	out = append(out, make([]byte, directoryEntry*len(tables))...)
	for i, t := range tables {
		start := len(out)
		out = pad(append(out, t.data...))
		entry := out[12+directoryEntry*i:]
		copy(entry, t.name)
		binary.BigEndian.PutUint32(entry[4:], checksum(out[start:]))
		binary.BigEndian.PutUint32(entry[8:], uint32(start))        // #nosec G115 -- embedded fonts have a few MB
		binary.BigEndian.PutUint32(entry[12:], uint32(len(t.data))) // #nosec G115 -- as above
	}
	return out
}

// searchHint is the largest power of two up to n and its logarithm, which the format repeats for slow machines.
func searchHint(n int) (power, log int) {
	power = 1
	for power*2 <= n {
		power, log = power*2, log+1
	}
	return power, log
}

func checksum(data []byte) (sum uint32) {
	for ; len(data) >= 4; data = data[4:] {
		sum += binary.BigEndian.Uint32(data)
	}
	return sum
}

func append16(out []byte, values ...int) []byte {
	for _, v := range values {
		out = binary.BigEndian.AppendUint16(out, uint16(v)) // #nosec G115 -- the format has 16 bits
	}
	return out
}

func patched(data []byte, at, value int) []byte {
	out := slices.Clone(data)
	binary.BigEndian.PutUint16(out[at:], uint16(value)) // #nosec G115 -- the format has 16 bits
	return out
}

func pad(data []byte) []byte {
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	return data
}
