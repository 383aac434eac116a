package policy

import (
	"time"

	"fugong/internal/calendar"
	"fugong/internal/site"
)

// To be replaced by the policy helper.
func (b Book) inForce(site.Occasion, calendar.Instant) (*Policy, error)   { panic("later") }
func (p *Policy) resolve(site.Section, site.Zone, calendar.Instant) Rules { panic("later") }
func (p *Policy) boundaries(site.Section, []site.Zone, calendar.Instant) []calendar.Instant {
	panic("later")
}
func parse([]byte, *time.Location) (*Policy, error) { panic("later") }
func shipped() Book                                 { panic("later") }
func (p *Policy) variants() []Rules { panic("later") }
