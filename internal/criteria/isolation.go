package criteria

var isolationCriteria = []Criterion{}
