from (values
	('twitter', date '2011-02-14', date '2011-04-04', 5, 4, 1, 'Britney Spears', '<b>Shakira</b>', 0.81, 0.6, 0.2)
) t(platform, from_on, to_on, k, common, entered, left_names, entered_names, rbo, tau_b, churn)
