-- One edition: what was handed in, and the statistics computed when it was published. Never changed afterwards.
-- Codes and texts are checked by ingest; the CHECKs here are the last line.

create table edition (
    edition_id text primary key,
    schema_version integer not null,
    title text not null,
    created_at timestamp not null,
    synthetic boolean not null,
    content_hash text not null check (length(content_hash) = 64),  -- of the tables handed in and the facts
    built_by text not null,
    completed text not null  -- the edition that this one completes, '' for none
);

-- What was handed in besides results, a table for each form (ingest/table_schemas.py), as text: what is in force may be facts of
-- the project too, and only this must be kept when the edition is completed.
create schema handed_in;

create table source_file (
    name text not null,
    sha256 text not null check (length(sha256) = 64)
);

-- The files that an edition which completes another was handed in, to build it anew upon a later one: in parts.
create table handed_in_file (
    position integer not null,
    name text not null,
    part integer not null,
    content blob not null
);

create table sector (
    code text primary key,
    name_en text not null,
    name_fr text not null,
    is_esca_portfolio boolean not null,
    position integer not null
);

-- The members of the Council of Europe: who counts as European for the top 500.
create table european_country (country text primary key);

-- A scheme is one version of a grid; the versions of a grid share its family.
create table scheme (
    scheme text primary key,
    family text not null,
    version text not null,
    name_en text not null,
    name_fr text not null,
    purpose text not null check (purpose in ('benchmark', 'evaluation')),
    illustrative boolean not null,
    pass_share double check (pass_share between 0 and 100),  -- of all points, in per cent; none: no share is asked
    unique (family, version)
);

create table dimension (
    scheme text not null,
    code text not null,
    name_en text not null,
    name_fr text not null,
    position integer not null,
    primary key (scheme, code)
);

create table indicator (
    scheme text not null,
    code text not null,
    dimension text not null,
    name_en text not null,
    name_fr text not null,
    kind text not null check (kind in ('level', 'share', 'number', 'points', 'gate')),
    unit_en text not null,
    unit_fr text not null,
    minimum double,
    maximum double check (maximum >= minimum),
    direction text not null check (direction in ('higher', 'lower', 'none')),
    threshold double,
    basis text not null,
    silver_audit text not null check (silver_audit in ('yes', 'no', 'unknown', '')),
    position integer not null,
    primary key (scheme, code)
);

-- What an indicator measures and why it matters, in words.
create table dictionary (
    scheme text not null,
    indicator text not null,
    measures_fr text not null,
    measures_en text not null,
    matters_fr text not null,
    matters_en text not null,
    primary key (scheme, indicator)
);

-- What to do about a margin for improvement; limit: only where the value is as bad or worse.
create table recommendation (
    scheme text not null,
    indicator text not null,
    "limit" double,
    effort integer not null check (effort between 1 and 3),
    action_fr text not null,
    action_en text not null,
    good_fr text not null,
    good_en text not null,
    evidence_fr text not null,
    evidence_en text not null,
    position integer not null
);

-- The documents that show an indicator to those who verify it.
create table document (
    scheme text not null,
    code text not null,
    indicator text not null,
    name_fr text not null,
    name_en text not null,
    position integer not null,
    primary key (scheme, code)
);

-- What a step of an indicator takes that leads to a level or higher; no effort: it cannot be changed at will.
create table effort (
    scheme text not null,
    indicator text not null,
    level double not null,
    effort integer check (effort between 1 and 9),
    basis text not null,
    primary key (scheme, indicator, level)
);

-- By which answers clusters are grouped into bands of size and of age: from low (included) to high (not included).
create table band (
    scheme text not null,
    kind text not null check (kind in ('size', 'age')),
    key text not null,
    indicator text not null,
    low double,
    high double,
    name_fr text not null,
    name_en text not null
);

create table country_group (
    country text primary key,
    key text not null,
    name_fr text not null,
    name_en text not null
);

create table cluster (
    cluster_id text primary key,
    name text not null,
    country text not null check (length(country) = 2),
    city text not null,
    region text not null,
    latitude double check (latitude between -90 and 90),
    longitude double check (longitude between -180 and 180),
    geo_precision text not null check (geo_precision in ('city', 'region', 'unknown')),
    activity text not null,
    website text not null check (website = '' or website like 'http%'),
    note text not null,
    check ((latitude is null) = (longitude is null)),
    check ((latitude is null) = (geo_precision = 'unknown'))
);

create table cluster_sector (
    cluster_id text not null,
    sector text not null,
    position integer not null,  -- 1 is the main sector
    primary key (cluster_id, sector)
);

-- Dates as precise as their source: '2013', '2013-03', '2013-03-27', '' where it gives none.
create table award (
    cluster_id text not null,
    label text not null check (label in ('bronze', 'silver', 'gold')),
    awarded_on text not null check (regexp_full_match(awarded_on, '(\d{4}(-\d{2}(-\d{2})?)?)?')),
    date_basis text not null,
    valid_until text not null check (regexp_full_match(valid_until, '(\d{4}(-\d{2}(-\d{2})?)?)?')),
    valid_months integer check (valid_months > 0),  -- how long the source says the award lasts
    source_url text not null check (source_url = '' or source_url like 'http%'),
    confidence text not null check (confidence in ('high', 'medium')),
    checked_on text not null check (regexp_full_match(checked_on, '(\d{4}(-\d{2}(-\d{2})?)?)?'))
);

-- What was seen of a label on a day, without being an award.
create table observation (
    cluster_id text not null,
    label text not null check (label in ('bronze', 'silver', 'gold')),
    seen_on text not null check (regexp_full_match(seen_on, '\d{4}(-\d{2}(-\d{2})?)?')),
    state text not null check (state in ('held', 'lapsed')),
    basis text not null,
    source_url text not null check (source_url = '' or source_url like 'http%'),
    confidence text not null check (confidence in ('high', 'medium'))
);

-- How long a label lasts by the rule of the scheme, for first awards and renewals, and by years; until: none, still.
create table validity (
    label text not null check (label in ('bronze', 'silver', 'gold')),
    award text not null check (award in ('first', 'renewal')),
    "from" integer not null,
    "until" integer check ("until" >= "from"),
    months integer not null check (months > 0),
    counted_from text not null,
    renewal_window_months integer not null check (renewal_window_months >= 0),
    confidence text not null check (confidence in ('official', 'holders', 'inferred')),
    basis_en text not null,
    basis_fr text not null,
    source_url text not null check (source_url = '' or source_url like 'http%'),
    primary key (label, award, "from")
);

-- Which share of all labels ever awarded the register holds, and what that is measured against.
create table coverage (
    label text primary key,
    share_percent double not null check (share_percent between 0 and 100),
    basis_fr text not null,
    basis_en text not null
);

-- What the register of labels calls itself, and of when it is: one row at most.
create table register (
    title_fr text not null,
    title_en text not null,
    as_of text not null check (regexp_full_match(as_of, '(\d{4}(-\d{2}(-\d{2})?)?)?'))
);

create table assessment (
    assessment_id integer primary key,
    cluster_id text not null,
    scheme text not null,
    assessed_on date not null,
    evidence text not null check (evidence in ('declared', 'verified')),
    unique (cluster_id, scheme, assessed_on, evidence)
);

-- No key: millions of rows, checked for doubles at import, and stored in the order in which they are read.
create table answer (
    assessment_id integer not null,
    indicator text not null,
    value double not null check (isfinite(value))
);

-- What was noted at an assessment beside its answers, and the success stories told there.
create table remark (
    assessment_id integer not null,
    indicator text not null,
    notes text not null,
    proof text not null
);

create table story (
    assessment_id integer not null,
    story integer not null,
    what text not null,
    result text not null
);

-- Groups that may be looked at, and who is in them. n counts all members. withdrawn: why nothing is told of a group after
-- all, '' where it is offered (suppression.py).
create table peer_group (
    group_id integer primary key,
    scheme text not null,
    kind text not null check (kind in ('top500', 'sector', 'size', 'age', 'country_group', 'all')),
    key text not null,
    name_fr text not null,
    name_en text not null,
    n integer not null,
    withdrawn text not null check (withdrawn in ('', 'few', 'difference')),
    coalition integer not null,  -- so many of its members one account may see, and learns no more of the others
    unique (scheme, kind, key)
);

create table peer_group_member (
    group_id integer not null,
    cluster_id text not null
);

-- The 500 best as they were at the end of an earlier year, in a wave named scheme@year: progress is told against them.
create table wave_member (
    wave text not null,
    cluster_id text not null
);

-- What is not told of a group that is offered: one question, or one dimension, and why.
create table withheld (
    group_id integer not null,
    subject text not null check (subject in ('indicator', 'dimension')),
    code text not null,
    reason text not null check (reason in ('few', 'difference', 'alike'))
);

-- What one cluster may know of a group in one indicator; itself left out. Withheld figures are never stored.
create table position (
    cluster_id text not null,
    group_id integer not null,
    indicator text not null,
    percentile double check (percentile between 0 and 100),
    percentile_low double check (percentile_low <= percentile),
    percentile_high double check (percentile_high >= percentile),
    peer_median double,
    peer_lower double,
    peer_upper double check (peer_upper >= peer_lower),
    n integer not null check (n >= 0)
);

-- The same for a dimension: own score in the group, and the peers' median score on the scale of the top 500.
create table profile (
    cluster_id text not null,
    group_id integer not null,
    dimension text not null,
    score double check (score between 0 and 100),
    peer_median double check (peer_median between 0 and 100),
    n integer not null check (n >= 0)
);

-- From each earlier benchmark to the latest, among the top 500 as they were at the end of the year of the earlier one: the place
-- of the answers then, and the place that the answers of now would have had. Their difference is the cluster's own move.
-- `own_low` and `own_high` bound that move, in points: from those surely passed to those passed or drawn level with. An
-- answer that has not changed has not moved.
create table progress (
    cluster_id text not null,
    scheme text not null,
    previous_on date not null,
    indicator text not null,
    value_before double,
    percentile_before double check (percentile_before between 0 and 100),
    percentile_held double check (percentile_held between 0 and 100),
    own_low double check (own_low between -100 and 100),
    own_high double check (own_high between -100 and 100),
    n integer not null
);

-- A whole group in one dimension, on the scale of the top 500.
create table group_profile (
    group_id integer not null,
    dimension text not null,
    n integer not null,
    lower_quartile double,
    median double,
    upper_quartile double
);

-- The top 500 and each sector in one question, nobody left out: what a cluster that is in no benchmark of the scheme may know
-- of them. Withheld figures are never stored.
create table group_quartile (
    group_id integer not null,
    indicator text not null,
    n integer not null check (n >= 0),
    lower_quartile double not null,
    median double not null check (median >= lower_quartile),
    upper_quartile double not null check (upper_quartile >= median)
);

-- The latest benchmark of each cluster in each scheme: what the statistics rest on.
create table latest_benchmark (
    assessment_id integer not null,
    cluster_id text not null,
    scheme text not null,
    assessed_on date not null,
    evidence text not null
);

-- Which share of a group, in per cent, answers levels from low to high; in parts that are large enough (small_counts.py).
create table practice (
    group_id integer not null,
    indicator text not null,
    low integer not null,
    high integer not null check (high >= low),
    share double not null check (share between 0 and 100)
);

-- Who is in a group: members by country, main sector, size; key '' for all those too few to be told apart.
create table composition (
    group_id integer not null,
    kind text not null check (kind in ('country', 'sector', 'size')),
    key text not null,
    n integer not null
);

-- A cluster's position among the top 500 in a dimension, and how far it moves when scores are put together otherwise.
create table robustness (
    cluster_id text not null,
    scheme text not null,
    dimension text not null,
    position double not null check (position between 0 and 100),
    low double not null,
    high double not null check (high >= low),
    same_side double not null check (same_side between 0 and 100)
);

-- Who holds the label that a scheme evaluates for, and has verified answers.
create table holder (
    scheme text not null,
    cluster_id text not null,
    primary key (scheme, cluster_id)
);

-- The medians of those who hold the label that a scheme evaluates for, as one cluster may know them, itself left out;
-- cluster_id '' for all who are no holders. Withheld figures are never stored.
create table holder_median (
    scheme text not null,
    cluster_id text not null,
    indicator text not null,
    median double not null,
    n integer not null check (n >= 0)
);

-- Reference packs: statistics of clusters elsewhere, as their publisher gives them (reference_packs/content.py); only what
-- matches a scheme of this edition. public_key: by which a pack is signed, '' for an unsigned one.
create table reference_pack (
    pack text primary key,
    scheme text not null,
    publisher text not null,
    title text not null,
    created date not null,
    licence text not null,
    first_year integer not null,
    last_year integer not null check (last_year >= first_year),
    combined text not null,  -- the titles of the packs that it was made of, a line each
    public_key text not null,
    position integer not null  -- of several packs of a scheme the first is the one that pages open with
);

create table reference_group (
    pack text not null,
    kind text not null check (kind in ('top500', 'sector', 'size', 'age', 'country_group', 'all')),
    key text not null,
    name_en text not null,
    name_fr text not null,
    n integer not null check (n > 0),
    rule_en text not null,
    rule_fr text not null,
    indicator text not null,  -- of a group by size or age: whose answers from low (included) to high (not included)
    low double,
    high double,
    countries text not null,  -- of a group of countries, spaces between
    primary key (pack, kind, key)
);

-- A group in one question or dimension.
create table reference_figure (
    pack text not null,
    kind text not null,
    key text not null,
    subject text not null check (subject in ('indicator', 'dimension')),
    code text not null,
    n integer not null check (n > 0),
    lower_quartile double,
    median double,
    upper_quartile double,
    whole_numbers boolean not null  -- whether all its answers are whole numbers
);

-- At least at_least and at most at_most clusters of the group are below the value.
create table reference_frequency (
    pack text not null,
    kind text not null,
    key text not null,
    subject text not null check (subject in ('indicator', 'dimension')),
    code text not null,
    value double not null,
    at_least integer not null check (at_least >= 0),
    at_most integer not null check (at_most >= at_least)
);

create table reference_share (
    pack text not null,
    kind text not null,
    key text not null,
    code text not null,
    low integer not null,
    high integer not null check (high >= low),
    share double not null check (share between 0 and 100)
);

create table reference_composition (
    pack text not null,
    kind text not null,
    key text not null,
    part text not null check (part in ('country', 'sector', 'size')),
    category text not null,
    name_en text not null,
    name_fr text not null,
    n integer not null
);

-- What the figures of a pack say of one cluster's place in a group of it. Its tie range lies between percentile_low and
-- percentile_high, the middle of that between middle_low and middle_high.
create table reference_position (
    cluster_id text not null,
    pack text not null,
    kind text not null,
    key text not null,
    indicator text not null,
    percentile double check (percentile between 0 and 100),
    percentile_low double check (percentile_low <= percentile),
    percentile_high double check (percentile_high >= percentile),
    middle_low double check (middle_low >= percentile_low),
    middle_high double check (middle_high <= percentile_high),
    peer_median double,
    peer_lower double,
    peer_upper double,
    n integer not null check (n >= 0)
);

-- The score of one cluster in a dimension on the scale of a pack: the mean of its percentiles among the 500 best of the
-- pack, or among all its clusters where it has no 500 best. rank_low, rank_high: between which per cents the share of these
-- with a lower score lies.
create table reference_score (
    cluster_id text not null,
    pack text not null,
    dimension text not null,
    score double check (score between 0 and 100),
    score_low double check (score_low <= score),
    score_high double check (score_high >= score),
    rank_low double check (rank_low between 0 and 100),
    rank_high double check (rank_high between rank_low and 100)
);

-- The median of such scores in a group of this edition, as one cluster may know it, itself left out.
create table reference_profile (
    cluster_id text not null,
    pack text not null,
    group_id integer not null,
    dimension text not null,
    peer_median double check (peer_median between 0 and 100),
    n integer not null check (n >= 0)
);

-- How experts judged what clusters had declared: shares in per cent of the answers in points, over many pairs.
create table expert_view (
    scheme text primary key,
    pairs integer not null,
    lower double not null check (lower between 0 and 100),
    higher double not null check (higher between 0 and 100)
);

-- What clusters declared and experts verified, over the n clusters with both answers to an indicator; for staff only.
create table pairing (
    scheme text not null,
    indicator text not null,
    n integer not null,
    declared double not null,
    verified double not null,
    lower integer not null,
    same integer not null,
    higher integer not null check (lower + same + higher = n)
);
