package screening

import (
	"strconv"
	"strings"
	"time"

	"fugong/internal/calendar"
	"fugong/internal/intake"
	"fugong/internal/roster"
)

// largestPool is the most people one tube may hold (20合1).
const largestPool = 20

// DecodeResults reads the rows of a table of test results; words says what its codes mean, when it uses any.
func DecodeResults(t intake.Table, loc *time.Location, words Mapping) ([]ResultRecord, []intake.Problem) {
	return intake.Decode(t, loc, func(r *intake.Reader) ResultRecord { return decodeResult(r, words) })
}

func decodeResult(r *intake.Reader, words Mapping) ResultRecord {
	record := ResultRecord{Row: r.Row, Document: roster.ReadDocument(r, "证件类型", "证件号码"), Name: r.Name("姓名")}
	sampled := r.Stamp("采样时间")
	record.Result = Result{
		SampledAt: sampled.At,
		DateOnly:  sampled.DateOnly,
		Outcome:   readOutcome(r, words),
		Method:    readMethod(r),
		Tube:      r.Code("采样管编号"),
		PoolSize:  readPoolSize(r),
		Point:     r.Text("采样点"),
		Lab:       r.Text("检测机构"),
	}
	readChain(r, &record.Result)
	return record
}

// readChain reads how the sample went on: received, tested, reported, each not before the last. Where only the day is given
// and the step before was on that day too, the step is taken to have followed at once: any hour would be a guess, and this
// one breaks no order.
func readChain(r *intake.Reader, result *Result) {
	before, at := "采样时间", result.SampledAt
	steps := []struct {
		column string
		at     *calendar.Instant
	}{{"接收时间", &result.ReceivedAt}, {"检测时间", &result.TestedAt}, {"报告时间", &result.ReportedAt}}
	for _, step := range steps {
		stamp := r.Stamp(step.column)
		if stamp.At.IsZero() {
			continue
		}
		if stamp.DateOnly && r.SameDay(at, stamp.At) {
			stamp.At = max(stamp.At, at)
		}
		*step.at = stamp.At
		r.Ordered(before, step.column, at, stamp.At)
		before, at = step.column, stamp.At
	}
}

// readOutcome reads the result. The column must be there, but an empty cell says that the result is not out yet.
func readOutcome(r *intake.Reader, words Mapping) Outcome {
	if r.Cell("检测结果").Text == "" {
		return Pending
	}
	text := r.Text("检测结果")
	outcome, ok := ParseOutcome(text, words)
	if ok {
		return outcome
	}
	if _, err := strconv.Atoi(intake.Fold(text)); err == nil {
		r.Fail("检测结果", intake.NewFlaw(intake.ResultCode, "%s只是代码，各系统含义不同，请说明该来源的代码对照或改填阴性、阳性", intake.Quote(text)))
		return outcome
	}
	r.Fail("检测结果", intake.NewFlaw(intake.ResultCode, "%s不是能识别的结果，应为阴性、阳性、可疑、无效或检测中", intake.Quote(text)))
	return outcome
}

func readMethod(r *intake.Reader) Method {
	method := intake.Word(r, "检测类型", parseMethod, NucleicAcid, Antigen)
	if method == "" {
		return NucleicAcid
	}
	return method
}

func parseMethod(text string) (Method, bool) {
	switch {
	case strings.Contains(text, "抗原"):
		return Antigen, true
	case strings.Contains(text, "核酸"), strings.EqualFold(text, "pcr"):
		return NucleicAcid, true
	}
	return "", false
}

// readPoolSize reads how many people share the tube: 10, 10人, 10合1, 10混1, or words for a tube of one's own.
func readPoolSize(r *intake.Reader) int {
	switch intake.Fold(r.Cell("混采人数").Text) {
	case "单采", "单管", "单检", "单人单管", "单样":
		return 1
	}
	n, _ := r.Count("混采人数", 1, largestPool, "人", "合1", "合一", "混1", "混一", ":1", "人混采", "混采", "混检")
	return n
}

// ResultCells writes a record in the order of ResultColumns, so that DecodeResults gives it back.
func ResultCells(record ResultRecord, loc *time.Location) []string {
	r := record.Result
	sampled := intake.FormatTime(r.SampledAt, loc)
	if r.DateOnly {
		sampled = calendar.On(r.SampledAt, loc).String()
	}
	return []string{
		record.Document.Number, sampled, r.Outcome.String(), record.Name, r.Tube, intake.FormatCount(r.PoolSize, r.PoolSize > 0),
		intake.FormatTime(r.ReceivedAt, loc), intake.FormatTime(r.TestedAt, loc), intake.FormatTime(r.ReportedAt, loc),
		string(r.Method), r.Point, r.Lab, record.Document.Type,
	}
}
