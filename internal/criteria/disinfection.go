package criteria

var disinfectionCriteria = []Criterion{}
