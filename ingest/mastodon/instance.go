package mastodon

import (
	"fmt"
	"strconv"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// The counts of one server. They are never summed to a figure of the whole network here: one person may have accounts on
// several servers, and nobody has the list of all servers.
const (
	ServerUsers             ingest.Kind = "server_registered_users"
	ServerMonthlyActive     ingest.Kind = "server_monthly_active_users"
	ServerHalfYearActive    ingest.Kind = "server_half_year_active_users"
	ServerPosts             ingest.Kind = "server_posts_total"
	ServerPostsPerWeek      ingest.Kind = "server_posts_per_week"
	ServerLoginsPerWeek     ingest.Kind = "server_logins_per_week"
	ServerRegistrationsWeek ingest.Kind = "server_registrations_per_week"
)

// serverID is the id under which a server's figures stand: the address of the actor that a server has for itself.
func serverID(domain string) string { return domain + "@" + domain }

// server adds the server as an account of the category "server".
func server(r *observed.Rows, domain, name string, counts ...observed.Kinded) {
	r.Accounts = append(r.Accounts, ingest.Account{Platform: r.Page.Platform, NativeID: serverID(domain), Handle: domain, DisplayName: name, Category: "server"})
	for _, c := range counts {
		reading, ok, err := c.Count.Reading(c.Kind, ingest.ParseOptions{})
		if err != nil {
			r.Reject(c.Count.Text(), err)
		}
		if ok {
			r.Snapshot(serverID(domain), reading, "")
		}
	}
}

// decodeInstance reads both versions of the instance document. Version 2 knows the active users, version 1 the totals.
func decodeInstance(r *observed.Rows, domain string) error {
	var v struct {
		Title string `json:"title"`
		Usage struct {
			Users struct {
				ActiveMonth observed.Count `json:"active_month"`
			} `json:"users"`
		} `json:"usage"`
		Stats struct {
			UserCount   observed.Count `json:"user_count"`
			StatusCount observed.Count `json:"status_count"`
		} `json:"stats"`
		Version string `json:"version"`
	}
	if err := observed.Decode(r.Page.Raw, &v); err != nil {
		return err
	}
	if v.Version == "" {
		return fmt.Errorf("the answer is no instance document: it has no version")
	}
	server(r, domain, v.Title, observed.Kinded{Kind: ServerMonthlyActive, Count: v.Usage.Users.ActiveMonth},
		observed.Kinded{Kind: ServerUsers, Count: v.Stats.UserCount}, observed.Kinded{Kind: ServerPosts, Count: v.Stats.StatusCount})
	return nil
}

// decodeNodeInfo reads the document that all fediverse software has.
func decodeNodeInfo(r *observed.Rows, domain string) error {
	var v struct {
		Software struct{ Name, Version string } `json:"software"`
		Usage    struct {
			Users struct {
				Total          observed.Count `json:"total"`
				ActiveMonth    observed.Count `json:"activeMonth"`
				ActiveHalfyear observed.Count `json:"activeHalfyear"`
			} `json:"users"`
			LocalPosts observed.Count `json:"localPosts"`
		} `json:"usage"`
	}
	if err := observed.Decode(r.Page.Raw, &v); err != nil {
		return err
	}
	if v.Software.Name == "" {
		return fmt.Errorf("the answer is no NodeInfo document: it names no software")
	}
	server(r, domain, "", observed.Kinded{Kind: ServerUsers, Count: v.Usage.Users.Total}, observed.Kinded{Kind: ServerMonthlyActive, Count: v.Usage.Users.ActiveMonth},
		observed.Kinded{Kind: ServerHalfYearActive, Count: v.Usage.Users.ActiveHalfyear}, observed.Kinded{Kind: ServerPosts, Count: v.Usage.LocalPosts})
	return nil
}

// decodeActivity reads the weeks that are over. A week's figures are dated by the week; the running one is left out, as it
// would look like a fall. A week of old versions does not begin on a Monday, so that the time stands as served.
func decodeActivity(r *observed.Rows, domain string) error {
	var weeks []struct {
		Week          observed.Text  `json:"week"`
		Statuses      observed.Count `json:"statuses"`
		Logins        observed.Count `json:"logins"`
		Registrations observed.Count `json:"registrations"`
	}
	if err := observed.Decode(r.Page.Raw, &weeks); err != nil {
		return err
	}
	day := r.Dating
	for _, w := range weeks {
		sec, err := strconv.ParseInt(string(w.Week), 10, 64)
		if err != nil || sec < 0 || sec > 1<<40 {
			r.Reject(string(w.Week), fmt.Errorf("week %q, want unix seconds", w.Week))
			continue
		}
		from := time.Unix(sec, 0).UTC().Truncate(24 * time.Hour)
		to := from.AddDate(0, 0, 6)
		if !to.Before(day.From) {
			continue
		}
		r.Dating = ingest.Dating{From: from, To: to, Precision: ingest.PrecisionWeek, PublishedOn: day.PublishedOn, PublishedBasis: day.PublishedBasis, ObservedAt: day.ObservedAt}
		server(r, domain, "", observed.Kinded{Kind: ServerPostsPerWeek, Count: w.Statuses}, observed.Kinded{Kind: ServerLoginsPerWeek, Count: w.Logins},
			observed.Kinded{Kind: ServerRegistrationsWeek, Count: w.Registrations})
	}
	r.Dating = day
	return nil
}
