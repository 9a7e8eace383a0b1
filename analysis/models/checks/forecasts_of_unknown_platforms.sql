-- Published forecasts about a platform or a metric that the marts do not know: they could never be scored.
--
-- severity: warn
-- reads:    marts.published_forecasts, marts.platforms, marts.metrics
select f.forecaster || ', ' || cast(f.made_on as varchar) || ': ' || f.challenger || ' over ' || f.leader || ' by ' || f.metric as what
from marts.published_forecasts f
left join marts.platforms c on c.platform = f.challenger
left join marts.platforms l on l.platform = f.leader
left join marts.metrics m on m.metric = f.metric
where c.platform is null or l.platform is null or m.metric is null
