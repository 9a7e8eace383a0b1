-- Which tracked accounts each sampled follower follows: what the estimator of unique reach is made of.
--
-- grain:   one row per (platform, list, follower_key)
-- reads:   staging.stg_live__memberships
-- columns:
--   platform      varchar  short name of the platform: key of marts.platforms
--   list          varchar  the sample that the follower was drawn in: key of lists
--   account_no    bigint   dense number of the account within its platform, given once and for ever
--   account_id    varchar  the platform's own id of the account whose list was sampled
--   follower_key  varchar  pseudonym of the follower: 16 hexadecimal digits of the SHA-256 of platform and id
--   checked       bigint   accounts: tracked accounts that were asked about, the sampled account among them
--   follows       bigint   accounts: of them, those that the follower follows: the multiplicity of the estimator of unique reach
-- checks:  unique(platform, list, follower_key); not null(platform, list, account_no, follower_key, checked, follows);
--          follows >= 1; follows <= checked
select
    platform,
    list,
    account_no,
    account_id,
    follower_key,
    cast(sum(checked) as bigint) as checked,
    cast(sum(follows) as bigint) as follows
from staging.stg_live__memberships
group by platform, list, account_no, account_id, follower_key
