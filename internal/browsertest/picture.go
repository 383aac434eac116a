package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"slices"

	"github.com/chromedp/chromedp"
)

// mostColours is how many colours a palette of PNG holds.
const mostColours = 256

// Picture photographs what is in the window, in as many colours as a palette holds: for documents, to which every byte counts.
func (p *Page) Picture() []byte {
	p.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	p.must("photograph the window", err)
	full, err := png.Decode(bytes.NewReader(shot))
	p.must("read the picture", err)
	few := image.NewPaletted(full.Bounds(), paletteOf(full))
	draw.Draw(few, few.Bounds(), full, full.Bounds().Min, draw.Src)
	var packed bytes.Buffer
	p.must("pack the picture", (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&packed, few))
	return packed.Bytes()
}

// paletteOf gives the most frequent colours of a picture. Pages are drawn in few; the rest are edges of letters, and near to one.
func paletteOf(im image.Image) color.Palette {
	counts := map[color.RGBA]int{}
	b := im.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[color.RGBAModel.Convert(im.At(x, y)).(color.RGBA)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range frequent[:min(mostColours, len(frequent))] {
		palette = append(palette, c)
	}
	return palette
}
