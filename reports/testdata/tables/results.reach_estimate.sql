from (values
	('sina_weibo', 'list', date '2011-04-04', 5, 29.1e6, null, null, 7.0e6, 29.1e6, 1.0, 5, 'bounds_counts', 0.05, 0.21, 1.4e8, date '2011-07-15', 'https://example.org/users', 'https://example.org/list', 'not exact: no follower list is held', ''),
	('twitter', 'list', date '2011-04-04', 5, 40.8e6, null, null, 9.1e6, 40.8e6, 1.0, 5, 'bounds_counts', 0.16, 0.72, 5.65e7, date '2011-07-15', 'https://example.org/users', 'https://example.org/list', 'not exact: no follower list is held', ''),
	('twitter', 'follower lists', date '2011-03-01', 3, 2100.0, 1500.0, 0.0, 1500.0, 1500.0, 1.0, 2100, 'exact', 0.00003, 0.00003, 5.65e7, date '2011-07-15', 'https://example.org/users', null, '', '')
) t(platform, list, list_on, accounts, sum_followers, reach, reach_se, reach_lo, reach_hi, level, n, method, registered_share_lo, registered_share_hi, registered_users, registered_on, registered_source_url, source_url, why_not_better, flags)
