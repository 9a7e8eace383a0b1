from (values
	(1, 'Sina Weibo''s partnerships of June 2011', 'sum', 2, 1, 4, null, null, 'cannot_be_told', 'Cannot be told from this data: of 4 methods 1 could be used and none sees a change, but even the sharpest could not have seen one under 35 %.'),
	(1, 'Sina Weibo''s partnerships of June 2011', 'interrupted_series', 2, 1, 2, 'sina_weibo', 'registered_users', 'no_change_seen', 'no change of level that this data could show: -12.5 % (95 % interval -35.4 to +18.6 %); a jump under 36 % would not be seen'),
	(1, 'Sina Weibo''s partnerships of June 2011', 'synthetic_control', 2, 0, 2, 'sina_weibo', 'followers', 'cannot_be_told', 'cannot be told from this data: no series of a platform of another family covers the same months')
) t(case_no, title, method, n_events, n_made, n_possible, platform, metric, verdict_kind, verdict)
