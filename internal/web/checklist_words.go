package web

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/checklist"
	"fugong/internal/locale"
)

// dayWords names a day as people do: 5月6日 周五.
func dayWords(w locale.Words, day calendar.Date, loc *time.Location) string {
	t := day.Start(loc).In(loc)
	return w.T("checklist.dayname", "m", w.Word("month", t.Month().String()), "d", t.Day(), "w", w.Word("weekday", t.Weekday().String()))
}

// dueWords says until when a checklist is due; nothing where it never is.
func dueWords(w locale.Words, deadline calendar.Instant, loc *time.Location) string {
	if deadline.IsZero() {
		return ""
	}
	return w.T("checklist.dueby", "day", dayWords(w, calendar.On(deadline, loc), loc), "at", deadline.In(loc).Format("15:04"))
}

// choiceWord is an answer in a word; whether work goes on is not answered with 是 and 否.
func choiceWord(w locale.Words, item, choice string) string {
	switch {
	case item != checklist.Work:
		return w.Word("checkanswer", choice)
	case choice == checklist.No.Word():
		return w.T("checklist.no")
	}
	return w.T("checklist.yes")
}
