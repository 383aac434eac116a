package criteria

var healthCriteria = []Criterion{}
