from (values
	('sina_weibo', date '2011-04-04', 'https://example.org/list', 'A'),
	('twitter', date '2011-04-04', 'https://example.org/list', 'A')
) t(platform, published_on, source_url, trust)
