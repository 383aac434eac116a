package criteria

var canteenCriteria = []Criterion{}
