// Command cut makes the two font files of package fonts out of the whole fonts, once, when their version or the set of characters
// changes; its result is committed. standard.txt is 通用规范汉字表 (State Council, 2013), all 8,105 characters in the table's order.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"fugong/internal/sheet/fonts"
)

//go:embed standard.txt
var standard string

// further are characters of names and of papers that the standards below leave out.
const further = "䶮㛃囍囧犇喆昇堃峯囯淸喦菓慤恵栢濬燿畧皞竝荘葊衞仝亖乄㎡㎥℃℉㎎㎏㎜㎝㎞㏄ℓ‰≥≤≠≈×÷±·—…〔〕《》「」『』【】〓￥￡①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳²³µ°′″•‘’“”–▲△●○■□◆★☆√→←↑↓※№"

func main() {
	from := flag.String("from", "", "directory of the unpacked npm package")
	to := flag.String("to", ".", "directory to write to")
	flag.Parse()
	for source, target := range map[string]string{
		"400Regular/NotoSansSC_400Regular.ttf": "regular.ttf",
		"700Bold/NotoSansSC_700Bold.ttf":       "bold.ttf",
	} {
		if err := cut(filepath.Join(*from, source), filepath.Join(*to, target)); err != nil {
			log.Fatal(err)
		}
	}
}

func cut(source, target string) error {
	whole, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("read whole font: %w", err)
	}
	small, err := fonts.Cut(whole, characters())
	if err != nil {
		return fmt.Errorf("cut %s: %w", source, err)
	}
	if err := os.WriteFile(target, small, 0o644); err != nil {
		return fmt.Errorf("write font: %w", err)
	}
	log.Printf("%s: %d bytes of %d", target, len(small), len(whole))
	return nil
}

// characters lists what the papers may print; what the whole font lacks of it is left out.
func characters() []rune {
	out := []rune(standard + further)
	for r := rune(0x20); r < 0x250; r++ { // ASCII and Latin, for the names of foreigners
		out = append(out, r)
	}
	for r := rune(0xFF01); r <= 0xFFE5; r++ { // full-width forms
		out = append(out, r)
	}
	gb, big5 := simplifiedchinese.GBK, traditionalchinese.Big5
	out = append(out, block(gb, 0xB0, 0xF7, 0xA1, 0xFE)...)   // GB2312
	out = append(out, block(gb, 0xA1, 0xA9, 0x40, 0xFE)...)   // symbols
	out = append(out, block(big5, 0xA4, 0xC6, 0x40, 0x7E)...) // Big5, level 1, whose rows have a gap in the middle
	return append(out, block(big5, 0xA4, 0xC6, 0xA1, 0xFE)...)
}

// block lists the characters of a two-byte encoding between the given first and second bytes.
func block(e encoding.Encoding, firstFrom, firstTo, secondFrom, secondTo byte) []rune {
	var out []rune
	for a := int(firstFrom); a <= int(firstTo); a++ {
		for b := int(secondFrom); b <= int(secondTo); b++ {
			text, err := e.NewDecoder().Bytes([]byte{byte(a), byte(b)})
			if r := []rune(string(text)); err == nil && len(r) == 1 && r[0] != '\uFFFD' {
				out = append(out, r[0])
			}
		}
	}
	return out
}
