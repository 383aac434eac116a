package photo

import (
	"bytes"
	"image"
	"image/color"
)

// mostScans is how often a JPEG may go over the whole picture. A few bytes say that once more; real ones do it about ten times.
const mostScans = 100

// memory is how many bytes the decoder will take for the picture, at most.
func (h Head) memory(body []byte, config image.Config) (int64, error) {
	pixels := int64(h.Width) * int64(h.Height)
	switch h.Format {
	case JPEG:
		if bytes.Count(body, []byte{0xff, startOfScan}) > mostScans {
			return 0, refused("照片的编码方式无法接受，请另存后再传")
		}
		f, ok := frameOf(body)
		if !ok {
			return 0, refused("照片已损坏，无法打开")
		}
		return pixels * f.samples16 / 16, nil
	case PNG:
		size := pngSample(config.ColorModel)
		if interlaced := len(body) > 28 && body[28] != 0; interlaced {
			size *= 2 // each pass is a picture of its own
		}
		return pixels * size, nil
	}
	return pixels * 5, nil // WebP: four bytes and what they are made of
}

// pngSample is how many bytes a pixel of a PNG takes.
func pngSample(m color.Model) int64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.RGBAModel, color.NRGBAModel:
		return 4
	}
	return 1 // a palette
}

// The markers of a JPEG that mean something here.
const (
	startOfFrame       = 0xc0
	extendedFrame      = 0xc1
	progressiveFrame   = 0xc2
	startOfImage       = 0xd8
	endOfImage         = 0xd9
	startOfScan        = 0xda
	applicationSegment = 0xe1
)

// frame is how a JPEG is laid out: samples16 is sixteen times the bytes that a pixel takes while it is decoded.
type frame struct{ samples16 int64 }

// frameOf finds the one frame of a JPEG, before its first scan.
func frameOf(body []byte) (f frame, found bool) {
	segments(body, func(marker byte, data []byte) bool {
		if marker < startOfFrame || marker > progressiveFrame {
			return true
		}
		if len(data) < 6 || len(data) < 6+3*int(data[5]) || data[5] == 0 {
			return false
		}
		f, found = newFrame(data[6:6+3*int(data[5])], marker == progressiveFrame), true
		return false
	})
	return f, found
}

// newFrame reads the sampling of each component. A progressive picture is kept whole in coefficients of four bytes, too.
func newFrame(components []byte, progressive bool) frame {
	var all, widest, highest int64
	for i := 0; i < len(components); i += 3 {
		across, down := int64(components[i+1]>>4), int64(components[i+1]&15)
		all, widest, highest = all+across*down, max(widest, across), max(highest, down)
	}
	f := frame{16 * all / max(1, widest*highest)}
	if len(components) == 12 {
		f.samples16 += 16 * 4 // black is put in at the end, into a picture of its own
	}
	if progressive {
		f.samples16 *= 5
	}
	return f
}

// segments visits the segments of a JPEG up to its first scan, as lenient about what stands between them as the decoder is.
func segments(body []byte, visit func(marker byte, data []byte) (more bool)) {
	for i := 2; i+1 < len(body); {
		if body[i] != 0xff {
			i++
			continue
		}
		marker := body[i+1]
		switch {
		case marker == 0xff:
			i++
			continue
		case marker == 0 || marker >= 0xd0 && marker <= startOfImage:
			i += 2
			continue
		case marker == endOfImage || marker == startOfScan || i+4 > len(body):
			return
		}
		size := int(body[i+2])<<8 | int(body[i+3])
		if size < 2 || i+2+size > len(body) || !visit(marker, body[i+4:i+2+size]) {
			return
		}
		i += 2 + size
	}
}
