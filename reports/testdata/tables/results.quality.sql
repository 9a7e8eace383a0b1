from (values
	('sina_weibo', 'monthly_active_users', 'sources_disagree', 'warn', 'two sources differ by 6 %: <i>340 M</i> and 361 M', 2)
) t(platform, metric, rule, severity, what, n_affected)
