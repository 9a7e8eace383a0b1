from (values
	('registered_users', 'accounts', 'Registered accounts', 'Accounts ever opened.'),
	('monthly_active_users', 'users', 'Monthly active users', 'Users who used the platform at least once in the month.'),
	('daily_active_users', 'users', 'Daily active users', 'Average number of users a day in the period.'),
	('followers', 'followers', 'Followers of an account', 'Accounts that follow one account.'),
	('top100_followers_total', 'followers', 'Followers of the top 100, summed', 'A person who follows several counts several times.')
) t(metric, unit, name, definition)
