from (values
	('sina_weibo', 'monthly_active_users', date '2013-12-31', date '2025-06-30', 33, 20, 'A', 'C', 0, 184),
	('twitter', 'monthly_active_users', date '2010-03-31', date '2019-03-31', 48, 20, 'A', 'C', 0, 400),
	('twitter', 'top100_followers_total', date '2011-01-31', date '2011-01-31', 1, 1, 'B', 'B', 1, null)
) t(platform, metric, first_on, last_on, readings, sources, best_trust, worst_trust, derived_readings, longest_gap_days)
