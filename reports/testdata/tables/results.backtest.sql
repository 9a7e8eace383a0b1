from (values
	('sina_weibo', 'monthly_active_users', 'ensemble', 365.0, 12, 0.74, 0.83, 0.6, 0.95, null),
	('sina_weibo', 'monthly_active_users', 'drift', 365.0, 12, 1.0, 0.4, 0.2, 0.6, null)
) t(platform, metric, model, horizon_days, origins, rel_wis_drift, coverage80, coverage80_lo, coverage80_hi, flags)
