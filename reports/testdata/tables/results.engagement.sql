from (values
	('sina_weibo', date '2011-03-01', 90, 1200, 12, 0.012, 0.01, null, 0.015, 0.011, null, 0.006, 0.005, 0.007, 0.4, 0.9, 'censored'),
	('bluesky', date '2011-03-01', 100, 3000, 0, 0.02, 0.018, 0.022, 0.025, 0.02, 0.03, 0.01, 0.009, 0.011, 1.2, null, 'unripe_left_out')
) t(platform, month, accounts, posts, censored, pooled, pooled_lo95, pooled_hi95, mean, mean_lo95, mean_hi95, median, median_lo95, median_hi95,
	interactions_per_registered, interactions_per_mau, flags)
