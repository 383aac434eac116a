package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"fugong/internal/calendar"
)

// Stamp is a time as a cell gives it. DateOnly says that it named a day without a clock; At is then the first instant of it.
type Stamp struct {
	At       calendar.Instant
	Date     calendar.Date
	DateOnly bool
}

const timeWanted = "请写成 2022-05-05 07:30"

// The years a time may be in; a number outside is a typing error or no date at all.
const (
	firstYear = 1990
	lastYear  = 2200
)

var (
	civilDate    = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})((?:\s*[日号])?)(.*)$`)
	compactDate  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})()(.*)$`)
	yearless     = regexp.MustCompile(`^\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?(\D|$)`)
	yearLast     = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}(\D|$)`)
	colonClock   = regexp.MustCompile(`^(\d{1,2})\s*:\s*(\d{1,2})(?:\s*:\s*(\d{1,2})(?:\.(\d{1,9}))?)?$`)
	chineseClock = regexp.MustCompile(`^(\d{1,2})\s*[时点]\s*整?(?:(\d{1,2})\s*分?\s*(?:(\d{1,2})\s*秒?)?)?()$`)
	compactClock = regexp.MustCompile(`^(\d{2})(\d{2})(\d{2})?()$`)
	zoneSuffix   = regexp.MustCompile(`\s*(z|[+-]\d{2}:?\d{2})$`)
	weekday      = regexp.MustCompile(`\(?(星期|周)[一二三四五六日天]\)?`)
	halves       = regexp.MustCompile(`凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|晚间|夜间|am|pm`)
	serialText   = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
)

// ParseTime reads a time of any of the formats people use; a time without a zone is of loc. A fault is a *Flaw of
// TIME_FORMAT.
func ParseTime(c Cell, loc *time.Location) (Stamp, error) {
	if at, ok := parsePlain(c.Text, loc); ok {
		return at, nil
	}
	if c.Serial || serialText.MatchString(c.Text) {
		return parseSerial(c, loc)
	}
	text := strings.ToLower(norm.NFKC.String(c.Text))
	text = strings.TrimSpace(weekday.ReplaceAllString(text, " "))
	date := civilDate.FindStringSubmatch(text)
	if date == nil {
		date = compactDate.FindStringSubmatch(text)
	}
	if date == nil {
		return Stamp{}, notATime(c.Text, text)
	}
	day, ok := civilDay(date[1], date[2], date[3])
	if !ok {
		return Stamp{}, NewFlaw(TimeFormat, "%s不是日历上有的日期，%s", Quote(c.Text), timeWanted)
	}
	rest, compact := date[5], len(date[0])-len(date[5]) == 8
	if !compact && date[4] == "" && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return Stamp{}, NewFlaw(TimeFormat, "%s的日期和时间之间缺空格，%s", Quote(c.Text), timeWanted)
	}
	return parseClock(c.Text, day, rest, loc)
}

func notATime(found, text string) error {
	switch {
	case yearLast.MatchString(text):
		return NewFlaw(TimeFormat, "%s的年份不是四位或不在最前，分不清年月日，%s", Quote(found), timeWanted)
	case yearless.MatchString(text):
		return NewFlaw(TimeFormat, "%s没有年份，%s", Quote(found), timeWanted)
	}
	return NewFlaw(TimeFormat, "%s不是能识别的时间，%s", Quote(found), timeWanted)
}

// parsePlain reads 2006-01-02 15:04 and 2006-01-02 15:04:05, which most cells hold, without a regular expression.
func parsePlain(s string, loc *time.Location) (Stamp, bool) {
	if len(s) != 16 && len(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' {
		return Stamp{}, false
	}
	n := [6]int{}
	for i, at := range [6]int{0, 5, 8, 11, 14, 17} {
		width := 2
		if i == 0 {
			width = 4
		}
		if at >= len(s) {
			break
		}
		if i == 5 && s[16] != ':' {
			return Stamp{}, false
		}
		for _, b := range []byte(s[at : at+width]) {
			if b < '0' || b > '9' {
				return Stamp{}, false
			}
			n[i] = n[i]*10 + int(b-'0')
		}
	}
	day, ok := onCalendar(n[0], n[1], n[2])
	if !ok || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return Stamp{}, false
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, loc)
	return Stamp{At: calendar.Moment(t), Date: day}, true
}

func onCalendar(year, month, day int) (calendar.Date, bool) {
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > 31 {
		return calendar.Date{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return calendar.Day(year, time.Month(month), day), t.Day() == day
}

func civilDay(year, month, day string) (time.Time, bool) {
	y, m, d := atoi(year), atoi(month), atoi(day)
	_, ok := onCalendar(y, m, d)
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), ok
}

// atoi reads digits that a pattern has already found; an absent group is 0.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// parseClock reads what follows the date: nothing, a clock, a half of the day, a zone.
func parseClock(found string, day time.Time, rest string, loc *time.Location) (Stamp, error) {
	from := loc
	iso := strings.HasPrefix(strings.TrimSpace(rest), "t")
	rest = strings.TrimLeft(rest, " t,")
	if rest == "" {
		d := calendar.Day(day.Year(), day.Month(), day.Day())
		return Stamp{At: d.Start(loc), Date: d, DateOnly: true}, nil
	}
	// 07:30-08:00 is from half past seven to eight, not a time in America.
	if zone := zoneSuffix.FindString(rest); zone != "" && (iso || strings.Count(strings.TrimSuffix(rest, zone), ":") == 2) {
		rest, from = strings.TrimSuffix(rest, zone), offset(strings.TrimSpace(zone))
	}
	half := halves.FindString(rest)
	if half != "" {
		rest = strings.Replace(rest, half, "", 1)
	}
	rest = strings.TrimSpace(rest)
	clock := firstMatch(rest, colonClock, chineseClock, compactClock)
	if clock == nil {
		return Stamp{}, NewFlaw(TimeFormat, "%s里的钟点不能识别，%s", Quote(found), timeWanted)
	}
	hour, ok := hourOf(atoi(clock[1]), half)
	minute, second := atoi(clock[2]), atoi(clock[3])
	whole := hour == 24 && minute == 0 && second == 0
	if !ok || minute > 59 || second > 59 || hour > 23 && !whole {
		return Stamp{}, NewFlaw(TimeFormat, "%s里没有这样的钟点，%s", Quote(found), timeWanted)
	}
	nanos := atoi((clock[4] + "000000000")[:9])
	t := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, nanos, from)
	if year := t.In(loc).Year(); year < firstYear || year > lastYear {
		return Stamp{}, notATime(found, "")
	}
	at := calendar.Moment(t)
	return Stamp{At: at, Date: calendar.On(at, loc)}, nil
}

func firstMatch(s string, patterns ...*regexp.Regexp) []string {
	for _, p := range patterns {
		if m := p.FindStringSubmatch(s); m != nil {
			return m
		}
	}
	return nil
}

func offset(zone string) *time.Location {
	if zone == "z" {
		return time.UTC
	}
	digits := strings.ReplaceAll(zone[1:], ":", "")
	seconds := atoi(digits[:2])*3600 + atoi(digits[2:])*60
	if zone[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

// hourOf turns an hour with a half of the day into one of 24. It fails where both contradict each other, or where 12 could
// be either end of the night.
func hourOf(hour int, half string) (int, bool) {
	switch half {
	case "":
		return hour, true
	case "凌晨", "清晨", "早晨", "早上", "上午", "am":
		return hour % 12, hour <= 12
	case "中午":
		if hour >= 1 && hour <= 3 {
			return hour + 12, true
		}
		return hour, hour >= 10 && hour <= 15
	case "傍晚", "晚上", "晚间", "夜间":
		if hour >= 4 && hour <= 11 {
			return hour + 12, true
		}
		return hour, hour >= 16
	}
	if hour < 12 {
		hour += 12
	}
	return hour, true
}

// parseSerial reads a spreadsheet's date serial: days since the end of 1899 (1903 in some workbooks), to the nearest second.
// A stored number that is written like a date, such as 20220505, is one.
func parseSerial(c Cell, loc *time.Location) (Stamp, error) {
	if m := compactDate.FindStringSubmatch(c.Text); m != nil {
		return ParseTime(Cell{Text: c.Text}, loc)
	}
	serial, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || serial < 0 || serial > 110_000 {
		return Stamp{}, NewFlaw(TimeFormat, "数字%s不是日期，%s", Quote(c.Text), timeWanted)
	}
	days := math.Floor(serial)
	seconds := int(math.Round((serial - days) * 86400))
	if c.Date1904 {
		days += 1462
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	if t.Year() < firstYear || t.Year() > lastYear {
		return Stamp{}, NewFlaw(TimeFormat, "数字%s换算成日期是%d年，不像真的，%s", Quote(c.Text), t.Year(), timeWanted)
	}
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
	whole := seconds == 0 && serial == days-float64(epochShift(c))
	return Stamp{At: calendar.Moment(local), Date: calendar.Day(t.Year(), t.Month(), t.Day()), DateOnly: whole}, nil
}

func epochShift(c Cell) int {
	if c.Date1904 {
		return 1462
	}
	return 0
}

// FormatTime writes an instant so that ParseTime gives exactly it back; no instant is empty.
func FormatTime(at calendar.Instant, loc *time.Location) string {
	if at.IsZero() {
		return ""
	}
	text := at.In(loc).Format("2006-01-02 15:04:05.999999")
	if back, err := ParseTime(Cell{Text: text}, loc); err == nil && back.At == at {
		return text
	}
	return at.RFC3339(loc) // the clock shows this time twice that day, or the year is not an ordinary one
}
