// Package fonts carries the two weights of Noto Sans SC that the papers are set in, and cuts from them, for each document, a
// TrueType font of just the characters it uses. gofpdf parses a font anew for every document and has no way to be handed a
// parsed one: parsing the whole font is four fifths of its time, parsing such a cut is almost nothing.
//
// The files are cut once, from the static fonts of npm's @expo-google-fonts/noto-sans-sc 0.4.3, with
//
//	go run ./internal/sheet/fonts/cut -from DIRECTORY -to internal/sheet/fonts
//
// to the 8,105 characters of 通用规范汉字表 that lie in the basic plane, GB2312, the common traditional characters (Big5,
// level 1: people from Hong Kong, Macao and Taiwan have them in their names), and the symbols of GBK. They are under the SIL Open Font
// License 1.1 (OFL.txt).
package fonts

import (
	_ "embed"
	"fmt"
)

//go:embed regular.ttf
var regular []byte

//go:embed bold.ttf
var bold []byte

// Family is the two weights, parsed.
type Family struct {
	Regular *Face
	Bold    *Face
}

// Load parses the embedded fonts; some milliseconds, once at start-up.
func Load() (*Family, error) {
	r, err := parse(regular)
	if err != nil {
		return nil, fmt.Errorf("load regular weight: %w", err)
	}
	b, err := parse(bold)
	if err != nil {
		return nil, fmt.Errorf("load bold weight: %w", err)
	}
	return &Family{Regular: r, Bold: b}, nil
}

// Cut gives a TrueType file of the characters asked for out of any TrueType file with glyf outlines; for the cut tool.
func Cut(file []byte, characters []rune) ([]byte, error) {
	face, err := parse(file)
	if err != nil {
		return nil, err
	}
	return face.Subset(characters), nil
}
