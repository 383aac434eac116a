package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fugong/internal/sheet/fonts"
)

// breakLines cuts text into lines of at most width thousandths of the font size and appends them to lines. Joined together the
// lines are the text again, less its \n: no character is lost. Chinese may break between any two characters but for the rules of
// 避头尾 (no closing mark begins a line, no opening mark ends one). A number stays with its unit and a day with its hour
// (2022-05-04 07:00); a word, a number or a document number stays whole unless it is longer than a line. Spaces at the end
// of a line may hang over.
func breakLines(lines []string, text string, width int, face *fonts.Face) []string {
	for {
		paragraph, rest, more := strings.Cut(text, "\n")
		lines = breakParagraph(lines, paragraph, width, face)
		if !more {
			return lines
		}
		text = rest
	}
}

// breakParagraph fills line after line: at each character that does not fit it goes back to the last place where a break
// is allowed, or, where the line has none, breaks right there.
func breakParagraph(lines []string, text string, width int, face *fonts.Face) []string {
	start, allowed := 0, 0      // of the line, and of the last place for a break in it
	filled, filledThere := 0, 0 // how wide the line is, and was at that place
	glued := 0                  // up to where a unit belongs to its number
	before, earlier := rune(0), rune(0)
	for i, r := range text {
		if i > start && i >= glued {
			if n := unitAt(before, text[i:]); n > 0 {
				glued = i + n
			} else if mayBreak(before, r) && !(before == ' ' && digit(earlier) && digit(r)) {
				allowed, filledThere = i, filled
			}
		}
		advance := advanceOf(r, face)
		if filled+advance > width && r != ' ' && i > start {
			if allowed > start {
				lines = append(lines, text[start:allowed])
				start, filled = allowed, filled-filledThere
			}
			for filled+advance > width && i > start {
				at := forcedBreak(text, start, i)
				lines = append(lines, text[start:at])
				start, filled = at, widthOf(text[at:i], face)
			}
			allowed, filledThere = start, 0
		}
		filled += advance
		before, earlier = r, before
	}
	return append(lines, text[start:])
}

// forcedBreak is where a line without any place for a break is broken: before the character that does not fit, or a little
// earlier if that spares the next line a closing mark at its start.
func forcedBreak(text string, start, at int) int {
	for i := at; i > start; {
		before, size := utf8.DecodeLastRuneInString(text[start:i])
		after, _ := utf8.DecodeRuneInString(text[i:])
		if !closes(after) && !opens(before) {
			return i
		}
		i -= size
	}
	return at
}

func advanceOf(r rune, face *fonts.Face) int {
	if r == openBox || r == tickedBox {
		return 1000
	}
	return face.Advance(r)
}

func widthOf(text string, face *fonts.Face) int {
	width := 0
	for _, r := range text {
		width += advanceOf(r, face)
	}
	return width
}

// mayBreak reports whether a line may end between two characters that are not a number and its unit.
func mayBreak(before, after rune) bool {
	switch {
	case closes(after) || after == ' ' || opens(before):
		return false
	case before == ' ':
		return true
	}
	return !(inWord(before) && inWord(after))
}

// closes reports whether a character must not begin a line.
func closes(r rune) bool {
	switch r {
	case '。', '，', '、', '；', '：', '！', '？', '）', '」', '』', '》', '〉', '】', '〕', '］', '｝', '’', '”', '…', '—', '·', '～', '％', '‰', '℃', '℉', '㎡', '²', '³', '々',
		',', '.', ';', ':', '!', '?', ')', ']', '}', '%', '/', '／', '．':
		return true
	}
	return false
}

// opens reports whether a character must not end a line.
func opens(r rune) bool {
	switch r {
	case '（', '「', '『', '《', '〈', '【', '〔', '［', '｛', '‘', '“', '(', '[', '{', '￥', '$', '№', '≥', '≤', '±', '第', openBox, tickedBox:
		return true
	}
	return false
}

// inWord reports whether a character is part of a word, a number or a document number, which are kept whole.
func inWord(r rune) bool {
	if r < 0x80 {
		return r > ' ' && r != '(' && r != '[' && r != '{' && r != ')' && r != ']' && r != '}'
	}
	return r < 0x2000 && unicode.IsLetter(r)
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

// unitAt gives how many bytes of text are a unit that belongs to the number before it; 0 when there is none.
func unitAt(before rune, text string) int {
	if !digit(before) {
		return 0
	}
	first, size := utf8.DecodeRuneInString(text)
	switch first {
	case '人', '间', '项', '处', '次', '天', '日', '月', '年', '时', '分', '秒', '个', '名', '张', '床', '米', '升', '元', '级', '号', '层', '台', '份', '只', '瓶', '岁', '倍', '页', '条', '栋', '幢', '室', '楼':
		return size
	case '小', '平', '毫', '工':
		for _, unit := range []string{"小时", "平方米", "毫克", "毫米", "毫升", "工作日"} {
			if strings.HasPrefix(text, unit) {
				return len(unit)
			}
		}
	}
	return 0
}
