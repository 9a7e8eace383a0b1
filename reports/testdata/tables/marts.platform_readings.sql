select *, 'weibo_style' as family, published_on as effective_to from (values
	('sina_weibo', 'monthly_active_users', false, 'assumed_report_lag', 'quarter', date '2014-02-14', 'https://example.org/sina', 'Results of the fourth quarter', 'A'),
	('sina_weibo', 'monthly_active_users', false, 'url', 'quarter', date '2017-05-16', 'https://example.org/passed', 'Weibo overtakes Twitter', 'A'),
	('twitter', 'monthly_active_users', false, 'assumed_report_lag', 'quarter', date '2017-04-28', 'https://example.org/twitter', 'Shareholder letter', 'B'),
	('twitter', 'top100_followers_total', true, 'url', 'month', date '2011-02-11', 'https://example.org/top100', null, 'C'),
	('threads', 'daily_active_users', false, 'url', 'day', date '2026-01-08', 'javascript:alert(1)', '<b>Threads</b> & "X"', null)
) t(platform, metric, derived, published_basis, "precision", published_on, source_url, source_title, trust)
