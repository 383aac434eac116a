package criteria

var taskCriteria = []Criterion{}
