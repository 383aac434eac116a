package fonts

import (
	"encoding/binary"
	"fmt"
)

// Face is one weight, parsed once and then only read, so that any number of documents may be cut from it at once.
type Face struct {
	tables  map[string][]byte // those that are copied into every subset as they are, or nearly
	glyf    []byte
	offsets []uint32 // of glyph i in glyf: offsets[i] to offsets[i+1]
	metrics []byte   // four bytes a glyph: advance and left side bearing
	glyphs  []uint16 // by rune, 0 where there is none
	perEm   int
}

// parse reads a TrueType file with glyf outlines and a full hmtx table, as the cut tool writes it. The bytes are kept, not copied.
func parse(file []byte) (*Face, error) {
	tables, err := directory(file)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf", "post", "OS/2", "name"} {
		if len(tables[name]) == 0 {
			return nil, fmt.Errorf("read font: no table %q", name)
		}
	}
	f := &Face{tables: tables, glyf: tables["glyf"]}
	if err := f.readMetrics(); err != nil {
		return nil, err
	}
	f.glyphs, err = readCharacterMap(tables["cmap"])
	f.forgetMissing()
	return f, err
}

// forgetMissing takes characters away whose glyph the font does not have after all.
func (f *Face) forgetMissing() {
	for c, glyph := range f.glyphs {
		if int(glyph)+1 >= len(f.offsets) {
			f.glyphs[c] = 0
		}
	}
}

func directory(file []byte) (map[string][]byte, error) {
	if len(file) < 12 || binary.BigEndian.Uint32(file) != 0x00010000 {
		return nil, fmt.Errorf("read font: not a TrueType file")
	}
	n := int(binary.BigEndian.Uint16(file[4:]))
	if len(file) < 12+16*n {
		return nil, fmt.Errorf("read font: cut off within its directory")
	}
	tables := make(map[string][]byte, n)
	for i := range n {
		entry := file[12+16*i:]
		from, size := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if from+size > uint64(len(file)) {
			return nil, fmt.Errorf("read font: table %q reaches beyond the end", entry[:4])
		}
		tables[string(entry[:4])] = file[from : from+size : from+size]
	}
	return tables, nil
}

// readMetrics reads where each glyph is and how wide, and checks that both lie within the file: nothing after this can go
// out of range.
func (f *Face) readMetrics() error {
	head, maxp := f.tables["head"], f.tables["maxp"]
	if len(head) < 54 || len(maxp) < 6 || len(f.tables["hhea"]) < 36 {
		return fmt.Errorf("read font: short head, hhea or maxp")
	}
	f.perEm = int(binary.BigEndian.Uint16(head[18:]))
	count := int(binary.BigEndian.Uint16(maxp[4:]))
	if f.perEm == 0 || count == 0 {
		return fmt.Errorf("read font: %d units an em, %d glyphs", f.perEm, count)
	}
	var err error
	if f.offsets, err = readOffsets(f.tables["loca"], count, binary.BigEndian.Uint16(head[50:]) == 1, len(f.glyf)); err != nil {
		return err
	}
	f.metrics, err = readWidths(f.tables["hmtx"], count, int(binary.BigEndian.Uint16(f.tables["hhea"][34:])))
	return err
}

func readOffsets(loca []byte, count int, long bool, limit int) ([]uint32, error) {
	size := 2
	if long {
		size = 4
	}
	if len(loca) < (count+1)*size {
		return nil, fmt.Errorf("read font: loca has %d bytes for %d glyphs", len(loca), count)
	}
	offsets := make([]uint32, count+1)
	for i := range offsets {
		if long {
			offsets[i] = binary.BigEndian.Uint32(loca[4*i:])
		} else {
			offsets[i] = 2 * uint32(binary.BigEndian.Uint16(loca[2*i:]))
		}
		if int(offsets[i]) > limit || i > 0 && offsets[i] < offsets[i-1] {
			return nil, fmt.Errorf("read font: glyph %d lies outside glyf", i)
		}
	}
	return offsets, nil
}

// readWidths widens the table so that each glyph has its own advance: the last ones may share one in the file.
func readWidths(hmtx []byte, count, full int) ([]byte, error) {
	if full < 1 || full > count || len(hmtx) < 4*full+2*(count-full) {
		return nil, fmt.Errorf("read font: hmtx has %d bytes for %d glyphs", len(hmtx), count)
	}
	if full == count {
		return hmtx[:4*count], nil
	}
	out := make([]byte, 0, 4*count)
	out = append(out, hmtx[:4*full]...)
	advance := hmtx[4*full-4 : 4*full-2]
	for i := range count - full {
		out = append(out, advance...)
		out = append(out, hmtx[4*full+2*i:4*full+2*i+2]...)
	}
	return out, nil
}

// readCharacterMap reads the format 4 table of the basic plane.
func readCharacterMap(cmap []byte) ([]uint16, error) {
	table, err := basicPlane(cmap)
	if err != nil {
		return nil, err
	}
	segments := int(binary.BigEndian.Uint16(table[6:])) / 2
	if len(table) < 16+8*segments {
		return nil, fmt.Errorf("read font: cmap is cut off")
	}
	glyphs := make([]uint16, 1<<16)
	ends, starts := table[14:], table[16+2*segments:]
	deltas, ranges := table[16+4*segments:], table[16+6*segments:]
	next := 0
	for s := range segments {
		first, last := int(binary.BigEndian.Uint16(starts[2*s:])), int(binary.BigEndian.Uint16(ends[2*s:]))
		if first < next || last < first {
			return nil, fmt.Errorf("read font: cmap segment %d is out of order", s)
		}
		next = last + 1
		delta, offset := binary.BigEndian.Uint16(deltas[2*s:]), int(binary.BigEndian.Uint16(ranges[2*s:]))
		for c := first; c <= last && c < 0xFFFF; c++ {
			if offset == 0 {
				glyphs[c] = uint16(c) + delta // #nosec G115 -- the table has characters below 65536 only
				continue
			}
			at := 2*s + offset + 2*(c-first)
			if at+2 <= len(ranges) && binary.BigEndian.Uint16(ranges[at:]) != 0 {
				glyphs[c] = binary.BigEndian.Uint16(ranges[at:]) + delta
			}
		}
	}
	return glyphs, nil
}

func basicPlane(cmap []byte) ([]byte, error) {
	if len(cmap) < 4 || len(cmap) < 4+8*int(binary.BigEndian.Uint16(cmap[2:])) {
		return nil, fmt.Errorf("read font: cmap is cut off")
	}
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		entry := cmap[4+8*i:]
		platform, offset := binary.BigEndian.Uint16(entry), int(binary.BigEndian.Uint32(entry[4:]))
		if (platform == 0 || platform == 3) && offset+14 <= len(cmap) && binary.BigEndian.Uint16(cmap[offset:]) == 4 {
			return cmap[offset:], nil
		}
	}
	return nil, fmt.Errorf("read font: cmap has no table of format 4")
}

// Has reports whether the face can draw a character.
func (f *Face) Has(r rune) bool { return r >= 0 && int(r) < len(f.glyphs) && f.glyphs[r] != 0 }

// Advance is how far a character moves the pen, in thousandths of the font size. What the face lacks is as wide as its
// missing-glyph box.
func (f *Face) Advance(r rune) int {
	var glyph uint16
	if r >= 0 && int(r) < len(f.glyphs) {
		glyph = f.glyphs[r]
	}
	return int(binary.BigEndian.Uint16(f.metrics[4*int(glyph):])) * 1000 / f.perEm
}

// outline gives the bytes of a glyph; empty for a space.
func (f *Face) outline(glyph uint16) []byte { return f.glyf[f.offsets[glyph]:f.offsets[glyph+1]] }
