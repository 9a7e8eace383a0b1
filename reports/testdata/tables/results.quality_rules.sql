from (values
	(1, 'stale', 'one value in 3 readings or more over at least 180 days', 'told only', 1, 3),
	(2, 'gap', 'no reading for 200 days in a series usually three times denser, or for 400 days in any', 'no interpolation or trend across it', 0, 0)
) t(no, rule, looks_for, consequence, findings, n_affected)
