package criteria

var rosterCriteria = []Criterion{}
