from (values
	(date '2011-02-28', 'top100_followers_total', 'sina_weibo', 'twitter', 'first', 'ever_by', 0.98, 0.01, date '2011-04-20', date '2011-06-03', date '2011-09-09', null, null, null, null),
	(date '2011-02-28', 'top100_followers_total', 'sina_weibo', 'twitter', 'full', 'ever_by', 0.97, 0.02, date '2011-04-18', date '2011-06-05', null, null, null, null, 'the median moves later by 2 days; the interval loses its end within the horizon; the figure of <b> may be off by 2.0 % instead of 0.4 %'),
	(date '2016-12-31', 'monthly_active_users', 'sina_weibo', 'twitter', 'first', 'ever_by', 0.9, 0.05, date '2016-12-31', null, null, date '2016-12-31', date '2017-03-31', true, null),
	(date '2016-12-31', 'monthly_active_users', 'sina_weibo', 'twitter', 'full', 'ever_by', null, null, null, null, null, date '2016-12-31', date '2017-03-31', false, 'the median stays; the interval stays as wide; the errors of the two platforms go together by +0.05')
) t(as_of, metric, challenger, leader, edition, question, p_within_1y, p_never, lo80_on, median_on, hi80_on, crossed_after, crossed_by, held80, change)
