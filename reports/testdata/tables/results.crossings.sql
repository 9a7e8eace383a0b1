from (values
	('monthly_active_users', 'sina_weibo', 'twitter', date '2016-12-31', date '2017-03-31', null)
) t(metric, challenger, leader, crossed_after, crossed_by, note)
