from (values
	('replay', 'overtake', null, 0.1, 0.04, 0.02, 0.08, 160),
	('replay', 'overtake', null, 0.5, 0.46, 0.36, 0.55, 160),
	('replay', 'overtake', null, 0.9, 0.87, 0.79, 0.92, 160)
) t(kind, forecaster, months, level, below, below_lo, below_hi, n)
