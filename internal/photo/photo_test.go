package photo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"fugong/internal/fault"
	"fugong/internal/photo"
)

// scene is a picture that is different in each corner: red on the left above, green on the right, blue below, white on the right.
func scene(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	corners := []color.RGBA{{200, 0, 0, 255}, {0, 200, 0, 255}, {0, 0, 200, 255}, {200, 200, 200, 255}}
	for y := range h {
		for x := range w {
			c := corners[2*(2*y/h)+2*x/w]
			c.R += uint8(x * 50 / w)
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

func jpegOf(tb testing.TB, p image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 90}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(tb testing.TB, p image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// a 1 by 1 lossy WebP of another maker.
const webpDot = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"

func webpOf(tb testing.TB) []byte {
	tb.Helper()
	b, err := base64.StdEncoding.DecodeString(webpDot)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func develop(tb testing.TB, body []byte) photo.Photo {
	tb.Helper()
	h, err := photo.Inspect(body)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := photo.Develop(body, h)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func open(tb testing.TB, p photo.Photo) image.Image {
	tb.Helper()
	decoded, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		tb.Fatal(err)
	}
	if decoded.Bounds().Dx() != p.Width || decoded.Bounds().Dy() != p.Height {
		tb.Fatalf("%v, said to be %d by %d", decoded.Bounds(), p.Width, p.Height)
	}
	return decoded
}

// at is the colour of a place given in hundredths of the picture: r, g, b or w, whichever it is most like.
func at(p image.Image, x, y int) string {
	r, g, b, _ := p.At(x*p.Bounds().Dx()/100, y*p.Bounds().Dy()/100).RGBA()
	switch {
	case r > 0x8000 && g > 0x8000 && b > 0x8000:
		return "w"
	case r > 0x8000:
		return "r"
	case g > 0x8000:
		return "g"
	case b > 0x8000:
		return "b"
	}
	return "?"
}

// corners reads the four colours row by row.
func corners(p image.Image) string {
	return at(p, 25, 25) + at(p, 75, 25) + at(p, 25, 75) + at(p, 75, 75)
}

func TestDevelopFits(t *testing.T) {
	tests := []struct {
		w, h, wantW, wantH int
	}{{4000, 3000, 1600, 1200}, {3000, 4000, 1200, 1600}, {1600, 1200, 1600, 1200}, {640, 480, 640, 480}, {1601, 10, 1600, 9}, {20000, 4, 1600, 1}, {1, 1, 1, 1}}
	for _, tt := range tests {
		p := develop(t, jpegOf(t, scene(tt.w, tt.h)))
		if p.Width != tt.wantW || p.Height != tt.wantH || len(p.JPEG) > 350_000 {
			t.Errorf("%d by %d becomes %d by %d in %d bytes, want %d by %d", tt.w, tt.h, p.Width, p.Height, len(p.JPEG), tt.wantW, tt.wantH)
		}
		if got := corners(open(t, p)); tt.h > 100 && got != "rgbw" {
			t.Errorf("%d by %d: corners %s", tt.w, tt.h, got)
		}
	}
}

func TestDevelopTakesAllFormats(t *testing.T) {
	if got := corners(open(t, develop(t, pngOf(t, scene(200, 100))))); got != "rgbw" {
		t.Errorf("PNG: %s", got)
	}
	glass := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	if got := corners(open(t, develop(t, pngOf(t, glass)))); got != "wwww" {
		t.Errorf("what is transparent becomes %s, want white", got)
	}
	develop(t, webpOf(t))
	deep := image.NewNRGBA64(image.Rect(0, 0, 30, 20))
	develop(t, pngOf(t, deep))
	grey := image.NewGray(image.Rect(0, 0, 30, 20))
	develop(t, jpegOf(t, grey))
}

// Noise does not compress, yet it has to fit.
func TestDevelopKeepsNoiseSmall(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 1600, 1600))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p.Pix {
		p.Pix[i] = uint8(r.Uint32() | uint32(i%4/3*255))
	}
	got := develop(t, jpegOf(t, p))
	if len(got.JPEG) > 350_000 || got.Width < 400 {
		t.Errorf("%d bytes, %d wide", len(got.JPEG), got.Width)
	}
}

// exif is TIFF data that says how the camera was held, and where.
func exif(order binary.ByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	if order == binary.ByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*\x00\x00\x00\x08")
	}
	put := func(v uint16) { b = binary.BigEndian.AppendUint16(b, v) }
	if order == binary.ByteOrder(binary.LittleEndian) {
		put = func(v uint16) { b = binary.LittleEndian.AppendUint16(b, v) }
	}
	put(2)
	for _, v := range []uint16{0x010f, 2, 0, 0, 0, 0, 0x0112, 3} {
		put(v)
	}
	if order == binary.ByteOrder(binary.BigEndian) {
		put(0)
		put(1)
	} else {
		put(1)
		put(0)
	}
	put(orientation)
	put(0)
	return append(b, "GPSLatitude 32.0"...)
}

func withExif(body, tiff []byte) []byte {
	tiff = append([]byte("Exif\x00\x00"), tiff...)
	segment := append([]byte{0xff, 0xe1, byte((len(tiff) + 2) >> 8), byte(len(tiff) + 2)}, tiff...)
	return append(append(bytes.Clone(body[:2]), segment...), body[2:]...)
}

func TestDevelopTurnsUpright(t *testing.T) {
	// What is stored for each orientation, so that it is rgbw when it stands upright.
	for i, stored := range []string{"rgbw", "grwb", "wbgr", "bwrg", "rbgw", "gwrb", "wgbr", "brwg"} {
		small := image.NewRGBA(image.Rect(0, 0, 320, 160))
		if i >= 4 {
			small = image.NewRGBA(image.Rect(0, 0, 160, 320))
		}
		colours := map[byte]color.RGBA{'r': {255, 0, 0, 255}, 'g': {0, 255, 0, 255}, 'b': {0, 0, 255, 255}, 'w': {255, 255, 255, 255}}
		for y := range small.Rect.Dy() {
			for x := range small.Rect.Dx() {
				small.SetRGBA(x, y, colours[stored[2*(2*y/small.Rect.Dy())+2*x/small.Rect.Dx()]])
			}
		}
		for _, order := range []binary.ByteOrder{binary.BigEndian, binary.LittleEndian} {
			p := develop(t, withExif(jpegOf(t, small), exif(order, uint16(i+1))))
			if got := corners(open(t, p)); got != "rgbw" || p.Width != 320 || p.Height != 160 {
				t.Errorf("orientation %d: %s, %d by %d", i+1, got, p.Width, p.Height)
			}
			if bytes.Contains(p.JPEG, []byte("GPS")) || bytes.Contains(p.JPEG, []byte("Exif")) {
				t.Errorf("orientation %d: where it was taken is kept", i+1)
			}
		}
	}
	tall := image.NewRGBA(image.Rect(0, 0, 20, 10))
	chunk := append([]byte("eXIf"), exif(binary.BigEndian, 6)...)
	chunk = binary.BigEndian.AppendUint32(append(binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4)), chunk...), crc32.ChecksumIEEE(chunk))
	body := pngOf(t, tall)
	if p := develop(t, append(append(bytes.Clone(body[:33]), chunk...), body[33:]...)); p.Width != 10 || p.Height != 20 {
		t.Errorf("a PNG on its side is %d by %d", p.Width, p.Height)
	}
}

func TestInspectRefuses(t *testing.T) {
	bomb := pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(bomb[16:], 20000)
	binary.BigEndian.PutUint32(bomb[20:], 20000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	deep := bytes.Clone(bomb)
	binary.BigEndian.PutUint32(deep[16:], 6000)
	binary.BigEndian.PutUint32(deep[20:], 6000)
	deep[24], deep[25] = 16, 6
	binary.BigEndian.PutUint32(deep[29:], crc32.ChecksumIEEE(deep[12:29]))
	small := jpegOf(t, scene(40, 30))
	scans := append(bytes.Clone(small), bytes.Repeat([]byte{0xff, 0xda, 0, 8}, 200)...)
	progressive := bytes.Clone(small)
	frame := bytes.Index(progressive, []byte{0xff, 0xc0})
	progressive[frame+1] = 0xc2 // its coefficients would be kept, too
	binary.BigEndian.PutUint16(progressive[frame+5:], 5000)
	binary.BigEndian.PutUint16(progressive[frame+7:], 6000)
	tests := []struct {
		name string
		body []byte
		says string
	}{
		{"nothing", nil, "不是"},
		{"words", []byte("hello"), "不是"},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "不是"},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "不是"},
		{"a page that begins like a picture", []byte("\xff\xd8\xff<script>alert(1)</script>"), "不是"},
		{"half a head", small[:10], "不是"},
		{"too many bytes", append(bytes.Clone(small), make([]byte, photo.MostBytes)...), "10 MB"},
		{"too many pixels", bomb, "4000 万"},
		{"too deep", deep, "太大"},
		{"progressive and large", progressive, "太大"},
		{"over and over again", scans, "编码方式"},
	}
	for _, tt := range tests {
		_, err := photo.Inspect(tt.body)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	half := jpegOf(t, scene(400, 300))
	half = half[:len(half)*3/4]
	h, err := photo.Inspect(half)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := photo.Develop(half, h); fault.KindOf(err) != fault.Invalid {
		t.Errorf("half a picture: %v", err)
	}
}

// Limits are read without decoding: that a bomb is refused takes next to nothing.
func TestInspectAllocatesLittle(t *testing.T) {
	body := jpegOf(t, scene(4000, 3000))
	if n := testing.AllocsPerRun(5, func() {
		if _, err := photo.Inspect(body); err != nil {
			t.Fatal(err)
		}
	}); n > 100 {
		t.Errorf("%v allocations", n)
	}
}

func TestHashKnowsThePictureAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	busy := func() *image.RGBA {
		p := scene(1200, 900)
		for range 60 {
			x, y, c := r.IntN(1100), r.IntN(800), color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
			for dy := range 100 {
				for dx := range 100 {
					p.SetRGBA(x+dx, y+dy, c)
				}
			}
		}
		return p
	}
	first := busy()
	once := develop(t, pngOf(t, first))
	again := develop(t, once.JPEG)
	if once.SHA256 == again.SHA256 || once.Hash.Distance(again.Hash) > 5 {
		t.Errorf("the same picture saved again is %d bits away", once.Hash.Distance(again.Hash))
	}
	if other := develop(t, pngOf(t, busy())); other.Hash.Distance(once.Hash) < 10 {
		t.Errorf("another picture is only %d bits away", other.Hash.Distance(once.Hash))
	}
	if twice := develop(t, pngOf(t, first)); twice.SHA256 != once.SHA256 {
		t.Error("the same bytes give two pictures")
	}
	if h, err := photo.ParseHash(once.Hash.String()); err != nil || h != once.Hash {
		t.Errorf("%s is read as %s, %v", once.Hash, h, err)
	}
	for _, bad := range []string{"", "1", "+000000000000001", "zzzzzzzzzzzzzzzz", "ABCDEF0123456789"} {
		if _, err := photo.ParseHash(bad); err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}

func FuzzPhoto(f *testing.F) {
	small := scene(24, 16)
	f.Add(jpegOf(f, small))
	f.Add(pngOf(f, small))
	f.Add(webpOf(f))
	f.Add(withExif(jpegOf(f, small), exif(binary.BigEndian, 6)))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := photo.Inspect(body)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if h.Memory > photo.MostMemory || h.Width*h.Height > 1<<20 { // large ones take long
			return
		}
		p, err := photo.Develop(body, h)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		if err == nil && (max(p.Width, p.Height) > 1600 || len(p.JPEG) > 350_000) {
			t.Fatalf("%d by %d, %d bytes", p.Width, p.Height, len(p.JPEG))
		}
	})
}
