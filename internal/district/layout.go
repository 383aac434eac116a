package district

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// place is where a section lies and who builds it.
type place struct {
	projectCode, projectName string
	code, name               string
	street, community        string
	address                  string
	longitude, latitude      string
	owner, contractor        string
	supervisor               string
}

// layout is the list of sections with the part each of them plays; people are made up when their section's turn comes.
type layout struct {
	spec     Spec
	streets  []street
	places   []place
	profiles []profile
}

// lay spreads projects of one to four sections over the streets.
func lay(s Spec) *layout {
	r := chance(s.Seed, chanceLayout, 0)
	d := &layout{spec: s, streets: streets(s.Sections)}
	for project := 0; len(d.places) < s.Sections; project++ {
		d.addProject(r, project, min(1+r.IntN(4), s.Sections-len(d.places)))
	}
	d.profiles = profiles()
	for len(d.profiles) < s.Sections {
		more := profiles()
		r.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
		d.profiles = append(d.profiles, more...)
	}
	return d
}

func (d *layout) addProject(r *rand.Rand, project, sections int) {
	street := project % len(d.streets)
	where := d.streets[street]
	p := place{
		projectCode: fmt.Sprintf("%s%02d", streetLetters(street), project/len(d.streets)+1),
		street:      where.name,
		community:   pick(r, where.communities...),
		address:     fmt.Sprintf("%s%d号", pick(r, where.roads...), 2+r.IntN(200)),
		owner:       pick(r, owners()...),
		supervisor:  pick(r, supervisors()...),
	}
	p.projectName = projectName(r, p.community, 7*project+3)
	for i := range sections {
		p.code = fmt.Sprintf("%s-%d", p.projectCode, i+1)
		p.name = string([]rune(sectionOrdinals)[i]) + "标段"
		p.contractor = pick(r, contractors()...)
		p.longitude = fmt.Sprintf("%.5f", 100+r.Float64()/10) // somewhere no such district is
		p.latitude = fmt.Sprintf("%.5f", 30+r.Float64()/10)
		d.places = append(d.places, p)
	}
}

// streetLetters gives the letters that begin the codes of a street's projects.
func streetLetters(street int) string {
	return strings.Fields("XY LA WJ CH XQ ZS NS DH PH CW BH CP QF YX ST SH")[street]
}
