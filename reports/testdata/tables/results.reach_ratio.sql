from (values
	('sina_weibo', 'twitter', 'registered_users', null, -1.37, 0.62, 1.0, 5, 3, 34, 'bounds_counts, exact')
) t(platform, other, metric, log_ratio, log_ratio_lo, log_ratio_hi, level, accounts, other_accounts, days_apart, methods)
