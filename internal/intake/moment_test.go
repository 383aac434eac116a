package intake_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"fugong/internal/calendar"
	"fugong/internal/intake"
)

func TestParseTime(t *testing.T) {
	text := func(s string) intake.Cell { return intake.Cell{Text: s} }
	number := func(s string) intake.Cell { return intake.Cell{Text: s, Serial: true} }
	tests := []struct {
		cell intake.Cell
		want string // in UTC+8; a date alone is a date alone
	}{
		{text("2022-05-05 07:30"), "2022-05-05 07:30:00"},
		{text("2022-05-05 07:30:15"), "2022-05-05 07:30:15"},
		{text("2022-05-05 07:30:15.25"), "2022-05-05 07:30:15.25"},
		{text("2022-05-05  7:30"), "2022-05-05 07:30:00"},
		{text("2022/5/5 7:30"), "2022-05-05 07:30:00"},
		{text("2022.5.5 07:30"), "2022-05-05 07:30:00"},
		{text("2022.05.24 08:00"), "2022-05-24 08:00:00"},
		{text("20220505073000"), "2022-05-05 07:30:00"},
		{text("202205050730"), "2022-05-05 07:30:00"},
		{text("20220505 07:30"), "2022-05-05 07:30:00"},
		{text("20220505T073000"), "2022-05-05 07:30:00"},
		{text("20220505"), "2022-05-05"},
		{number("20220505"), "2022-05-05"},
		{number("20220505073000"), "2022-05-05 07:30:00"},
		{text("2022年5月5日 7时30分"), "2022-05-05 07:30:00"},
		{text("2022年5月5日7时30分15秒"), "2022-05-05 07:30:15"},
		{text("2022 年 5 月 5 日 7 时 30 分"), "2022-05-05 07:30:00"},
		{text("2022年5月5号 7点"), "2022-05-05 07:00:00"},
		{text("2022年5月5日7点整"), "2022-05-05 07:00:00"},
		{text("2022年5月5日 07:30"), "2022-05-05 07:30:00"},
		{text("2022年05月05日"), "2022-05-05"},
		{text("2022-05-05 星期四 07:30"), "2022-05-05 07:30:00"},
		{text("2022-05-05（周四）07:30"), "2022-05-05 07:30:00"},
		{text("２０２２－０５－０５ ０７：３０"), "2022-05-05 07:30:00"},
		{text("2022-05-05 上午7:30"), "2022-05-05 07:30:00"},
		{text("2022-05-05 下午 3:30"), "2022-05-05 15:30:00"},
		{text("2022年5月5日下午3时30分"), "2022-05-05 15:30:00"},
		{text("2022-05-05 下午15:30"), "2022-05-05 15:30:00"},
		{text("2022-05-05 上午12:10"), "2022-05-05 00:10:00"},
		{text("2022-05-05 下午12:10"), "2022-05-05 12:10:00"},
		{text("2022-05-05 中午12:10"), "2022-05-05 12:10:00"},
		{text("2022-05-05 中午1点"), "2022-05-05 13:00:00"},
		{text("2022-05-05 晚上8:00"), "2022-05-05 20:00:00"},
		{text("2022-05-05 凌晨2:00"), "2022-05-05 02:00:00"},
		{text("2022-05-05 3:30 PM"), "2022-05-05 15:30:00"},
		{text("2022-05-05 24:00"), "2022-05-06 00:00:00"},
		{text("2022-05-05T07:30:00+08:00"), "2022-05-05 07:30:00"},
		{text("2022-05-05T07:30:00+0800"), "2022-05-05 07:30:00"},
		{text("2022-05-04T23:30:00Z"), "2022-05-05 07:30:00"},
		{text("2022-05-04T23:30:00.5Z"), "2022-05-05 07:30:00.5"},
		{text("2022-05-05T07:30"), "2022-05-05 07:30:00"},
		{text("2022-05-04 18:30:00 -05:00"), "2022-05-05 07:30:00"},
		{text("44686.3125"), "2022-05-05 07:30:00"},
		{number("44686.3125"), "2022-05-05 07:30:00"},
		{number("44686.3194444445"), "2022-05-05 07:40:00"},
		{number("44669.3333333333"), "2022-04-18 08:00:00"},
		{number("44686.9999999"), "2022-05-06 00:00:00"},
		{number("44686"), "2022-05-05"},
		{intake.Cell{Text: "43224.3125", Serial: true, Date1904: true}, "2022-05-05 07:30:00"},
		{intake.Cell{Text: "43224", Serial: true, Date1904: true}, "2022-05-05"},
		{text("2020-02-29 00:00"), "2020-02-29 00:00:00"},
	}
	for _, tt := range tests {
		got, err := intake.ParseTime(tt.cell, shanghai())
		if err != nil {
			t.Errorf("%q: %v", tt.cell.Text, err)
			continue
		}
		layout := "2006-01-02 15:04:05.999"
		if got.DateOnly {
			layout = time.DateOnly
		}
		if shown := got.At.In(shanghai()).Format(layout); shown != tt.want {
			t.Errorf("%q: got %s, want %s", tt.cell.Text, shown, tt.want)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	tests := []struct {
		text   string
		serial bool
		says   string
	}{
		{"5月5日 7:30", false, "没有年份"},
		{"05-05 07:30", false, "没有年份"},
		{"5.5", false, "没有年份"},
		{"5/5/2022 7:30", false, "分不清年月日"},
		{"22/5/5", false, "分不清年月日"},
		{"昨天下午", false, "不是能识别的时间"},
		{"2022-02-29 07:30", false, "不是日历上有的日期"},
		{"2022-13-05", false, "不是日历上有的日期"},
		{"20220230", false, "不是日历上有的日期"},
		{"1022-05-05", false, "不是日历上有的日期"},
		{"2022-05-05 25:00", false, "没有这样的钟点"},
		{"2022-05-05 24:01", false, "没有这样的钟点"},
		{"2022-05-05 07:60", false, "没有这样的钟点"},
		{"2022-05-05 上午13:00", false, "没有这样的钟点"},
		{"2022-05-05 晚上12:00", false, "没有这样的钟点"},
		{"2022-05-05 7", false, "钟点不能识别"},
		{"2022-05-05 07:30-08:00", false, "钟点不能识别"},
		{"2022-05-05 07:30-08:00-09", false, "钟点不能识别"},
		{"2022-05-0507:30", false, "缺空格"},
		{"7", true, "不像真的"},
		{"999999", true, "不是日期"},
		{"2222-05-05 07:30", false, "不是日历上有的日期"},
		{"-3.5", true, "不是日期"},
		{"07:30", false, "不是能识别的时间"},
	}
	for _, tt := range tests {
		_, err := intake.ParseTime(intake.Cell{Text: tt.text, Serial: tt.serial}, shanghai())
		flaw, ok := errors.AsType[*intake.Flaw](err)
		if !ok || flaw.Code != intake.TimeFormat || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: got %v, want TIME_FORMAT saying %s", tt.text, err, tt.says)
		}
	}
}

// TestFormatTime holds that every instant comes back, also where the clock shows an hour twice.
func TestFormatTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(1992, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	to := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	rapid.Check(t, func(t *rapid.T) {
		at := calendar.Instant(rapid.Int64Range(from, to).Draw(t, "at"))
		if rapid.Bool().Draw(t, "whole seconds") {
			at -= at % 1_000_000
		}
		if rapid.Bool().Draw(t, "in the hour that comes twice") {
			at = calendar.Moment(time.Date(2022, 10, 30, 0, 30, 0, 0, time.UTC)).Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "s")) * time.Second)
		}
		for _, loc := range []*time.Location{shanghai(), time.UTC, berlin} {
			text := intake.FormatTime(at, loc)
			got, err := intake.ParseTime(intake.Cell{Text: text}, loc)
			if err != nil || got.At != at || got.DateOnly {
				t.Fatalf("%d as %q in %s: got %d, %v", at, text, loc, got.At, err)
			}
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2022-05-05 07:30", "2022年5月5日 下午7时30分", "20220505073000", "44686.3125", "2022-05-05T07:30:00+08:00", "5月5日", "２０２２", "9999999999", "2022-05-05 24:00"} {
		f.Add(s, false, false)
		f.Add(s, true, true)
	}
	f.Fuzz(func(t *testing.T, s string, serial, mac bool) {
		got, err := intake.ParseTime(intake.Cell{Text: s, Serial: serial, Date1904: mac}, shanghai())
		if err != nil {
			return
		}
		again, err := intake.ParseTime(intake.Cell{Text: intake.FormatTime(got.At, shanghai())}, shanghai())
		if err != nil || again.At != got.At {
			t.Errorf("%q is %v, which is written and read as %v, %v", s, got, again, err)
		}
		if got.DateOnly && calendar.On(got.At, shanghai()) != got.Date {
			t.Errorf("%q is a day, %v, that does not begin at %v", s, got.Date, got.At)
		}
	})
}
