from (values
	('weibo_style', 'monthly_active_users', date '2016-12-31', 313e6, 312e6, 314e6, 'sina_weibo', 'tencent_weibo'),
	('twitter_style', 'monthly_active_users', date '2022-11-30', 2.4e6, 2.3e6, 2.5e6, 'mastodon', 'twitter'),
	('weibo_style', 'monthly_active_users', date '2017-03-31', 340e6, 339e6, 341e6, 'sina_weibo', null),
	('twitter_style', 'monthly_active_users', date '2016-12-31', 319e6, 318e6, 320e6, 'twitter', null),
	('twitter_style', 'monthly_active_users', date '2017-03-31', 328e6, 327e6, 329e6, 'twitter', null)
) t(family, metric, "on", value, lo95, hi95, platforms, missing)
