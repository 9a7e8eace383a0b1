from (values
	('twitter', date '2011-03-01', 1, false, 1000),
	('twitter', date '2011-03-01', 2, true, 500)
) t(platform, on_day, accounts_followed, or_more, persons)
