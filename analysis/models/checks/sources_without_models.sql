-- Rows of the lake that no mart shows, as only the shipped history has models for them: events and forecasts of other
-- sources.
--
-- severity: warn
-- reads:    lake.events, lake.forecasts
with rows_by_source as (
    select source from lake.events
    union all
    select source from lake.forecasts
)
select source || ': ' || cast(count(*) as varchar) || ' rows' as what
from rows_by_source
where source <> 'history'
group by source
