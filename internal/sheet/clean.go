package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fugong/internal/sheet/fonts"
)

// Runes with a meaning of their own on the paper. The tick boxes are drawn as lines, never as glyphs: a font that lacks them shows its
// missing-glyph box, which looks like a crossed tick box.
const (
	replacement = '〓' // stands where a character cannot be printed
	openBox     = '☐'
	tickedBox   = '☑'
)

// printable makes any text fit to be printed: tabs become spaces, line ends become \n, and what the face cannot draw, what lies
// beyond the basic plane (gofpdf fails on it) and what is not UTF-8 (gofpdf panics) becomes 〓. It lists what it replaced, in order:
// U+20BB7, or 0xFF for a byte that belongs to no character.
func printable(text string, face *fonts.Face) (string, []string) {
	if clean(text, face) {
		return text, nil
	}
	var out strings.Builder
	var replaced []string
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\t':
			out.WriteByte(' ')
		case r == '\r':
			out.WriteByte('\n')
		case r == utf8.RuneError && size == 1:
			out.WriteRune(replacement)
			replaced = append(replaced, fmt.Sprintf("0x%02X", text[i]))
		case !drawable(r, face):
			out.WriteRune(replacement)
			replaced = append(replaced, fmt.Sprintf("U+%04X", r))
		default:
			out.WriteRune(r)
		}
		i += size
	}
	return out.String(), replaced
}

func clean(text string, face *fonts.Face) bool {
	for _, r := range text {
		if !drawable(r, face) { // of bytes that are no UTF-8, range makes U+FFFD, which no face has
			return false
		}
	}
	return true
}

func drawable(r rune, face *fonts.Face) bool {
	return r == '\n' || r == openBox || r == tickedBox || face.Has(r)
}
