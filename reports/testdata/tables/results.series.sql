select *, case when n_sources = 2 and "on" = date '2017-03-31' and platform = 'sina_weibo' then 'sources_disagree,resolved_by_trust' else '' end as flags, "on" - 89 as effective_from, 'quarter' as "precision", least("on" + 45, date '2026-01-09') as first_published_on from (values
	('sina_weibo', 'weibo_style', 'monthly_active_users', date '2013-12-31', 129.1e6, 129.05e6, 129.15e6, 1, 1, null, false, 'A'),
	('sina_weibo', 'weibo_style', 'monthly_active_users', date '2016-12-31', 313e6, 312.5e6, 313.5e6, 2, 2, 0.4, false, 'A'),
	('sina_weibo', 'weibo_style', 'monthly_active_users', date '2017-03-31', 340e6, 339.5e6, 340.5e6, 2, 2, 0.01, false, 'A'),
	('sina_weibo', 'weibo_style', 'monthly_active_users', date '2025-06-30', 588e6, 587.5e6, 588.5e6, 1, 1, null, false, 'B'),
	('twitter', 'twitter_style', 'monthly_active_users', date '2013-12-31', 241e6, 240.5e6, 241.5e6, 1, 1, null, false, 'A'),
	('twitter', 'twitter_style', 'monthly_active_users', date '2016-12-31', 319e6, 318.5e6, 319.5e6, 3, 3, 0.2, false, 'A'),
	('twitter', 'twitter_style', 'monthly_active_users', date '2017-03-31', 328e6, 327.5e6, 328.5e6, 2, 2, 0.3, false, 'A'),
	('twitter', 'twitter_style', 'monthly_active_users', date '2019-03-31', 330e6, 329.5e6, 330.5e6, 1, 1, null, false, 'A'),
	('sina_weibo', 'weibo_style', 'registered_users', date '2010-10-31', 50e6, 45e6, 55e6, 1, 1, null, false, 'B'),
	('sina_weibo', 'weibo_style', 'registered_users', date '2012-02-29', 300e6, 295e6, 305e6, 1, 1, null, false, 'B'),
	('twitter', 'twitter_style', 'registered_users', date '2011-01-31', 200e6, 195e6, 205e6, 1, 1, null, false, 'C'),
	('twitter', 'twitter_style', 'daily_active_users', date '2026-01-07', 125e6, 124.5e6, 125.5e6, 1, 1, null, false, 'B'),
	('threads', 'twitter_style', 'daily_active_users', date '2026-01-07', 141.5e6, 141.45e6, 141.55e6, 1, 1, null, false, 'B'),
	('sina_weibo', 'weibo_style', 'top100_followers_total', date '2010-12-31', 170.9e6, 168e6, 173e6, 1, 1, null, true, 'B'),
	('sina_weibo', 'weibo_style', 'top100_followers_total', date '2011-01-31', 198.2e6, 198.1e6, 198.3e6, 1, 1, null, false, 'B'),
	('twitter', 'twitter_style', 'top100_followers_total', date '2011-01-31', 291.5e6, 289e6, 294e6, 1, 1, null, true, 'B')
) t(platform, family, metric, "on", value, lo95, hi95, n_readings, n_sources, q_p, derived, best_trust)
