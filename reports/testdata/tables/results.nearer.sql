from (values
	('Credit Suisse', date '2011-02-11', 'window', 'sina_weibo', 'twitter', 'top100_followers_total', date '2011-07-01', date '2011-12-31', 'in the second half of 2011', 1.0, 0.22, null, null, null, 'undecided', false, 'https://example.org/bank'),
	('=A & <b>', date '2016-01-05', 'value', 'sina_weibo', null, 'monthly_active_users', date '2016-12-31', date '2016-12-31', null, 280e6, 290e6, 313e6, 0.1, 0.07, 'ours', true, null),
	('A bank', date '2015-01-05', 'window', 'sina_weibo', 'twitter', 'monthly_active_users', date '2016-12-31', null, '+soon', 0.6, null, 1.0, 0.16, null, 'no_forecast_of_ours', false, null)
) t(forecaster, made_on, kind, platform, leader, metric, on_from, on_to, statement, theirs, ours, outcome, error_theirs, error_ours, nearer, entered_late, source_url)
