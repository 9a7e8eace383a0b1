from (values
	('sina_weibo', 'within the top 5', date '2011-04-04', 5, 0.07, 0.04, 0.1, 0.203, 4.92, 4.8, 5.0, 0.24, 0.2, 0.25, 1.0, null, null, null, null, null, null, null, null, null),
	('twitter', 'within the top 27', date '2011-04-04', 27, 0.05, 0.03, 0.08, 0.201, 4.97, 4.9, 5.0, 0.22, 0.2, 0.23, 0.6, 0.5, 0.7, 3.2, 2.5, 3.9, 0.7, 0.55, 'neither', null)
) t(platform, scope, list_on, entries, gini, gini_lo95, gini_hi95, hhi, effective_number, effective_lo95, effective_hi95, top1_share, top1_lo95, top1_hi95,
	top5_share, top5_lo95, top5_hi95, power_law_exponent, power_law_lo95, power_law_hi95, power_law_p, lognormal_p, favoured, flags)
