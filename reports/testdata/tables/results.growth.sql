from (values
	('sina_weibo', 'monthly_active_users', 'all', date '2013-12-31', date '2025-06-30', 129.1e6, 588e6, 3.55, 3.54, 3.56, 0.141, 0.140, 0.142, 1918.0, 1900.0, 1940.0, 4, null),
	('sina_weibo', 'monthly_active_users', 'last_12_months', date '2024-06-30', date '2025-06-30', 583e6, 588e6, 0.0086, 0.006, 0.0112, 0.0086, 0.006, 0.0112, null, null, null, 2, null),
	('twitter', 'monthly_active_users', 'last_12_months', date '2018-03-31', date '2019-03-31', 336e6, 330e6, -0.018, -0.022, -0.014, -0.018, -0.022, -0.014, null, null, null, 5, 'shrinking')
) t(platform, metric, period, from_on, to_on, from_value, to_value, rate, rate_lo95, rate_hi95, cagr, cagr_lo95, cagr_hi95, doubling_days, doubling_lo95, doubling_hi95, n, flags)
