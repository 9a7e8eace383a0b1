-- Which tracked accounts the sampled followers follow, request by request, without repeats.
--
-- grain:   one row per (platform, list, follower_key, document)
-- reads:   lake.memberships, staging.stg_journal__pages
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   list          varchar  the sample that the follower was drawn in: key of lists
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account whose list was sampled
--   follower_key  varchar  pseudonym of the follower: 16 hexadecimal digits of the SHA-256 of platform and id
--   checked       bigint   accounts: tracked accounts that were asked about, the sampled account among them
--   follows       bigint   accounts: of them, those that the follower follows: the multiplicity of the estimator of unique reach
--   document      varchar  the part of the tracked accounts that the request was about
with numbered as (
    select
        s.platform,
        s.list,
        s.account_no,
        s.native_id as account_id,
        s.follower_key,
        s.checked,
        s.follows,
        s.document,
        row_number() over (
            partition by s.platform, s.list, s.follower_key, s.document
            order by s.page desc
        ) as repeat_no
    from lake.memberships s
    join staging.stg_journal__pages p on p.source = s.source and p.document = s.document and p.page = s.page
    where s.source <> 'history'
)
select
    platform,
    list,
    account_no,
    account_id,
    follower_key,
    checked,
    follows,
    document
from numbered
where repeat_no = 1
