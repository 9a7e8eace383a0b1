from (values
	('twitter', 'monthly_active_users', date '2013-11-01', 'Twitter goes public', -0.02, -0.05, 0.01, 0.3, 'no_change_seen', 'no change of level that this data could show'),
	('sina_weibo', 'registered_users', date '2011-01-11', '<b>rumour</b>', null, null, null, null, 'cannot_be_told', '0 readings before')
) t(platform, metric, event_on, title, level_change, level_lo95, level_hi95, q, verdict_kind, verdict)
