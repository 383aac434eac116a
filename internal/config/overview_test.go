package config

import "testing"

func TestOverview(t *testing.T) {
	for name, tt := range map[string]struct {
		set   func(*Config, string) error
		value string
		good  bool
	}{
		"no goal": {setGoal, "", true}, "goal": {setGoal, "2022-05-15:90", true}, "too much": {setGoal, "2022-05-15:101", false},
		"no percent": {setGoal, "2022-05-15", false}, "no day": {setGoal, "soon:90", false},
		"no tiles": {setTiles, "", true}, "tiles": {setTiles, "临港镇:1:1, 陈塘:2:1", true}, "half": {setTiles, "临港镇:1", false},
		"outside": {setTiles, "临港镇:0:1", false}, "far": {setTiles, "临港镇:1:25", false}, "twice": {setTiles, "甲:1:1,乙:1:1", false},
	} {
		var c Config
		if err := tt.set(&c, tt.value); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	var c Config
	if err := setTiles(&c, "临港镇:1:1,陈塘:2:1"); err != nil || c.Tiles["陈塘"] != [2]int{2, 1} {
		t.Errorf("%v, %v", c.Tiles, err)
	}
	if err := setGoal(&c, "2022-05-15:90"); err != nil || c.GoalPercent != 90 || c.GoalDay.Day() != 15 {
		t.Errorf("%v %d, %v", c.GoalDay, c.GoalPercent, err)
	}
}
