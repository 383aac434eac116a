package photo

import (
	"image"
	"image/color"
	"image/draw"

	xdraw "golang.org/x/image/draw"
)

// turn is how a picture has to be turned to stand upright: mirrored first, then by quarters clockwise.
type turn struct {
	mirrored bool
	quarters int
}

var upright = turn{}

// turnOf reads the eight orientations of EXIF.
func turnOf(orientation uint16) turn {
	if orientation < 1 || orientation > 8 {
		return upright
	}
	return [...]turn{{false, 0}, {true, 0}, {false, 2}, {true, 2}, {true, 3}, {false, 1}, {true, 1}, {false, 3}}[orientation-1]
}

func (t turn) apply(p *image.RGBA) *image.RGBA {
	if t == upright {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	turned := image.NewRGBA(image.Rect(0, 0, w, h))
	if t.quarters%2 == 1 {
		turned = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := t.place(x, y, w, h)
			turned.SetRGBA(tx, ty, p.RGBAAt(x, y))
		}
	}
	return turned
}

// place tells where a pixel of a picture of w by h goes.
func (t turn) place(x, y, w, h int) (int, int) {
	if t.mirrored {
		x = w - 1 - x
	}
	for range t.quarters {
		x, y, w, h = h-1-y, x, h, w
	}
	return x, y
}

// shrink makes a picture whose longer side is at most side, on white. Whole numbers of pixels are averaged first, a strip at a
// time, so that a large picture is never in memory twice.
func shrink(p image.Image, side int) *image.RGBA {
	b := p.Bounds()
	by := max(1, max(b.Dx(), b.Dy())/side)
	small := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/by), max(1, b.Dy()/by)))
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), min(by, b.Dy())))
	white := image.NewUniform(color.White)
	for y := range small.Rect.Dy() {
		draw.Draw(strip, strip.Rect, white, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, p, image.Pt(b.Min.X, b.Min.Y+y*by), draw.Over)
		for x := range small.Rect.Dx() {
			small.SetRGBA(x, y, average(strip, image.Rect(x*by, 0, min((x+1)*by, b.Dx()), strip.Rect.Dy())))
		}
	}
	w, h := small.Rect.Dx(), small.Rect.Dy()
	if max(w, h) <= side {
		return small
	}
	fitted := image.NewRGBA(image.Rect(0, 0, max(1, w*side/max(w, h)), max(1, h*side/max(w, h))))
	xdraw.ApproxBiLinear.Scale(fitted, fitted.Rect, small, small.Rect, draw.Src, nil)
	return fitted
}

// average is the mean of the pixels of a part of an opaque picture.
func average(p *image.RGBA, part image.Rectangle) color.RGBA {
	var r, g, b, n uint32
	for y := part.Min.Y; y < part.Max.Y; y++ {
		row := p.Pix[p.PixOffset(part.Min.X, y) : p.PixOffset(part.Max.X-1, y)+4]
		for i := 0; i < len(row); i += 4 {
			r, g, b, n = r+uint32(row[i]), g+uint32(row[i+1]), b+uint32(row[i+2]), n+1
		}
	}
	half := n / 2
	return color.RGBA{uint8((r + half) / n), uint8((g + half) / n), uint8((b + half) / n), 255} // #nosec G115 -- a mean of bytes is a byte
}
