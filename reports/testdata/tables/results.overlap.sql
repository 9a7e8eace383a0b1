from (values
	('twitter', date '2011-03-01', 'ladygaga', 'xss', 300, 0.2, 0.375, 0.3, 0.375, 0.56, ''),
	('twitter', date '2011-03-01', 'ladygaga', 'formula', 200, 0.18, 0.66, 0.2, 0.66, 1.0, ''),
	('twitter', date '2011-03-01', 'xss', 'formula', null, null, null, null, null, null, 'small_cell')
) t(platform, on_day, account_a, account_b, "both", jaccard, overlap_coefficient, b_given_a, a_given_b, lift, flags)
