from (values
	('twitter', date '2011-03-01', 1, 'ladygaga', 'Lady Gaga', 1000, 600, 1000, null, 1000, 1000, 1.0, ''),
	('twitter', date '2011-03-01', 2, 'xss', '<script>alert(1)</script>', 800, 450, 500, null, 1500, 1800, 0.9, ''),
	('twitter', date '2011-03-01', 3, 'formula', '=1+1', 300, null, null, null, null, 2100, null, 'small_cell')
) t(platform, on_day, pick, account_id, display_name, followers, exclusive, gain, gain_se, reached, sum_followers, of_best_at_least, flags)
