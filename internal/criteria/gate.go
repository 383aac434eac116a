package criteria

var gateCriteria = []Criterion{}
