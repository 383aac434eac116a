// Package photo makes evidence of what a phone sends: a picture of a size that can be kept and shown, upright, without anything
// that a camera writes beside it (place, owner, thumbnail), and the fingerprints by which the same picture is found again.
//
// What comes in is hostile until it is a picture. Its kind, its size and the memory that it would take are read from its first
// bytes and refused there; only then is it decoded.
package photo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"fugong/internal/fault"
)

// The limits of what is taken in. A decoded picture, and what its decoder needs beside it, fit into MostMemory.
const (
	MostBytes  = 10 << 20
	mostPixels = 40_000_000
	longest    = 20_000    // pixels of one side
	MostMemory = 200 << 20 // bytes
)

// What is kept of a picture.
const (
	keptSide  = 1600
	keptBytes = 350_000
)

// Photo is a picture as it is kept. SHA256 is that of JPEG; Hash stays alike when the picture is saved again or shrunk.
type Photo struct {
	JPEG          []byte
	Width, Height int
	SHA256        [sha256.Size]byte
	Hash          Hash
}

// Format is a kind of picture.
type Format string

// The formats that are taken.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	WebP Format = "webp"
)

// Head is what the first bytes of a picture say of it. Memory is how many bytes decoding it takes, at most.
type Head struct {
	Format        Format
	Width, Height int
	Memory        int64
	turn          turn
}

// Inspect reads what a picture is without decoding it. It returns a fault.Invalid for what is no picture or too large a one.
func Inspect(body []byte) (Head, error) {
	if len(body) > MostBytes {
		return Head{}, refused("照片不能超过 10 MB")
	}
	h := Head{Format: formatOf(body)}
	config, err := h.config(body)
	if h.Format == "" || err != nil {
		return Head{}, refused("不是可以识别的照片，应为 JPEG、PNG 或 WebP")
	}
	h.Width, h.Height = config.Width, config.Height
	if h.Width < 1 || h.Height < 1 || max(h.Width, h.Height) > longest || h.Width*h.Height > mostPixels {
		return Head{}, refused("照片不能超过 4000 万像素，边长不能超过 20000 像素")
	}
	if h.Memory, err = h.memory(body, config); err != nil {
		return Head{}, err
	}
	if h.Memory > MostMemory {
		return Head{}, refused("照片太大，请缩小后再传")
	}
	h.turn = h.orientation(body)
	return h, nil
}

// Develop decodes a picture that Inspect has passed and makes of it what is kept. It returns a fault.Invalid when the picture is
// broken further on.
func Develop(body []byte, h Head) (Photo, error) {
	decoded, err := h.decode(body)
	if err != nil {
		return Photo{}, refused("照片已损坏，无法打开")
	}
	kept := h.turn.apply(shrink(decoded, keptSide))
	p := Photo{Hash: hashOf(kept)}
	if p.JPEG, kept, err = compress(kept); err != nil {
		return Photo{}, err
	}
	p.Width, p.Height = kept.Rect.Dx(), kept.Rect.Dy()
	p.SHA256 = sha256.Sum256(p.JPEG)
	return p, nil
}

func refused(message string) error {
	return &fault.Error{Kind: fault.Invalid, Message: message, Fields: map[string]string{"photo": message}}
}

func formatOf(body []byte) Format {
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case len(body) > 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP":
		return WebP
	}
	return ""
}

func (h Head) config(body []byte) (config image.Config, err error) {
	defer recovered(&err)
	r := bytes.NewReader(body)
	switch h.Format {
	case JPEG:
		return jpeg.DecodeConfig(r)
	case PNG:
		return png.DecodeConfig(r)
	case WebP:
		return webp.DecodeConfig(r)
	}
	return config, nil
}

func (h Head) decode(body []byte) (decoded image.Image, err error) {
	defer recovered(&err)
	r := bytes.NewReader(body)
	switch h.Format {
	case JPEG:
		decoded, err = jpeg.Decode(r)
	case PNG:
		decoded, err = png.Decode(r)
	case WebP:
		decoded, err = webp.Decode(r)
	}
	if err == nil && (decoded == nil || decoded.Bounds().Dx() != h.Width || decoded.Bounds().Dy() != h.Height) {
		err = fmt.Errorf("the picture is not of the size that it says")
	}
	return decoded, err
}

// recovered makes an error of a decoder's panic: what breaks a decoder is a broken picture.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("decoder: %v", r)
	}
}

// compress writes a picture as JPEG of a size that can be kept, in the best quality that fits; where none does, smaller.
func compress(p *image.RGBA) ([]byte, *image.RGBA, error) {
	for {
		var b bytes.Buffer
		for _, quality := range []int{82, 68, 55, 42} {
			b.Reset()
			if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
				return nil, nil, fmt.Errorf("encode photo: %w", err)
			}
			if b.Len() <= keptBytes {
				return b.Bytes(), p, nil
			}
		}
		p = shrink(p, max(p.Bounds().Dx(), p.Bounds().Dy())*3/4)
	}
}
