package sheet

import "fugong/internal/fault"

// ParseCopy reads which edition is wanted; empty means Internal. Anything else gives a fault.Invalid.
func ParseCopy(text string) (Copy, error) {
	switch Copy(text) {
	case "", Internal:
		return Internal, nil
	case Posted:
		return Posted, nil
	}
	return "", fault.New(fault.Invalid, "没有“%s”这种版本，应为 internal（内部）或 posted（公示）", text)
}

// Chinese names the copy on pages and in messages.
func (c Copy) Chinese() string {
	if c == Posted {
		return "公示版"
	}
	return "内部版"
}
