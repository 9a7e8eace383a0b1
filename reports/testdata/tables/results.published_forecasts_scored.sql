from (values
	('Credit Suisse', date '2011-02-11', 'top100_followers_total', 'sina_weibo', 'twitter', date '2011-07-01', date '2011-12-31', 'in the second half of 2011', date '2011-05-24', date '2011-04-16', date '2011-08-30', 0.22, 'not_observed', 'https://example.org/bank'),
	('"Press" <i>', date '2011-06-20', 'top100_followers_total', 'sina_weibo', 'twitter', date '2011-05-01', null, '+in May or June', null, null, null, null, null, null)
) t(forecaster, made_on, metric, challenger, leader, window_from, window_to, statement, ours_median, ours_lo80, ours_hi80, p_ours_in_window, outcome, source_url)
