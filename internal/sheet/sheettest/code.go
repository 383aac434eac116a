// Package sheettest looks at printed sheets as whoever holds the paper does.
package sheettest

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Code draws the first page of a PDF as a cheap printer would, reads the QR code from the picture with another's decoder and gives
// what it says. As a telephone does with picture after picture, it tries again a little nearer: of some fifty clean pictures the
// decoder gives up on one. Without pdftoppm the test is skipped, but on CI it fails.
func Code(tb testing.TB, pdf []byte) string {
	tb.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal("pdftoppm (poppler-utils) is missing")
		}
		tb.Skip("pdftoppm (poppler-utils) is missing")
	}
	var err error
	for _, dpi := range []string{"150", "160", "180"} {
		text, failed := read(firstPage(tb, pdf, dpi))
		if failed == nil {
			return text
		}
		err = failed
	}
	tb.Fatalf("no code can be read from the page: %v", err)
	return ""
}

func read(picture image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

func firstPage(tb testing.TB, pdf []byte, dpi string) image.Image {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sheet.pdf"), pdf, 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command("pdftoppm", "-r", dpi, "-png", "-f", "1", "-l", "1", "-singlefile", "sheet.pdf", "page")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("pdftoppm: %v, %s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "page.png"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		tb.Fatal(err)
	}
	return picture
}
