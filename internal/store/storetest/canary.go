package storetest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Disguises gives the bytes as which a text leaks: in the encodings that files and databases use, as base64 wherever in it the
// text begins, as hex, and as addresses and JSON escape it.
func Disguises(tb testing.TB, secret string) map[string][]byte {
	tb.Helper()
	var utf16le, utf16be []byte
	escaped := ""
	for _, u := range utf16.Encode([]rune(secret)) {
		utf16le = binary.LittleEndian.AppendUint16(utf16le, u)
		utf16be = binary.BigEndian.AppendUint16(utf16be, u)
		escaped += fmt.Sprintf(`\u%04x`, u)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(secret))
	if err != nil {
		tb.Fatal(err)
	}
	small := hex.EncodeToString([]byte(secret))
	forms := map[string][]byte{
		"UTF-8": []byte(secret), "UTF-16LE": utf16le, "UTF-16BE": utf16be, "GBK": gbk, "hex": []byte(small), "HEX": []byte(strings.ToUpper(small)),
		"address": []byte(url.QueryEscape(secret)), "JSON": []byte(escaped),
	}
	for shift := range 3 {
		forms[fmt.Sprintf("base64+%d", shift)] = shifted(secret, shift, base64.RawStdEncoding)
		forms[fmt.Sprintf("base64url+%d", shift)] = shifted(secret, shift, base64.RawURLEncoding)
	}
	return forms
}

// shifted is as much of a text's base64 as does not depend on what stands before and after, when shift bytes stand before it.
func shifted(secret string, shift int, encoding *base64.Encoding) []byte {
	encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
	first := (shift*8 + 5) / 6
	whole := (shift + len(secret)) * 8 / 6
	return []byte(encoded[first:whole])
}

// Leaks names the secrets that stand in some content, and as what. It looks into archives, which workbooks are.
func Leaks(tb testing.TB, content []byte, secrets ...string) []string {
	tb.Helper()
	content = append(slices.Clone(content), archived(tb, content)...)
	var found []string
	for _, secret := range secrets {
		forms := Disguises(tb, secret)
		for _, form := range slices.Sorted(maps.Keys(forms)) {
			if bytes.Contains(content, forms[form]) {
				found = append(found, secret+" as "+form)
			}
		}
	}
	return found
}

func archived(tb testing.TB, content []byte) []byte {
	tb.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	var all bytes.Buffer
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			tb.Fatal(err)
		}
	}
	return all.Bytes()
}
