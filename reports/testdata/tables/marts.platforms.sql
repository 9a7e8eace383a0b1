from (values
	('sina_weibo', 'Sina Weibo', '新浪微博', 'weibo_style', date '2009-08-14', null::date),
	('tencent_weibo', 'Tencent Weibo', '腾讯微博', 'weibo_style', date '2010-04-01', date '2020-09-28'),
	('twitter', 'Twitter/X', '推特', 'twitter_style', date '2006-07-15', null),
	('threads', 'Threads', null, 'twitter_style', date '2023-07-05', null)
) t(platform, name, name_zh, family, launched_from, closed_to)
