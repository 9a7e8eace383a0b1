from (values
	('active_above_registered', 'warn', 2, 'twitter 2011-03-31: 67950000.0 active, 56500000.0 registered')
) t(name, severity, violations, sample)
