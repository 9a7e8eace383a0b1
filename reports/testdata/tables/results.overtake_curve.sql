select date '2011-02-28' as as_of, 'top100_followers_total' as metric, 'sina_weibo' as challenger, 'twitter' as leader, * from (values
	(date '2011-02-28', 0.0, 0.0, 0.0), (date '2011-05-24', 0.48, 0.5, 0.4), (date '2011-06-30', 0.7, 0.72, 0.62), (date '2011-12-31', 0.9, 0.93, 0.88)
) t("on", p_ahead, p_ever, p_for_good)
