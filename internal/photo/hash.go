package photo

import (
	"fmt"
	"image"
	"math/bits"
	"strconv"
)

// Hash is a perceptual fingerprint: for each of eight rows of nine cells, whether a cell is darker than the next. Pictures that look the same
// differ in few of its 64 bits.
type Hash uint64

// String writes the hash as 16 hexadecimal digits.
func (h Hash) String() string { return fmt.Sprintf("%016x", uint64(h)) }

// ParseHash reads what String wrote.
func ParseHash(text string) (Hash, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || Hash(n).String() != text {
		return 0, fmt.Errorf("parse photo hash %q", text)
	}
	return Hash(n), nil
}

// Distance is in how many of 64 bits two hashes differ: up to about 5 for the same picture saved again, about 32 for two that
// have nothing to do with each other.
func (h Hash) Distance(other Hash) int { return bits.OnesCount64(uint64(h ^ other)) }

func hashOf(p *image.RGBA) Hash {
	var h Hash
	for y := range 8 {
		left := brightness(p, 0, y)
		for x := range 8 {
			right := brightness(p, x+1, y)
			h <<= 1
			if left < right {
				h |= 1
			}
			left = right
		}
	}
	return h
}

// brightness is how bright one of nine by eight cells is.
func brightness(p *image.RGBA, x, y int) int {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	part := image.Rect(x*w/9, y*h/8, (x+1)*w/9, (y+1)*h/8)
	part.Max.X, part.Max.Y = max(part.Max.X, part.Min.X+1), max(part.Max.Y, part.Min.Y+1)
	c := average(p, part)
	return 299*int(c.R) + 587*int(c.G) + 114*int(c.B)
}
