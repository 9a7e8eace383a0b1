select *, 'weibo_style' as family, false as derived, published_on as effective_to from (values
	('sina_weibo', 'followers', date '2011-04-04', 'https://example.org/list', null, 'A'),
	('twitter', 'followers', date '2011-04-04', 'https://example.org/list', null, 'A')
) t(platform, metric, published_on, source_url, source_title, trust)
