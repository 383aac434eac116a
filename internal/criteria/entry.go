package criteria

var entryCriteria = []Criterion{}
