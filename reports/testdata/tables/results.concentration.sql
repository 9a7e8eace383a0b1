from (values
	('sina_weibo', date '2011-04-04', 5, 0.07, 0.04, 0.1, 0.203, 4.92, 0.24, 1.0, null),
	('twitter', date '2011-04-04', 5, 0.05, 0.03, 0.08, 0.201, 4.97, 0.22, 1.0, null)
) t(platform, list_on, entries, gini, gini_lo95, gini_hi95, hhi, effective_number, top1_share, top5_share, flags)
