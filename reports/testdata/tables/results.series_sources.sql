from (values
	('sina_weibo', 'monthly_active_users', date '2017-03-31', 'https://example.org/a', 'A', 340e6, true, null),
	('sina_weibo', 'monthly_active_users', date '2017-03-31', 'https://example.org/b', 'C', 361e6, false, 'disagrees with a source of better trust')
) t(platform, metric, "on", source_url, trust, value, used, why)
