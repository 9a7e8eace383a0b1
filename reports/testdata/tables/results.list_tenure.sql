from (values
	('twitter', 10, 45, 21, 0.952, 0.707, 0.993, 45.0),
	('twitter', 10, 290, 16, 0.658, 0.412, 0.82, 240.0)
) t(platform, k, tenure_days, at_risk, survival, lo95, hi95, mean_days)
