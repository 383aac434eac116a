package criteria

var housingCriteria = []Criterion{}
