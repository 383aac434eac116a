package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// mostTiles is how many columns and rows the grid of streets has at most.
const mostTiles = 24

func setGoal(c *Config, v string) error {
	if v == "" {
		return nil
	}
	day, percent, _ := strings.Cut(v, ":")
	at, err := time.Parse(time.DateOnly, day)
	n, numberErr := strconv.Atoi(percent)
	if err != nil || numberErr != nil || n < 1 || n > 100 {
		return errors.New("want a day and a percentage from 1 to 100, such as 2022-05-15:90")
	}
	c.GoalDay, c.GoalPercent = at, n
	return nil
}

func setTiles(c *Config, v string) error {
	c.Tiles = map[string][2]int{}
	taken := map[[2]int]string{}
	for _, one := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '，' }) {
		parts := strings.Split(strings.TrimSpace(one), ":")
		if len(parts) != 3 {
			return fmt.Errorf("%q: want street:column:row", one)
		}
		column, err := strconv.Atoi(parts[1])
		row, rowErr := strconv.Atoi(parts[2])
		cell := [2]int{column, row}
		switch {
		case err != nil || rowErr != nil || min(column, row) < 1 || max(column, row) > mostTiles:
			return fmt.Errorf("%q: column and row go from 1 to %d", one, mostTiles)
		case taken[cell] != "":
			return fmt.Errorf("%q: %s lies there already", one, taken[cell])
		}
		taken[cell], c.Tiles[parts[0]] = parts[0], cell
	}
	return nil
}
