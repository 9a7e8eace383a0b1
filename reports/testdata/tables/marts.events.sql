from (values
	('sina_weibo', date '2009-08-14', date '2009-08-14', 'day', 'product', 'confirmed', 'Sina', 'Sina Weibo launched', date '2009-08-14', 'https://example.org/launch', 'A'),
	('twitter', date '2013-11-01', date '2013-11-30', 'month', 'ownership', 'confirmed', 'Twitter', 'Twitter goes public', date '2013-11-30', 'https://example.org/ipo', 'B'),
	('sina_weibo', date '2011-01-11', date '2011-01-11', 'day', 'investment', 'rumour', 'Baidu; Alibaba', 'Baidu and Alibaba said to invest', date '2011-01-11', 'ftp://example.org/x', 'C'),
	('threads', date '2026-12-01', date '2026-12-31', 'month', 'product', 'planned', null, '=HYPERLINK("http://evil.example","click")', date '2026-01-09', null, null)
) t(platform, event_from, event_to, "precision", kind, status, parties, title, published_on, source_url, trust)
