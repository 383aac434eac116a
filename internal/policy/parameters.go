package policy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parameter is one number, switch or word of a policy: how it is written, in which range, and where in Rules it goes.
type parameter struct {
	key      string
	unit     string // as it may be written beside the value; empty for words and switches
	fallback string // what holds where a policy does not give it
	set      func(*Rules, string) error
}

// parameters is every parameter there is. The fallbacks are the values of epidemic-2022.
var parameters = []parameter{
	{"validity_basis", "", "sampled_at", basis},
	hours("nat_valid_h", 48, 1, 336, func(r *Rules) *time.Duration { return &r.NatValid }),
	count("pre_n", "次", 2, 0, 10, func(r *Rules) *int { return &r.PreN }),
	hours("pre_window_h", 72, 1, 336, func(r *Rules) *time.Duration { return &r.PreWindow }),
	hours("pre_gap_h", 24, 0, 168, func(r *Rules) *time.Duration { return &r.PreGap }),
	hours("cadence_h", 48, 1, 720, func(r *Rules) *time.Duration { return &r.Cadence }),
	count("cadence_days", "d", 14, 1, 60, func(r *Rules) *int { return &r.CadenceDays }),
	count("quota_pct", "%", 0, 0, 100, func(r *Rules) *int { return &r.QuotaPercent }),
	hours("newcomer_valid_h", 48, 1, 336, func(r *Rules) *time.Duration { return &r.NewcomerValid }),
	hours("newcomer_outside_h", 24, 1, 336, func(r *Rules) *time.Duration { return &r.NewcomerValidOutside }),
	count("silent_days", "d", 2, 0, 30, func(r *Rules) *int { return &r.SilentDays }),
	count("antigen_per_day", "次", 0, 0, 6, func(r *Rules) *int { return &r.AntigenPerDay }),
	yesNo("accept_sampling_record", "false", func(r *Rules) *bool { return &r.AcceptSamplingRecord }),
	hours("sampling_record_h", 24, 1, 168, func(r *Rules) *time.Duration { return &r.SamplingRecord }),
	hours("unreported_warn_h", 24, 1, 336, func(r *Rules) *time.Duration { return &r.UnreportedWarn }),
	hours("unreported_block_h", 48, 1, 336, func(r *Rules) *time.Duration { return &r.UnreportedBlock }),
	hours("recv_h", 4, 1, 72, func(r *Rules) *time.Duration { return &r.Receive }),
	hours("total_report_h", 24, 1, 168, func(r *Rules) *time.Duration { return &r.TotalReport }),
	count("chain_pct", "%", 95, 1, 100, func(r *Rules) *int { return &r.ChainPercent }),
	count("chain_days", "d", 7, 1, 60, func(r *Rules) *int { return &r.ChainDays }),
	decimal("fever", "℃", "37.3", 1, 370, 420, func(r *Rules) *int { return &r.Fever }),
	count("temps_per_day", "次", 2, 0, 10, func(r *Rules) *int { return &r.TempsPerDay }),
	count("temps_canteen_per_day", "次", 3, 0, 10, func(r *Rules) *int { return &r.TempsCanteen }),
	hours("temps_gap_h", 4, 0, 24, func(r *Rules) *time.Duration { return &r.TempsGap }),
	count("travel_days", "d", 14, 1, 60, func(r *Rules) *int { return &r.TravelDays }),
	count("prereport_days", "d", 7, 0, 60, func(r *Rules) *int { return &r.PrereportDays }),
	hours("absence_h", 24, 1, 336, func(r *Rules) *time.Duration { return &r.AbsenceLimit }),
	count("room_max", "人", 6, 1, 100, func(r *Rules) *int { return &r.RoomMax }),
	count("room_hard_max", "人", 16, 1, 100, func(r *Rules) *int { return &r.RoomHardMax }),
	area("area_min", "2.5", 5000, 1000000, func(r *Rules) *int64 { return &r.AreaMinCM2 }),
	count("bunk_levels", "层", 2, 1, 5, func(r *Rules) *int { return &r.BunkLevels }),
	decimal("aisle_m", "m", "0.9", 2, 30, 500, func(r *Rules) *int { return &r.AisleCM }),
	count("iso_per", "人", 50, 1, 10000, func(r *Rules) *int { return &r.IsoPer }),
	count("iso_min", "间", 2, 0, 100, func(r *Rules) *int { return &r.IsoMin }),
	yesNo("iso_single", "true", func(r *Rules) *bool { return &r.IsoSingle }),
	count("vent_times", "次", 2, 0, 24, func(r *Rules) *int { return &r.VentTimes }),
	count("vent_minutes", "min", 30, 1, 600, func(r *Rules) *int { return &r.VentMinutes }),
	count("dis_dorm_per_day", "次", 3, 0, 24, func(r *Rules) *int { return &r.DisDormitory }),
	count("dis_office_per_day", "次", 3, 0, 24, func(r *Rules) *int { return &r.DisOffice }),
	count("dis_canteen_per_day", "次", 2, 0, 24, func(r *Rules) *int { return &r.DisCanteen }),
	count("dis_public_per_day", "次", 2, 0, 24, func(r *Rules) *int { return &r.DisPublic }),
	count("dis_toilet_per_day", "次", 2, 0, 24, func(r *Rules) *int { return &r.DisToilet }),
	count("dis_isolation_per_day", "次", 4, 0, 24, func(r *Rules) *int { return &r.DisIsolation }),
	hours("dis_iso_gap_h", 6, 1, 72, func(r *Rules) *time.Duration { return &r.DisIsolationGap }),
	count("chlorine_min", "mg/L", 250, 1, 10000, func(r *Rules) *int { return &r.ChlorineMin }),
	count("chlorine_max", "mg/L", 500, 1, 10000, func(r *Rules) *int { return &r.ChlorineMax }),
	count("chlorine_excess", "mg/L", 1000, 1, 100000, func(r *Rules) *int { return &r.ChlorineExcess }),
	count("alcohol_pct", "%", 75, 1, 100, func(r *Rules) *int { return &r.AlcoholPercent }),
	count("contact_minutes", "min", 30, 1, 600, func(r *Rules) *int { return &r.ContactMinutes }),
	hours("backdate_h", 24, 1, 720, func(r *Rules) *time.Duration { return &r.BackdateLimit }),
	count("burst_areas", "个", 3, 1, 100, func(r *Rules) *int { return &r.BurstAreas }),
	count("ppe_days", "d", 7, 0, 365, func(r *Rules) *int { return &r.PPEDays }),
	count("ppe_warn_days", "d", 14, 0, 365, func(r *Rules) *int { return &r.PPEWarnDays }),
	count("kit_thermometers", "把", 2, 0, 100, func(r *Rules) *int { return &r.KitThermometers }),
	count("kit_days", "d", 3, 0, 60, func(r *Rules) *int { return &r.KitDays }),
	count("officer_per", "人", 100, 1, 10000, func(r *Rules) *int { return &r.OfficerPer }),
	count("training_days", "d", 7, 1, 365, func(r *Rules) *int { return &r.TrainingDays }),
	count("drill_days", "d", 60, 1, 730, func(r *Rules) *int { return &r.DrillDays }),
	count("supervision_days", "d", 7, 1, 365, func(r *Rules) *int { return &r.SupervisionDays }),
	clock("report_deadline", "17:00", func(r *Rules) *time.Duration { return &r.ReportDeadline }),
	count("report_misses", "次", 2, 1, 30, func(r *Rules) *int { return &r.ReportMisses }),
	count("verify_wd", "工作日", 2, 1, 60, func(r *Rules) *int { return &r.VerifyWorkdays }),
}

// Parameter is a parameter as a page shows it: its key, and the unit of its values, empty for words and switches.
type Parameter struct{ Key, Unit string }

// Parameters lists every parameter there is.
func Parameters() []Parameter {
	all := make([]Parameter, len(parameters))
	for i, p := range parameters {
		all[i] = Parameter{p.key, p.unit}
	}
	return all
}

func find(key string) (parameter, bool) {
	for _, p := range parameters {
		if p.key == key {
			return p, true
		}
	}
	return parameter{}, false
}

func basis(r *Rules, text string) error {
	switch b := Basis(text); b {
	case SampledAt, ReceivedAt, TestedAt, ReportedAt:
		r.ValidityBasis = b
		return nil
	}
	return fmt.Errorf("“%s”不认识，应为 sampled_at、received_at、tested_at 或 reported_at", text)
}

// integer reads a whole number in a range. A number with its unit behind it is refused, too: the unit belongs to the key.
func integer(text, unit string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, outside(text, fmt.Sprint(low), fmt.Sprint(high), unit)
	case err != nil:
		return 0, fmt.Errorf("“%s”不是整数，应为以%s计的整数，不带单位", text, unit)
	case n < low || n > high:
		return 0, outside(text, fmt.Sprint(low), fmt.Sprint(high), unit)
	}
	return n, nil
}

func outside(text, low, high, unit string) error {
	return fmt.Errorf("“%s”超出范围，应在 %s 至 %s %s之间", text, low, high, unit)
}

func count(key, unit string, fallback, low, high int, field func(*Rules) *int) parameter {
	return parameter{key, unit, strconv.Itoa(fallback), func(r *Rules, text string) error {
		n, err := integer(text, unit, low, high)
		if err == nil {
			*field(r) = n
		}
		return err
	}}
}

func hours(key string, fallback, low, high int, field func(*Rules) *time.Duration) parameter {
	return parameter{key, "h", strconv.Itoa(fallback), func(r *Rules, text string) error {
		n, err := integer(text, "h", low, high)
		if err == nil {
			*field(r) = time.Duration(n) * time.Hour
		}
		return err
	}}
}

// decimal reads a number with at most some digits behind the point into a whole number of its last place, so that limits
// are compared exactly.
func decimal(key, unit, fallback string, places, low, high int, field func(*Rules) *int) parameter {
	return parameter{key, unit, fallback, func(r *Rules, text string) error {
		n, err := scaled(text, unit, places, low, high)
		if err == nil {
			*field(r) = n
		}
		return err
	}}
}

// area reads square metres into square centimetres.
func area(key, fallback string, low, high int, field func(*Rules) *int64) parameter {
	return parameter{key, "m²", fallback, func(r *Rules, text string) error {
		n, err := scaled(text, "m²", 4, low, high)
		if err == nil {
			*field(r) = int64(n)
		}
		return err
	}}
}

func scaled(text, unit string, places, low, high int) (int, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction + strings.Repeat("0", max(0, places-len(fraction)))
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || whole == "" || len(fraction) > places {
		return 0, fmt.Errorf("“%s”不是以%s计、小数至多%d位的数，不带单位", text, unit, places)
	}
	if int(n) < low || int(n) > high {
		return 0, outside(text, point(low, places), point(high, places), unit)
	}
	return int(n), nil
}

// point writes a number of last places with its point.
func point(n, places int) string {
	scale := 1
	for range places {
		scale *= 10
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%0*d", n/scale, places, n%scale), "0"), ".")
}

func yesNo(key, fallback string, field func(*Rules) *bool) parameter {
	return parameter{key, "", fallback, func(r *Rules, text string) error {
		switch text {
		case "true":
			*field(r) = true
		case "false":
			*field(r) = false
		default:
			return fmt.Errorf("“%s”不认识，应为 true 或 false", text)
		}
		return nil
	}}
}

// clock reads a clock reading of the day.
func clock(key, fallback string, field func(*Rules) *time.Duration) parameter {
	return parameter{key, "", fallback, func(r *Rules, text string) error {
		t, err := time.Parse("15:04", text)
		if err != nil {
			return fmt.Errorf("“%s”不是时刻，应写作 17:00", text)
		}
		*field(r) = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		return nil
	}}
}
