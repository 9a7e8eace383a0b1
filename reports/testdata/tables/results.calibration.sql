from (values
	('replay', 'overtake', null, 160, 90.0, 0.6, 0.83, 0.74, 0.9, 1.09),
	('replay', 'overtake', 12, 40, 31.5, 0.55, 0.81, 0.65, 0.92, 0.94),
	('published', 'A & <b>', 12, 3, 3.0, null, null, null, null, null)
) t(kind, forecaster, months, n, n_eff, coverage50, coverage80, coverage80_lo, coverage80_hi, rel_wis_drift)
