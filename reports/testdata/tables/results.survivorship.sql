from (values
	('sina_weibo', 'total', 100, date '2010-12-31', date '2011-01-31', null, null, null, null, null, null, 0.16, 0.15, 0.17, 'the source gives the sum and not the accounts: only whoever led then and now can be told'),
	('twitter', 'lists', 10, date '2011-02-14', date '2011-04-04', 0.10, 0.09, 0.11, 0.12, 0.11, 0.13, 0.11, 0.1, 0.12, null)
) t(platform, basis, k, from_on, to_on, cohort, cohort_lo95, cohort_hi95, survivor, survivor_lo95, survivor_hi95, slot, slot_lo95, slot_hi95, why)
