from (values
	('dau_per_mau', 'sina_weibo', date '2013-12-31', 0.476, 0.474, 0.478, 'mean users a day over users in the month', null, 'https://example.org/sina'),
	('dau_per_mau', 'sina_weibo', date '2012-12-31', 0.45, 0.44, 0.46, 'mean users a day over users in the month', null, 'https://example.org/sina'),
	('mau_per_registered', 'twitter', date '2011-01-31', 0.27, 0.26, 0.28, 'users in the month over accounts ever opened', 'different_sources,derived', null)
) t(quotient, platform, "on", value, lo95, hi95, definition, flags, source_url)
