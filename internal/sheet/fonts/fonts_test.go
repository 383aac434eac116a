package fonts

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
)

func load(t testing.TB) *Family {
	t.Helper()
	family, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return family
}

func TestStandardCharactersAreCovered(t *testing.T) {
	text, err := os.ReadFile("cut/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	standard := []rune(strings.Join(strings.Fields(string(text)), ""))
	if got, want := len(standard), 8105; got != want {
		t.Fatalf("the table has %d characters, want %d", got, want)
	}
	family := load(t)
	for _, r := range standard {
		if r <= 0xFFFF && (!family.Regular.Has(r) || !family.Bold.Has(r)) {
			t.Errorf("%c U+%04X is missing", r, r)
		}
	}
}

func TestNamesAndSymbolsAreCovered(t *testing.T) {
	family := load(t)
	const wanted = "䶮㛃犇喆囍昇堃陳張劉黃①⑳℃㎡≥≤×÷±·—…〔〕《》（）〓，。、；：？！“”‘’％＋－Aaé²³µ"
	for _, r := range wanted {
		if !family.Regular.Has(r) || !family.Bold.Has(r) {
			t.Errorf("%c U+%04X is missing", r, r)
		}
	}
	for _, r := range []rune{-1, 0x10FFFF, 0x20BB7, '\uFFFF', unicode.MaxRune + 1} {
		if family.Regular.Has(r) {
			t.Errorf("claims to have U+%X", r)
		}
	}
}

func TestSubsetDrawsTheSame(t *testing.T) {
	family := load(t)
	for name, face := range map[string]*Face{"regular": family.Regular, "bold": family.Bold} {
		characters := []rune("工地复工核查表 é ö ½ 0123456789 Ａ①㎡ﾟ王小明阿卜杜拉·买买提\U00020BB7")
		cut, err := parse(face.Subset(characters))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range characters {
			if got, want := cut.Has(r), face.Has(r); got != want {
				t.Fatalf("%s: has %c: got %v, want %v", name, r, got, want)
			}
			if got, want := cut.Advance(r), face.Advance(r); got != want {
				t.Errorf("%s: advance of %c: got %d, want %d", name, r, got, want)
			}
			if face.Has(r) && !sameOutline(cut, cut.glyphs[r], face, face.glyphs[r]) {
				t.Errorf("%s: outline of %c differs", name, r)
			}
		}
		if cut.Has('国') {
			t.Errorf("%s: holds a character nobody asked for", name)
		}
	}
}

// sameOutline compares two glyphs, going into the parts of composite ones, whose numbers differ from file to file.
func sameOutline(a *Face, ga uint16, b *Face, gb uint16) bool {
	x, y := slices.Clone(a.outline(ga)), slices.Clone(b.outline(gb))
	x, y = bytes.TrimRight(x, "\x00"), bytes.TrimRight(y, "\x00")
	for at := range parts(x) {
		if at+2 > len(y) || !sameOutline(a, binary.BigEndian.Uint16(x[at:]), b, binary.BigEndian.Uint16(y[at:])) {
			return false
		}
		copy(x[at:], y[at:at+2])
	}
	return bytes.Equal(x, y)
}

// The shipped fonts have no composite glyphs; a font of a later version may.
func TestCompositeGlyphsBringTheirParts(t *testing.T) {
	face, err := parse(load(t).Regular.Subset([]rune("ab¨")))
	if err != nil {
		t.Fatal(err)
	}
	composite := []byte{0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0}
	composite = append16(composite, partMore|partWords|partScale, int(face.glyphs['b']), 0, 0, 0)
	composite = append16(composite, partTwoScales, int(face.glyphs['¨']), 0, 0, 0)
	composite = append(composite, 0, 0)
	face.glyf = append(slices.Clone(face.glyf), composite...)
	face.offsets = append(slices.Clone(face.offsets), uint32(len(face.glyf)))
	face.metrics = append(slices.Clone(face.metrics), 1, 0, 0, 0)
	face.glyphs['复'] = uint16(len(face.offsets) - 2)

	cut, err := parse(face.Subset([]rune("复a")))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(cut.offsets)-1, 5; got != want { // missing, a, 复 and its two parts
		t.Errorf("got %d glyphs, want %d", got, want)
	}
	if !sameOutline(cut, cut.glyphs['复'], face, face.glyphs['复']) {
		t.Error("the parts differ")
	}
	if got, want := cut.Advance('复'), 256; got != want {
		t.Errorf("advance: got %d, want %d", got, want)
	}
}

func TestSubsetsAreEqualAndApart(t *testing.T) {
	face := load(t).Regular
	want := face.Subset([]rune("复工复产"))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got := face.Subset([]rune("产工复"))
			if !bytes.Equal(got, want) {
				t.Error("order or repetition of the characters changes the bytes")
			}
			clear(got) // as gofpdf may: it must not reach the face
		})
	}
	all.Wait()
}

func TestEmptySubset(t *testing.T) {
	if _, err := parse(load(t).Regular.Subset(nil)); err != nil {
		t.Fatal(err)
	}
}

func FuzzCut(f *testing.F) {
	face := load(f).Regular
	small := face.Subset([]rune("a复é"))
	f.Add(small, 0, byte(0))
	f.Add(small[:100], 12, byte(0xFF))
	f.Fuzz(func(t *testing.T, file []byte, at int, value byte) {
		if at >= 0 && at < len(file) {
			file[at] = value
		}
		if cut, err := Cut(file, []rune("a复é")); err == nil && len(cut) == 0 {
			t.Error("neither a font nor an error")
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSubset(b *testing.B) {
	face := load(b).Regular
	var characters []rune
	for r := range face.glyphs {
		if face.Has(rune(r)) && len(characters) < 500 && r > 0x4E00 {
			characters = append(characters, rune(r))
		}
	}
	for b.Loop() {
		face.Subset(characters)
	}
}
