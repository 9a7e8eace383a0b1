from (values
	(1, 'sina_weibo', 'cannot', 'Sina Weibo: the share of the month''s users who come on a day cannot be told: no source gives both for one period (25 M; 50 M). Dividing one source''s daily users by another''s monthly ones is not done.'),
	(2, null, 'can', 'posts a day per registered account of Sina Weibo (2011-06-30) against Twitter (2011-07-04): higher on Twitter (log ratio -0.22, 95 % interval -0.24 to -0.20 from rounding and dispute alone).'),
	(3, null, 'cannot', 'Whether users of one platform were stickier than those of another in 2011 cannot be told from this data: that needs daily and monthly users of both, each pair from one source, and there is no such pair of any platform.')
) t(no, platform, said, statement)
