package intake

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
)

// loadStrings reads the shared strings; a workbook without text has none. Phonetic hints are left out.
func (b *workbook) loadStrings(part string) error {
	var text strings.Builder
	reading, phonetic := false, false
	err := b.scan(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				text.Reset()
			case "rPh":
				phonetic = true
			case "t":
				reading = !phonetic
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				b.strings = append(b.strings, unescape(text.String()))
			case "rPh":
				phonetic = false
			case "t":
				reading = false
			}
		case xml.CharData:
			if reading {
				text.Write(e)
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}

// loadStyles finds the styles that show a number as a percentage: typed 75%, such a cell holds 0.75.
func (b *workbook) loadStyles(part string) error {
	const percent, percent2 = "9", "10" // the built-in formats 0% and 0.00%
	shown := map[string]bool{percent: true, percent2: true}
	inCells := false
	err := b.scan(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				shown[attribute(e, "numFmtId")] = strings.Contains(attribute(e, "formatCode"), "%")
			case "cellXfs":
				inCells = true
			case "xf":
				if inCells {
					b.percents = append(b.percents, shown[attribute(e, "numFmtId")])
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inCells = false
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}

// unescape undoes _x000D_, by which a workbook writes characters that XML may not hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if i+7 <= len(s) && s[i+6] == '_' {
			if code, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(code))
				s = s[i+7:]
				continue
			}
		}
		b.WriteString("_x")
		s = s[i+2:]
	}
}
