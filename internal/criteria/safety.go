package criteria

var safetyCriteria = []Criterion{}
