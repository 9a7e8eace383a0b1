from (values
	('sina_weibo', 'monthly_active_users', 'logistic', 610e6, 596e6, 625e6, 651.2, date '2016-10-10', 20, null),
	('twitter', 'monthly_active_users', 'gompertz', null, null, null, 700.1, null, 43, 'the likelihood is flat towards large K: saturation is not identified')
) t(platform, metric, model, k, k_lo95, k_hi95, aicc, inflection_on, n, refused_because)
