from (values
	('registered_users', 'accounts', 'Registered accounts', '注册用户', 'Accounts ever opened.'),
	('monthly_active_users', 'users', 'Monthly active users', '月活跃用户', 'Users who used the platform at least once in the month.'),
	('daily_active_users', 'users', 'Daily active users', '日活跃用户', 'Average number of users a day in the period.'),
	('followers', 'followers', 'Followers of an account', '粉丝数', 'Accounts that follow one account.'),
	('top100_followers_total', 'followers', 'Followers of the top 100, summed', '前百名粉丝总数', 'A person who follows several counts several times.')
) t(metric, unit, name, name_zh, definition)
