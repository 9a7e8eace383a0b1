from (values
	('twitter', 'monthly_active_users', 'stale', 'warn', '330 million stands unchanged in 3 readings from 2017-09-30 on, for 426 days', 3),
	('sina_weibo', 'monthly_active_users', 'sources_disagree', 'warn', 'two sources differ by 6 %: <i>340 M</i> and 361 M', 2)
) t(platform, metric, rule, severity, what, n_affected)
