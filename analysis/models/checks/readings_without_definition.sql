-- Metrics that have readings but no definition: nobody can say what such a figure counts.
--
-- severity: warn
-- reads:    marts.platform_readings, marts.account_readings, marts.metrics
with used as (
    select metric from marts.platform_readings
    union
    select metric from marts.account_readings
)
select u.metric as what
from used u
left join marts.metrics m on m.metric = u.metric
where m.metric is null
