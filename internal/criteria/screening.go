package criteria

var screeningCriteria = []Criterion{}
