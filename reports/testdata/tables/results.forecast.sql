from (values
	('sina_weibo', 'monthly_active_users', 'ensemble', date '2025-09-30', 240.0, 570e6, 575e6, 583e6, 590e6, 598e6, 606e6, 612e6, 0.78, 0.61, 0.89, 23, true, null),
	('sina_weibo', 'monthly_active_users', 'ensemble', date '2026-06-30', 240.0, 540e6, 552e6, 575e6, 595e6, 616e6, 640e6, 655e6, 0.78, 0.61, 0.89, 23, true, null),
	('twitter', 'monthly_active_users', 'ensemble', date '2026-06-30', 2526.0, 100e6, 160e6, 230e6, 310e6, 400e6, 500e6, 620e6, null, null, null, null, null, 'old')
) t(platform, metric, model, "on", age_of_data_days, q05, q10, q25, q50, q75, q90, q95, coverage80, coverage80_lo, coverage80_hi, coverage_n, beats_drift, flags)
