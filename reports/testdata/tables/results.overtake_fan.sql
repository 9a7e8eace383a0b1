select date '2011-02-28' as as_of, 'top100_followers_total' as metric, 'sina_weibo' as challenger, 'twitter' as leader, * from (values
	('sina_weibo', date '2011-02-28', 220e6, 225e6, 230e6, 235e6, 240e6), ('sina_weibo', date '2011-12-31', 600e6, 800e6, 1e9, 1.2e9, 1.5e9),
	('twitter', date '2011-02-28', 298e6, 302e6, 306e6, 310e6, 315e6), ('twitter', date '2011-12-31', 380e6, 430e6, 490e6, 560e6, 640e6)
) t(platform, "on", q10, q25, q50, q75, q90)
