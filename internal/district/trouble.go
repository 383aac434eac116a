package district

import "fugong/internal/site"

// trouble is what is amiss on a section; one each, so that a demonstration can point at it.
type trouble int

// The troubles. The comment says what they are to make of a section that is in order otherwise.
const (
	allWell          trouble = iota
	eightBeds                // 基本符合: more beds than a room may have, though not more people
	drillOverdue             // 基本符合: the last drill is long past
	teamsMixed               // 基本符合: two teams share a room
	oneReading               // 基本符合: some temperatures were taken once a day
	weakAgent                // 基本符合: disinfectant ten times too weak
	testsExpired             // 不符合: three people have not been tested for two days
	roomOverfull             // 不符合: seven in a room for six
	dormUncleaned            // 不符合: nobody cleaned the dormitory yesterday
	poolPositive             // 不符合: a tube of ten came back positive this morning
	papersMissing            // 不符合: no plan and no pledge
	nothingKnown             // 不符合: the section is in the list, and that is all
	isolationGap             // 不符合: the isolation area was not cleaned last night, and somebody is in it
	testsMissing             // 不符合: half of the people were never tested here
	singlePositive           // 不符合: one person's own tube is positive
	feverThisMorning         // 不符合: 37.8 at the gate, not measured again
	strangersInside          // 不符合: two people inside whom the roster does not know
	stillRestricted          // 不符合: came out of a locked building before his term was over
	masksRunOut              // 不符合: masks for four days
	typhoonUnchecked         // 不符合: no order to resume, cranes not tested since the storm
	accidentOpen             // 不符合: the accident's re-check was not applied for
	newcomersMixed           // 不符合: came yesterday and sleep among the others
	reportsLate              // 不符合: no checklist for two days, so that nothing it answers is known
)

// profile is the part a section plays.
type profile struct {
	state    site.State
	occasion site.Occasion
	trouble  trouble
	reason   string // 未复工原因
	unit     string // 责任单位
	resumed  int    // as which of the last deliveries it was told to work again, 1 being this morning's; 0: before all of them
}

// profiles are the parts of the first sections, in their order, and of all further ones, shuffled.
func profiles() []profile {
	return []profile{
		{state: site.Operating},
		{state: site.NotResumed, trouble: testsMissing, reason: "人员核酸结果未齐", unit: "施工单位"},
		{state: site.Operating, trouble: testsExpired},
		{state: site.Applied},
		{state: site.Operating, trouble: eightBeds, resumed: 3},
		{state: site.Operating, trouble: poolPositive},
		{state: site.NotResumed, trouble: roomOverfull, reason: "住宿不达标", unit: "施工单位"},
		{state: site.Operating, resumed: 5},
		{state: site.Operating, trouble: drillOverdue, resumed: 7},
		{state: site.Suspended, occasion: site.Typhoon, trouble: typhoonUnchecked, reason: "安全条件不足", unit: "施工单位"},
		{state: site.Operating, trouble: dormUncleaned},
		{state: site.NotResumed, trouble: nothingKnown, reason: "人员未到；材料运输受阻", unit: "建设单位"},
		{state: site.Operating, resumed: 2},
		{state: site.Operating, trouble: teamsMixed, resumed: 1},
		{state: site.Operating, trouble: isolationGap},
		{state: site.NotResumed, trouble: papersMissing, reason: "未申请", unit: "施工单位"},
		{state: site.Applied, occasion: site.Holiday},
		{state: site.Operating, trouble: singlePositive},
		{state: site.Operating, trouble: weakAgent, resumed: 6},
		{state: site.Suspended, occasion: site.Accident, trouble: accidentOpen, reason: "安全条件不足", unit: "施工单位"},
		{state: site.Operating, trouble: feverThisMorning},
		{state: site.Operating},
		{state: site.Operating, trouble: strangersInside},
		{state: site.NotResumed, trouble: masksRunOut, reason: "物资不足；居民意见（群众工作）", unit: "街道"},
		{state: site.Operating, trouble: oneReading, resumed: 4},
		{state: site.Operating, trouble: stillRestricted},
		{state: site.Operating, trouble: newcomersMixed},
		{state: site.Operating, trouble: reportsLate},
	}
}
