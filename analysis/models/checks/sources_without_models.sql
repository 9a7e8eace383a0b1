-- Rows of the lake whose source has no staging model yet: they are kept, but no mart shows them.
--
-- severity: warn
-- reads:    lake.snapshots, lake.platform_metrics, lake.rankings, lake.events
with rows_by_source as (
    select source from lake.snapshots
    union all
    select source from lake.platform_metrics
    union all
    select source from lake.rankings
    union all
    select source from lake.events
)
select source || ': ' || cast(count(*) as varchar) || ' rows' as what
from rows_by_source
where source <> 'history'
group by source
