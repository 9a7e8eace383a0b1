select date '2011-02-28' as as_of, 'top100_followers_total' as metric, 'sina_weibo' as challenger, 'twitter' as leader, * from (values
	('sina_weibo', null, null, date '2010-12-31', date '2011-01-31', 170.9e6, 198.2e6, 0.16, 'own_readings', 'https://example.org/top100'),
	('twitter', 'ladygaga', 'Lady Gaga', date '2010-12-19', date '2011-02-14', 7.4e6, 8.3e6, 0.064, 'panel_account', 'https://example.org/list')
) t(platform, account_id, account_name, from_on, to_on, from_value, to_value, growth_month, role, source_url)
