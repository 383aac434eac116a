package criteria

var organisationCriteria = []Criterion{}
