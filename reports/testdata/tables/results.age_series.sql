from (values
	('sina_weibo', 'registered_users', 443, 50e6, 45e6, 55e6, date '2010-10-31'),
	('sina_weibo', 'registered_users', 929, 300e6, 295e6, 305e6, date '2012-02-29'),
	('twitter', 'registered_users', 700, 1.3e6, 1.2e6, 1.4e6, date '2008-06-14'),
	('twitter', 'registered_users', 1661, 200e6, 195e6, 205e6, date '2011-01-31')
) t(platform, metric, age_days, value, lo95, hi95, "on")
