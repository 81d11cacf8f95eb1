-- What all three programs share: readings of the law, papers, and the table of findings.

-- The law is read as it stands, with each contested point the other way, and for a window in which
-- it changes as of the window's first day too.
create temp table side as
select * from (values
    (0, '', false),
    (1, 'rtm-staff-time', false), (2, 'rtm-visit-day', false), (3, 'rtm-setup-days', false),
    (4, 'rtm-several-systems', false), (5, 'rtm-global-period', false),
    (6, 'rpm-setup-days', false), (7, 'rpm-contract-staff', false), (8, 'rpm-visit-day', false),
    (9, 'rpm-global-period', false),
    (10, 'ccm-contract-staff', false), (11, 'ccm-clinic-code', false),
    (12, 'rpm-99091', false), (13, 'ccm-supervision', false),
    (14, '', true)) as t(side, point, at_start);

-- Whether the other side of a point is taken: as the practice settled it, else as the side says.
create temp macro other(p, side_point, asked, day) as coalesce(
    (select o.other from position o
     where o.practice = p and o.point = asked and (o.since is null or o.since <= day)),
    side_point = asked);

-- How a count stands to what is wanted: yes, no, later (may still be reached), or why not known.
create temp macro met(lo, hi, later, want, why) as case
    when lo >= want then 'yes'
    when hi + later < want then 'no'
    when later > 0 then 'later'
    else why end;

-- How a dated paper stands: no such column is to confirm, an empty cell is no paper.
create temp macro paper_by(text, day) as case
    when text is null then 'missing'
    when cell(text) is null then 'no'
    when try_cast(text as date) is null then 'doubt'
    when try_cast(text as date) <= day then 'yes'
    else 'no' end;

-- The plan of care covers the day, asked of therapists only.
create temp macro plan_of_care(plan_from, plan_to, day, billers) as case
    when not list_contains(billers, 'therapist') then 'yes'
    when paper_by(plan_from, day) = 'no' and len(billers) > 1 then 'missing'
    when try_cast(plan_from as date) <= day and cell(plan_to) is not null
        then case when try_cast(plan_to as date) is null then 'doubt'
                  when try_cast(plan_to as date) >= day then 'yes'
                  when len(billers) > 1 then 'missing' else 'no' end
    else paper_by(plan_from, day) end;

-- A global surgical period that shares a day with the window: only for another condition than the
-- surgery's. `asked`: whether it is asked of this biller at all.
create temp macro surgery(on_day, lasts, related, w_start, w_end, counts_related, asked) as case
    when not asked or try_cast(on_day as date) is null
        or try_cast(on_day as date) > w_end
        or try_cast(on_day as date) + coalesce(try_cast(lasts as integer), 90) < w_start then 'yes'
    when related = 'no' then 'yes'
    when related = 'yes' and try_cast(lasts as integer) is not null
        then if(counts_related, 'yes', 'no')
    else 'doubt' end;

-- Of several requirements the one that decides.
create temp macro worst(states) as case
    when list_contains(states, 'no') then 'no'
    when list_contains(states, 'later') then 'later'
    when list_contains(states, 'missing') then 'missing'
    when list_contains(states, 'doubt') then 'doubt'
    else 'yes' end;

-- Alternatives: of one ladder the first code whose needs are met takes the window. `other_*`: under
-- the other reading of the point.
create temp table alternative as
select * from (values
    -- RTM: one supply for all systems of a patient, all upper tiers first; or one for each system
    ('98977', 'rtm-supply', 1, '2022-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-msk', 1),
    ('98976', 'rtm-supply', 2, '2022-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-resp', 1),
    ('98978', 'rtm-supply', 3, '2023-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-cbt', 1),
    ('98985', 'rtm-supply', 4, '2026-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-msk', 2),
    ('98984', 'rtm-supply', 5, '2026-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-resp', 2),
    ('98986', 'rtm-supply', 6, '2026-01-01', '9999-12-31', 'rtm-several-systems', 'rtm-cbt', 2),
    ('98980', 'rtm-management', 1, '2026-01-01', '9999-12-31', null, null, null),
    ('98979', 'rtm-management', 2, '2026-01-01', '9999-12-31', null, null, null),
    ('99454', 'rpm-supply', 1, '2026-01-01', '9999-12-31', null, null, null),
    ('99445', 'rpm-supply', 2, '2026-01-01', '9999-12-31', null, null, null),
    ('99457', 'rpm-management', 1, '2026-01-01', '9999-12-31', null, null, null),
    ('99470', 'rpm-management', 2, '2026-01-01', '9999-12-31', null, null, null),
    -- CCM: one lane a month: complex, personal, staff; a clinic's own code last, or first
    ('99487', 'ccm-lane', 1, '2025-01-01', '9999-12-31', null, null, null),
    ('99491', 'ccm-lane', 2, '2025-01-01', '9999-12-31', null, null, null),
    ('99490', 'ccm-lane', 3, '2025-01-01', '9999-12-31', null, null, null),
    ('G0511', 'ccm-lane', 4, '2025-01-01', '2025-09-30', 'ccm-clinic-code', 'ccm-lane', 0)
) as t(code, ladder, rank, since, until, asked_point, other_ladder, other_rank);

-- One row per code, window and side. Needs: days or minutes (lo, hi), contacts (lo2, hi2).
-- `base`, `used_min`, `each`, `most`: of an add-on. `earlier`: how the minimum of a code once per
-- episode stood before the month; `served`: the day that it was reached.
create temp table asked (
    practice integer, patient varchar, program varchar, code varchar, slot varchar,
    w_start date, w_end date, side integer, in_force boolean, about varchar, papers varchar[],
    confirm boolean, fact varchar, lo integer, hi integer, later integer, want integer, why varchar,
    needs_contact boolean default false, lo2 integer, hi2 integer, later2 integer, why2 varchar,
    law_day date, point varchar, base varchar, used_min integer, each integer, most integer,
    earlier varchar, served date, started boolean default true);

-- Every window under every side, with the day as of which the law is read.
create temp table reading_of_law as
select s.practice, s.patient, s.program, slot, kind, w_start, w_end, side, point, at_start,
    case when at_start and slot <> 'episode' then w_start else w_end end as law_day,
    -- on the eve of the month, for what was due before
    cast(month - 1 as date) as eve
from stretch s join settings using (practice) cross join side
where slot <> 'before' and (point = '' or point like s.program || '-%');
