select *, 'list' as list, true as complete, followers as lo, followers as hi, 5 as entries, 'https://example.org/list' as source_url from (values
	('sina_weibo', date '2011-04-04', 1, 'yaochen', 'Yao Chen', 'film_tv', 7.0e6),
	('sina_weibo', date '2011-04-04', 2, 'xss', '<script>alert(1)</script>', 'film_tv', 6.3e6),
	('sina_weibo', date '2011-04-04', 3, 'formula', '=1+1', null, 5.6e6),
	('sina_weibo', date '2011-04-04', 4, 'bidi', '"q' || chr(8238) || 'ot' || chr(8294) || 'es" & ''apostrophe', 'music', 5.2e6),
	('sina_weibo', date '2011-04-04', 5, 'xiao', '肖战 (Xiao Zhan) 🎬', 'film_tv', 5.0e6),
	('twitter', date '2011-02-14', 1, 'ladygaga', 'Lady Gaga', 'music', 8.2e6),
	('twitter', date '2011-02-14', 2, 'britneyspears', 'Britney Spears', 'music', 6.8e6),
	('twitter', date '2011-02-14', 3, 'barackobama', 'Barack Obama', 'politics', 6.6e6),
	('twitter', date '2011-04-04', 1, 'ladygaga', 'Lady Gaga', 'music', 9.1e6),
	('twitter', date '2011-04-04', 2, 'line', 'two' || chr(10) || 'lines' || chr(9) || 'and a tab', 'music', 8.9e6),
	('twitter', date '2011-04-04', 3, 'rtl', 'شاكيرا', 'music', 8.0e6),
	('twitter', date '2011-04-04', 4, 'at', '@SUM(A1)', null, 7.5e6),
	('twitter', date '2011-04-04', 5, 'long', repeat('very long name ', 34), 'music', 7.3e6)
) t(platform, list_on, rank, account_id, display_name, category, followers)
