package intake

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"fugong/internal/fault"
)

// decodeText gives the text of a CSV file, whatever of the usual encodings it has.
func decodeText(name string, content []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(content, []byte("\xef\xbb\xbf")); ok {
		content = rest
	} else if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", fault.New(fault.Invalid, "文件“%s”的 UTF-16 编码有误，请另存为 UTF-8 编码的 CSV", name)
		}
		content = utf16
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return "", fault.New(fault.Invalid, "文件“%s”含有空字符，不是文本表格；请另存为 .xlsx 或 UTF-8 编码的 CSV", name)
	}
	if utf8.Valid(content) {
		return string(content), nil
	}
	if mostlyUTF8(content) {
		return strings.ToValidUTF8(string(content), "\ufffd"), nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
	if err != nil {
		return "", fault.New(fault.Invalid, "文件“%s”的编码既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 编码的 CSV", name)
	}
	return string(text), nil
}

// mostlyUTF8 tells a UTF-8 file with a few broken bytes, such as a name cut in the middle of a character, from one in
// GB18030, where next to nothing is valid UTF-8 by chance.
func mostlyUTF8(content []byte) bool {
	good, bad := 0, 0
	for len(content) > 0 {
		r, n := utf8.DecodeRune(content)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n >= 3:
			good++
		}
		content = content[n:]
	}
	return good > 20*bad
}
