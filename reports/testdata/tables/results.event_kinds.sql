from (values
	('partnership', 'registered_users', 3, -0.12, -0.28, 0.06, 0.1, 0.3, 'no_change_seen')
) t(kind, metric, n_events, abnormal_month, abnormal_lo95, abnormal_hi95, p, q, verdict_kind)
