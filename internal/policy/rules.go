package policy

import "time"

// Severity is what an unmet criterion does to the verdict.
type Severity string

// The severities. Block makes a section unmet, Warn makes it conditional, Info is only shown.
const (
	Block Severity = "block"
	Warn  Severity = "warn"
	Info  Severity = "info"
)

// Basis is the time a test's age is counted from (validity_basis).
type Basis string

// The bases.
const (
	SampledAt  Basis = "sampled_at"
	ReceivedAt Basis = "received_at"
	TestedAt   Basis = "tested_at"
	ReportedAt Basis = "reported_at"
)

// Rules are the numbers in force for one section at one instant: a policy's parameters with the overrides of the zone, the
// street and the section laid over them. Two equal Rules judge alike, so they compare with ==.
type Rules struct {
	ValidityBasis        Basis
	NatValid             time.Duration // nat_valid_h
	PreN                 int           // pre_n
	PreWindow            time.Duration // pre_window_h
	PreGap               time.Duration // pre_gap_h
	Cadence              time.Duration // cadence_h
	CadenceDays          int           // cadence_days: how far back gaps are looked for
	QuotaPercent         int           // quota_pct; 0: no sampling quota applies
	NewcomerValid        time.Duration // newcomer_valid_h
	NewcomerValidOutside time.Duration // newcomer_outside_h
	SilentDays           int
	AntigenPerDay        int
	AcceptSamplingRecord bool
	SamplingRecord       time.Duration // sampling_record_h: how old a sample without result may be where it is accepted
	UnreportedWarn       time.Duration // unreported_warn_h
	UnreportedBlock      time.Duration // unreported_block_h
	Receive              time.Duration // recv_h
	TotalReport          time.Duration // total_report_h
	ChainPercent         int           // chain_pct
	ChainDays            int
	Fever                int // tenths of a degree
	TempsPerDay          int
	TempsCanteen         int           // temps_canteen_per_day
	TempsGap             time.Duration // temps_gap_h
	TravelDays           int
	PrereportDays        int
	AbsenceLimit         time.Duration // absence_h: how long a person of the loop may be out
	RoomMax              int
	RoomHardMax          int
	AreaMinCM2           int64 // area_min, in cm² a head
	BunkLevels           int
	AisleCM              int // aisle_m
	IsoPer               int
	IsoMin               int
	IsoSingle            bool
	VentTimes            int
	VentMinutes          int
	DisDormitory         int // dis_dorm_per_day, and so on
	DisOffice            int
	DisCanteen           int
	DisPublic            int
	DisToilet            int
	DisIsolation         int
	DisIsolationGap      time.Duration // dis_iso_gap_h
	ChlorineMin          int           // mg/L
	ChlorineMax          int
	ChlorineExcess       int // over it: 过度消毒
	AlcoholPercent       int
	ContactMinutes       int
	BackdateLimit        time.Duration // backdate_h
	BurstAreas           int           // burst_areas: more areas than this in one minute by one person look made up
	PPEDays              int
	PPEWarnDays          int
	KitThermometers      int // kit_thermometers: for each gate and one in reserve
	KitDays              int // kit_days: gowns and respirators of one attendant, one a day
	OfficerPer           int
	TrainingDays         int
	DrillDays            int
	SupervisionDays      int
	ReportDeadline       time.Duration // clock reading on the day itself
	ReportMisses         int           // report_misses: so many in a row block
	VerifyWorkdays       int           // verify_wd
}
