package criteria

var supplyCriteria = []Criterion{}
