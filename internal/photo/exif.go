package photo

import (
	"bytes"
	"encoding/binary"
)

// orientation finds how the camera was held. What cannot be read means upright.
func (h Head) orientation(body []byte) turn {
	switch h.Format {
	case JPEG:
		return jpegOrientation(body)
	case PNG:
		return pngOrientation(body)
	}
	return webpOrientation(body)
}

func jpegOrientation(body []byte) turn {
	t := upright
	segments(body, func(marker byte, data []byte) bool {
		exif, is := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
		if marker == applicationSegment && is {
			t = tiffOrientation(exif)
			return false
		}
		return true
	})
	return t
}

// pngOrientation looks through the chunks: length, name, data, checksum.
func pngOrientation(body []byte) turn {
	for at := 8; at+12 <= len(body); {
		size := int64(binary.BigEndian.Uint32(body[at:]))
		if size > int64(len(body)-at-12) {
			return upright
		}
		if string(body[at+4:at+8]) == "eXIf" {
			return tiffOrientation(body[at+8 : at+8+int(size)])
		}
		at += 12 + int(size)
	}
	return upright
}

// webpOrientation looks through the chunks: name, length, data, padded to an even length.
func webpOrientation(body []byte) turn {
	for at := 12; at+8 <= len(body); {
		size := int64(binary.LittleEndian.Uint32(body[at+4:]))
		if size > int64(len(body)-at-8) {
			return upright
		}
		if string(body[at:at+4]) == "EXIF" {
			return tiffOrientation(bytes.TrimPrefix(body[at+8:at+8+int(size)], []byte("Exif\x00\x00")))
		}
		at += 8 + int(size+size&1)
	}
	return upright
}

const orientationTag = 0x0112

// tiffOrientation reads the one entry that matters from the first directory of TIFF data.
func tiffOrientation(tiff []byte) turn {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < 8:
		return upright
	case string(tiff[:2]) == "MM":
		order = binary.BigEndian
	case string(tiff[:2]) != "II":
		return upright
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == orientationTag {
			return turnOf(order.Uint16(entries[8:]))
		}
		entries = entries[12:]
	}
	return upright
}
