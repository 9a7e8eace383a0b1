-- More users active in a month than any registration figure of that month or later allows: impossible unless two
-- sources
-- count differently. Both figures are kept; the report says so.
--
-- severity: warn
-- reads:    marts.platform_readings
with registered as (
    select platform, effective_from, min(hi) as most
    from marts.platform_readings
    where metric = 'registered_users'
    group by platform, effective_from
)
select
    a.platform || ' ' || cast(a.effective_to as varchar) || ': ' || cast(cast(a.lo as bigint) as varchar) || ' active, '
        || cast(cast(min(r.most) as bigint) as varchar) || ' registered' as what
from marts.platform_readings a
join registered r on r.platform = a.platform and r.effective_from >= a.effective_to
where a.metric = 'monthly_active_users'
group by a.platform, a.effective_to, a.lo
having a.lo > min(r.most)
