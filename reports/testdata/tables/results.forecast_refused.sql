from (values ('twitter', 'daily_active_users', date '2026-01-07', '2 readings: a slope needs 3')) t(platform, metric, last_on, reason)
