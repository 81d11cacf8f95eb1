-- Findings: alone, among their alternatives, with their bases, beside other programs and claims.

-- No start on file: what is once per episode cannot be placed. (As the product has it: whoever
-- bills, and even if an end before the month is on file.)
insert into asked by name
select m.practice, m.patient, m.program, if(m.program = 'rtm', '98975', '99453') as code,
    'episode' as slot, s.month as w_start, s.month_end as w_end, 0 as side,
    s.month_end as law_day, '' as point, true as in_force, 'missing' as about,
    cast([] as varchar[]) as papers, false as confirm, false as started
from member m join settings s using (practice)
where program <> 'ccm' and m.start is null;

-- ---- alone, in the order of the contract ----

create temp table alone as
with stands as (
    select *,
        case when fact is null or base is not null then 'yes'
             else met(lo, hi, later, want, why) end as n1,
        case when needs_contact then met(lo2, hi2, later2, 1, why2) else 'yes' end as n2
    from asked),
judged as (
    select *, case
        when not in_force or about = 'no' then 'not_applicable'
        when n1 = 'no' or n2 = 'no' then 'short'
        when n1 = 'later' or n2 = 'later' then 'open'
        when list_contains(papers, 'no') then 'blocked'
        when about = 'missing' or n1 = 'missing' or n2 = 'missing' then 'unknown'
        when about = 'doubt' or n1 = 'doubt' or n2 = 'doubt' or list_contains(papers, 'doubt')
            then 'review'
        else 'ready' end as verdict
    from stands),
-- once per episode: due in the month in which the minimum is first reached
placed as (
    select * replace (case
        when verdict = 'not_applicable' then verdict
        when earlier = 'yes' then 'not_applicable'
        when earlier = 'undecided' and verdict in ('ready', 'blocked', 'review') then 'unknown'
        else verdict end as verdict)
    from judged)
select p.*, st.kind,
    if(verdict in ('not_applicable', 'short') or not started, 0, 1) as units,
    not (slot = 'episode' and verdict = 'open' and as_of > w_end) as due,
    if(other(p.practice, p.point, asked_point, law_day), other_ladder, ladder) as ladder,
    if(other(p.practice, p.point, asked_point, law_day), other_rank, rank) as rank
from placed p join settings using (practice)
left join stretch st using (practice, patient, program, slot, w_start, w_end)
left join alternative a on a.code = p.code
    and law_day between cast(since as date) and cast(until as date);

-- ---- alternatives: the first whose needs are met takes the window ----

create temp table climbed as
with step as (
    select *,
        n1 = 'yes' and n2 = 'yes' and verdict in ('ready', 'blocked') as takes,
        -- undecided on what a later one asks for too: holds that one back
        case when verdict in ('open', 'unknown', 'review') and n1 <> 'yes' then verdict end as hold1,
        case when verdict in ('open', 'unknown', 'review') and n2 <> 'yes' then verdict end as hold2
    from alone where ladder is not null),
held as (
    select *, case when takes then coalesce(
            last_value(hold1 ignore nulls) over above,
            if(needs_contact, last_value(hold2 ignore nulls) over above, null)) end as held_by
    from step
    window above as (partition by practice, patient, program, slot, w_start, side, ladder
        order by rank rows between unbounded preceding and 1 preceding)),
taken as (
    select *, min(rank) filter (takes and held_by is null) over (
        partition by practice, patient, program, slot, w_start, side, ladder) as taker
    from held)
select * exclude (takes, hold1, hold2, held_by, taker) replace (
    case when verdict = 'not_applicable' or rank > taker then 'not_applicable'
         else coalesce(held_by, verdict) end as verdict,
    if(rank > taker, 0, units) as units)
from taken
union all by name
select * from alone where ladder is null;

-- ---- add-ons: whole blocks beyond what the base has used; the base's fate ----

create temp macro blocks(minutes, used_min, each, most) as
    if(minutes is null, most, least(most, greatest(0, minutes - used_min) // each));

create temp table based as
with block as (
    select c.*, b.verdict as of_base,
        blocks(c.lo, c.used_min, c.each, c.most) as sure,
        blocks(c.hi, c.used_min, c.each, c.most) as possible
    from climbed c left join climbed b on b.practice = c.practice and b.patient = c.patient
        and b.side = c.side and b.slot = c.slot and b.w_start = c.w_start and b.code = c.base),
decided as (
    select *, case
        when base is null or verdict = 'not_applicable' then verdict
        when of_base in ('not_applicable', 'short') then 'not_applicable'
        when possible = 0 and later = 0 then 'not_applicable'
        when of_base <> 'ready' then of_base
        when later > 0 and sure < most then 'open'
        when possible > sure then if(why = 'missing', 'unknown', 'review')
        else verdict end as fate
    from block)
select * exclude (verdict, units, of_base, sure, possible, fate),
    fate as verdict,
    case when base is null then units when fate = 'not_applicable' then 0 else sure end as units
from decided;

-- ---- beside: other programs, and claims already sent ----

-- A side that is about another program says of this one what the law says.
create temp table whole as
with sides as (select distinct practice, patient, side from based),
own as (select distinct practice, patient, program, side from based),
filled as (
    select s.practice, s.patient, o.program, s.side,
        if(exists (from own x where x.practice = s.practice and x.patient = s.patient
            and x.program = o.program and x.side = s.side), s.side, 0) as taken_from
    from sides s join (select distinct practice, patient, program from own) o
        using (practice, patient))
select f.side as under, side.point as under_point, b.*
from filled f join based b on b.practice = f.practice and b.patient = f.patient
    and b.program = f.program
    -- codes without a start on file are there once
    and b.side = if(b.started, f.taken_from, 0)
join side on side.side = f.side;

create temp table claimed as
select c.*, m.program, ours,
    case when code in ('98975', '98976', '98977', '98978', '98979', '98980', '98981', '98984',
                       '98985', '98986') then 'rtm'
         when code in ('99453', '99454', '99445', '99457', '99458', '99470', '99091') then 'rpm'
         when code in ('99490', '99439', '99491', '99437', '99487', '99489', 'G0506', 'G0511')
         then 'ccm' end as of_program,
    case when code in ('98976', '98977', '98978', '98984', '98985', '98986', '99454', '99445',
                       '99091') then coalesce(period_end, served)
         when code in ('98975', '99453') or period_start is not null
         then coalesce(period_end, served)
         else last_day(served) end as to_day,
    case when code in ('98976', '98977', '98978', '98984', '98985', '98986', '99454', '99445',
                       '99091') then coalesce(period_start, coalesce(period_end, served) - 29)
         when code in ('98975', '99453') or period_start is not null
         then coalesce(period_start, served)
         else cast(date_trunc('month', served) as date) end as from_day
from claim c join (
    select practice, patient, program, coalesce(cell(biller), '') as own_biller from member) m
    using (practice, patient)
cross join lateral (select biller = '' or own_biller = '' or biller = own_biller as ours);

create temp table kept_apart as
with met_one as (select * from whole where verdict in ('ready', 'blocked')),
against as (
    select one.practice, one.patient, one.under, one.code, one.w_start,
        bool_or(two.verdict in ('ready', 'blocked')) as met,
        bool_or(two.verdict in ('open', 'unknown', 'review') and two.due
                and two.w_end <= month_end) as undecided
    from met_one one join whole two using (practice, patient, under)
    join settings using (practice)
    where one.w_start <= two.w_end and two.w_start <= one.w_end
        -- one practitioner monitors a patient one way: RTM and RPM never share a day
        and ((one.program = 'rtm' and two.program = 'rpm')
            or (one.program = 'rpm' and two.program = 'rtm'))
    group by all),
before_it as (
    -- 99091 gives way to RPM management of the month (contested)
    select one.practice, one.patient, one.under, one.w_start,
        bool_or(two.verdict in ('ready', 'blocked')) as met,
        arg_min(two.verdict, two.code) filter (two.verdict in ('open', 'unknown', 'review'))
            as undecided
    from met_one one join whole two using (practice, patient, under)
    where one.code = '99091' and two.code in ('99457', '99470')
        and one.w_start <= two.w_end and two.w_start <= one.w_end
        and (two.code = '99457' or greatest(one.w_end, two.w_end) >= date '2026-01-01')
        and not other(one.practice, one.under_point, 'rpm-99091', greatest(one.w_end, two.w_end))
    group by all),
sent as (
    select one.practice, one.patient, one.under, one.code, one.w_start,
        bool_or(beside = 'apart') as apart, bool_or(beside = 'review') as doubt
    from met_one one join claimed c on c.practice = one.practice and c.patient = one.patient
        and c.program = one.program and c.from_day <= one.w_end and one.w_start <= c.to_day
    cross join lateral (select case
        when (one.code = '99091' and c.code in ('99457', '99470'))
            or (c.code = '99091' and one.code in ('99457', '99470')) then case
            when not ours then 'apart'
            when '99470' in (one.code, c.code) and one.w_end < date '2026-01-01' then null
            when other(one.practice, one.under_point, 'rpm-99091', one.w_end) then null
            else 'apart' end
        when one.program = c.of_program then if(ours, null, 'apart')
        when one.program in ('rtm', 'rpm') and c.of_program in ('rtm', 'rpm') then 'apart'
        when one.program = 'ccm' and c.code in ('G0181', 'G0182') then case
            when not ours then 'review'
            when other(one.practice, one.under_point, 'ccm-supervision', one.w_end) then null
            else 'apart' end
        end as beside)
    group by all)
select w.* exclude (verdict, units), case
        when w.verdict not in ('ready', 'blocked') then w.verdict
        when f.met then 'not_applicable'
        when w.verdict = 'blocked' or a.met or s.apart then 'blocked'
        when a.undecided or s.doubt then 'review'
        when f.undecided is not null then f.undecided
        else w.verdict end as verdict,
    if(f.met, 0, w.units) as units
from whole w
left join against a using (practice, patient, under, code, w_start)
left join before_it f on f.practice = w.practice and f.patient = w.patient and f.under = w.under
    and f.w_start = w.w_start and w.code = '99091'
left join sent s on s.practice = w.practice and s.patient = w.patient and s.under = w.under
    and s.code = w.code and s.w_start = w.w_start;

-- ---- the readings of the law together: only what all of them allow ----

create temp macro of_month(verdict, due) as if(due, verdict, 'not_applicable');

create temp macro joint(one, one_due, one_units, two, two_due, two_units) as case
    when one = two then if(of_month(one, one_due) = 'ready' and one_units <> two_units, 'review', one)
    when 'open' in (of_month(one, one_due), of_month(two, two_due)) then 'open'
    when not ('ready' in (of_month(one, one_due), of_month(two, two_due))
              or 'review' in (of_month(one, one_due), of_month(two, two_due))) then case
        when 'not_applicable' in (of_month(one, one_due), of_month(two, two_due)) then one
        when 'blocked' in (one, two) then 'blocked'
        when 'unknown' in (one, two) then 'unknown'
        else one end
    when 'unknown' in (of_month(one, one_due), of_month(two, two_due)) then 'unknown'
    else 'review' end;

create temp table joined as
with base as (select * from kept_apart where under = 0),
said as (
    select b.practice, b.patient, b.code, b.w_start, o.under, o.units,
        joint(b.verdict, b.due, b.units, o.verdict, o.due, o.units) as said
    from base b join kept_apart o using (practice, patient, code, w_start)
    where o.under > 0
        and joint(b.verdict, b.due, b.units, o.verdict, o.due, o.units) <> b.verdict),
told as (
    select * from said
    qualify said = first(said) over (partition by practice, patient, code, w_start
        order by list_position(['open', 'blocked', 'unknown', 'review'], said))),
picked as (
    select practice, patient, code, w_start, said, max(units) as most_units,
        min(under) as first_side
    from told group by all)
select k.* exclude (verdict, units),
    coalesce(p.said, k.verdict) as verdict,
    if(p.said is null, k.units, greatest(b.units, p.most_units)) as units
from base b left join picked p using (practice, patient, code, w_start)
join kept_apart k on k.practice = b.practice and k.patient = b.patient and k.code = b.code
    and k.w_start = b.w_start
    and k.under = if(p.said is null or p.said = 'review', 0, p.first_side);

-- ---- the practice's own claims: billed, or another that overlaps ----

-- The alternatives of a code as of the month's end, as the practice reads the law.
create temp table family as
select practice, code,
    if(other(practice, '', asked_point, month_end), other_ladder, ladder) as ladder,
    if(other(practice, '', asked_point, month_end), other_rank, rank) as rank
from settings join alternative
    on month_end between cast(since as date) and cast(until as date);

create temp table weighed as
with own as (
    select practice, patient, program, code as sent, served, period_start, period_end,
        coalesce(period_end, served) as ended_on
    from claimed where ours),
hit as (
    select j.practice, j.patient, j.code, j.w_start, case
        when slot = 'episode' then case
            when sent <> j.code then null
            when o.served >= j.w_start or not started then 'billed'
            when j.w_start - o.served <= 30 then 'near' end
        when sent = j.code and kind = 'month'
            and ended_on between j.w_start and last_day(j.w_start) then 'billed'
        when sent = j.code and kind = 'period' and case
            when period_end is null then ended_on = w_end
            else ended_on = w_end and coalesce(period_start, period_end - 29) = j.w_start end
            then 'billed'
        when (sent = j.code or exists (
                from family f, family g where f.practice = j.practice and g.practice = j.practice
                and f.code = j.code and g.code = sent and f.ladder = g.ladder))
            and ended_on >= j.w_start
            and case when kind = 'period' then coalesce(period_start, ended_on - 29)
                     else coalesce(period_start, o.served) end <= w_end
            then 'crosses' end as how
    from joined j join own o using (practice, patient, program))
select j.* exclude (verdict, units), case
        when billed then 'not_applicable'
        when j.verdict = 'ready' and near then 'review'
        when j.verdict = 'ready' and crosses then 'blocked'
        else j.verdict end as verdict,
    if(coalesce(billed, false), 0, units) as units, coalesce(billed, false) as was_billed
from joined j left join (
    select practice, patient, code, w_start, coalesce(bool_or(how = 'billed'), false) as billed,
        coalesce(bool_or(how = 'near'), false) as near,
        coalesce(bool_or(how = 'crosses'), false) as crosses
    from hit group by all) h using (practice, patient, code, w_start);

-- ---- the end: what is due, what is to confirm, what stands in the way of a base ----

create temp table settled as
select w.* exclude (due, verdict), due and w_end <= month_end as due, case
    when verdict <> 'ready' then verdict
    when not (due and w_end <= month_end) then 'open'
    when strict and (confirm or list_contains(papers, 'missing')) then 'unknown'
    else verdict end as verdict
from weighed w join settings using (practice);

create temp table finding as
with with_base as (
    select s.* exclude (verdict), case
        when s.verdict = 'ready' and b.verdict in ('open', 'blocked', 'unknown', 'review')
        then b.verdict else s.verdict end as verdict
    from settled s left join settled b on b.practice = s.practice and b.patient = s.patient
        and b.code = s.base and b.slot = s.slot and b.w_start = s.w_start),
-- Of a ladder the lowest code counts, unless another member is ready or billed already; the data
-- review code gives way to management, and is read as the ladder above it.
relative as (
    select f.practice, f.code, g.code as other, g.rank > f.rank as lower
    from family f join family g using (practice, ladder) where g.rank <> f.rank
    union
    select practice, '99091', unnest(['99457', '99470']), true from practice
    union
    select practice, unnest(['99457', '99470']), '99091', false from practice)
select practice, patient, code, w_start, w_end, verdict, units, due,
    case when verdict = 'ready' then if(slot = 'episode' or code = 'G0506', served, w_end) end as day,
    verdict = 'short' and exists (
        from relative l join with_base o on o.practice = l.practice and o.code = l.other
        where l.practice = f.practice and l.code = f.code and o.patient = f.patient
            and (o.verdict = 'ready' or o.was_billed or (l.lower and o.verdict <> 'not_applicable'))
            and o.w_start <= f.w_end and f.w_start <= o.w_end
            and (o.kind <> f.kind or (o.w_start, o.w_end) = (f.w_start, f.w_end))) as secondary,
    fact, if(base is null and fact is not null, lo, null) as lo, hi,
    needs_contact, lo2, hi2
from with_base f;
