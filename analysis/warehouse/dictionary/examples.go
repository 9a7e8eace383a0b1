package dictionary

// An Example is a question with the query that answers it. Tests run each and see that it has an answer.
type Example struct {
	Question string
	SQL      string
}

// Examples are questions that the marts and the results answer.
func Examples() []Example {
	return []Example{
		{"Which platform has which metric, since when, and from how many sources?", `
select platform, metric, first_on, last_on, readings, sources, best_trust, longest_gap_days
from marts.coverage
where metric in ('registered_users', 'monthly_active_users', 'daily_active_users')
order by metric, platform`},
		{"What do the sources say about Sina Weibo's monthly actives, and where do two of them disagree?", `
select effective_to, value, lo, hi, trust, source_title, source_url
from marts.platform_readings
where platform = 'sina_weibo' and metric = 'monthly_active_users' and not derived
order by effective_to, trust`},
		{"What could an analyst know on 28 February 2011?", `
select platform, metric, value, effective_to, published_on, published_basis, source_url
from marts.platform_readings
where published_on <= date '2011-02-28' and metric like 'top100_%'
order by published_on, platform`},
		{"How did the most-followed accounts of 2011 grow?", `
select display_name, platform, min(effective_to) as first_on, max(effective_to) as last_on,
       min_by(value, effective_to) as followers_first, max_by(value, effective_to) as followers_last, count(*) as readings
from marts.account_readings
where metric = 'followers' and effective_to between date '2011-01-01' and date '2011-12-31'
group by display_name, platform
having count(*) > 2
order by followers_last desc
limit 10`},
		{"One figure per day and platform, with its interval, ready to plot:", `
select platform, "on", value, lo95, hi95, n_sources, flags
from results.series
where metric = 'monthly_active_users'
order by platform, "on"`},
		{"Who is ahead, and when is that expected to change?", `
select metric, challenger, leader, question, p_within_1y, p_never, median_on, lo80_on, hi80_on
from results.overtake
where not replay and question = 'for_good'
order by metric, challenger, leader`},
		{"How many people can be behind the followers of a list, at least and at most, and why is no more known?", `
select platform, list, list_on, accounts, sum_followers, reach, reach_lo, reach_hi, method, why_not_better
from results.reach_estimate
where accounts >= 5
order by platform, list_on`},
	}
}

// Journey follows a figure back to the record that holds the page as it was served.
func Journey() Example {
	return Example{"From a figure back to the bytes that it was read from:", `
select r.value, r.effective_to, r.source_url, l.document, l.page, l.ingested_at, f.file, f.sha256
from marts.platform_readings r
join lake.platform_metrics l
  on l.platform = r.platform and l.kind = r.metric and l.value = r.value
 and l.effective_to = r.effective_to and l.source_url = r.source_url
join meta.loads f
  on f.dataset = 'platform_metrics' and f.file like '%platform=' || l.platform || '/day=' || cast(l.day as varchar) || '/%'
where r.platform = 'sina_weibo' and r.metric = 'top100_followers_total'`}
}
