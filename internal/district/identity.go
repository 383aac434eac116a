package district

import (
	"fmt"
	"time"

	"fugong/internal/calendar"
)

// Identity numbers are of area code 320699, which no place has. The n-th person gets the n-th day of a walk through the birthdays
// below, and where the walk comes round again, the next odd or even sequence number of that day: unique without a list.
const (
	areaCode   = "320699"
	birthdays  = 14601 // days from 1962-01-01 on; not a multiple of dayStep
	dayStep    = 7919
	mostPeople = birthdays * 240
)

// identityNumber gives the n-th person's number; a man's sequence is odd.
func identityNumber(n int, man bool) string {
	day := n * dayStep % birthdays
	seq := 1 + day%499 + 2*(n/birthdays)
	if man != (seq%2 == 1) {
		seq++
	}
	return withCheckDigit(areaCode + birthday(day) + fmt.Sprintf("%03d", seq))
}

func birthday(day int) string {
	d := calendar.Day(1962, time.January, 1).Add(day).String()
	return d[:4] + d[5:7] + d[8:]
}

// withCheckDigit completes 17 digits by GB 11643-1999.
func withCheckDigit(digits string) string {
	weights := [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return digits + string("10X98765432"[sum%11])
}

// phone gives the n-th person's number, in a block of numbers that samples use.
func phone(n int) string { return fmt.Sprintf("13900%06d", n*613%1000000) }
