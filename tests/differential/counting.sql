-- Who is in which program, over which windows it is judged, and what is counted in them.

-- ---- programs: by the roster, else by minutes logged, else (RTM) by readings ----

create temp table watched as
select distinct practice, patient, system from reading
where system is not null and standing <> 'elsewhere';

create temp table member as
with person as (
    select practice, patient from known
    union
    select practice, patient from reading join settings using (practice) where not has_roster
    union
    select practice, patient from logged join settings using (practice) where not has_roster),
silent as (
    select practice, patient from roster group by all
    having bool_or(coalesce(cell(programs), '') = '')),
shown as (
    select practice, patient, program from logged
    where program is not null and standing <> 'elsewhere'
    union
    select practice, patient, 'rtm' from watched where system <> 'physiologic')
select person.practice, person.patient, program.program,
    e.* exclude (practice, patient, program),
    -- who bills; several where it is not known
    case when cell(e.biller_type) is not null then [cell(e.biller_type)]
         when default_biller is not null then [default_biller]
         else ['physician', 'npp', 'therapist'] end as billers
from person cross join program join settings using (practice)
left join enrolment e using (practice, patient, program)
left join silent using (practice, patient)
left join shown on shown.practice = person.practice and shown.patient = person.patient
    and shown.program = program.program
where list_contains(e.named, program.program)
    or ((not has_roster or silent.patient is not null) and shown.patient is not null);

-- ---- the clocks ----

-- `slot`: what the codes ask for; `kind`: the clock that they run on for this patient.
create temp table stretch as
with m as (
    select practice, patient, program, start, ended, month, month_end, window_mode
    from member join settings using (practice)),
months as (
    select *, month as w_start, least(month_end, ended) as w_end from m
    where greatest(month, start) <= least(month_end, ended)),
periods as (
    select *, start + cast(30 * k as integer) as w_start,
        least(start + cast(30 * k + 29 as integer), ended) as w_end
    from m, range(0, 20) as r(k)
    where start is not null and window_mode <> 'calendar_month'
        and start + cast(30 * k as integer) <= least(month_end, ended)
        and least(start + cast(30 * k + 29 as integer), ended) >= month)
select practice, patient, program, 'month' as slot, 'month' as kind, w_start, w_end from months
union all
select practice, patient, program, 'supply', 'period', w_start, w_end from periods
where program <> 'ccm'
union all
-- no start on file, or counted by the month: the month stands for the period
select practice, patient, program, 'supply', 'month', w_start, w_end from months
where program <> 'ccm' and (window_mode = 'calendar_month'
    or (window_mode = 'auto' and start is null))
union all
select practice, patient, program, 'episode', 'episode', start, least(month_end, ended) from m
where program <> 'ccm' and greatest(month, start) <= least(month_end, ended)
union all
-- the part of the episode before the month, in which a set-up may have fallen due already
select practice, patient, program, 'before', 'episode', start, month - 1 from m
where program <> 'ccm' and start < month and greatest(month, start) <= least(month_end, ended);

-- ---- days of data: distinct local days, however many readings and devices ----

create temp table watch as
select * from (values
    ('musculoskeletal', 'rtm', 'musculoskeletal'), ('respiratory', 'rtm', 'respiratory'),
    ('cognitive_behavioral', 'rtm', 'cognitive_behavioral'),
    ('any', 'rtm', 'musculoskeletal'), ('any', 'rtm', 'respiratory'),
    ('any', 'rtm', 'cognitive_behavioral'), ('physiologic', 'rpm', 'physiologic')
) as t(watch, program, system);

-- Whole months are covered from an export's first line to its last, unless it is said otherwise.
create temp table covered as
select distinct practice, file,
    coalesce(covers_from, cast(date_trunc('month', min(day) over f) as date)) as first_day,
    coalesce(covers_to, last_day(max(day) over f)) as last_day
from reading join settings using (practice)
where day is not null window f as (partition by practice, file);

create temp table seen as
select practice, patient, watch, day, bool_or(source is not null or program = 'rtm') as stated
from reading join watch using (system)
-- RPM: uploaded, not typed in by the patient; what does not say how it came counts, to confirm
where standing = 'used' and (program = 'rtm' or coalesce(source, 'device') <> 'manual')
group by all;

create temp table doubted as
select practice, patient, watch, day, count(*) as lines
from reading join (select distinct watch, system from watch) w
    on w.system = reading.system or reading.system is null
where standing = 'quarantined'
group by practice, patient, watch, day, reading.file, reading.line;

create temp table counted_days as
with day_of as (
    select s.*, watch, month, span, month_end, as_of, window_mode,
        cast(unnest(generate_series(w_start, w_end, interval 1 day)) as date) as day
    from stretch s join settings using (practice)
    join (select distinct watch, program from watch) using (program)
    where slot <> 'month' and has_readings),
marked as (
    select d.*, seen.day is not null as has, coalesce(seen.stated, true) as stated,
        d.day < as_of and seen.day is null and (d.day < span or not exists (
            from covered c where c.practice = d.practice
            and d.day between c.first_day and c.last_day)) as unseen,
        seen.day is null and d.day between span and month_end and exists (
            from doubted b where b.practice = d.practice and b.patient = d.patient
            and b.watch = d.watch and b.day = d.day) as maybe
    from day_of d left join seen using (practice, patient, watch, day)),
thirty as (
    select *, count(*) filter (has) over (
            partition by practice, patient, program, slot, w_start, w_end, watch order by day
            rows between current row and 29 following) as next_thirty
    from marked),
summed as (
    select practice, patient, program, slot, kind, w_start, w_end, watch, window_mode, as_of,
        count(*) as length, count(*) filter (has) as has, count(*) filter (unseen) as unseen,
        count(*) filter (maybe and not unseen) as maybe,
        min(next_thirty) filter (day <= greatest(w_start, w_end - 29)) as fewest,
        -- what may still come: the days not over, without today if it has its reading
        count(*) filter (day >= as_of and not (day = as_of and has)) as to_come,
        bool_or(has and not stated) as unstated
    from thirty group by all),
bounds as (
    select s.*, member.start, case
        when slot = 'before' then 0
        when slot = 'episode' and (ended is null or ended > w_end) then 1000000
        else to_come end as later,
        (select count(*) from doubted b where b.practice = s.practice and b.patient = s.patient
            and b.watch = s.watch and b.day is null) as unread
    from summed s join member using (practice, patient, program))
select practice, patient, program, slot, w_start, w_end, watch, later,
    -- without a start the period could be any thirty days of the month
    case when kind = 'month' and window_mode <> 'calendar_month' then fewest
         when kind = 'month' then least(has, 30) else has end as lo,
    least(length, case when kind = 'month' then 30 end, has + unseen + maybe + unread) as hi,
    case when unseen > 0 then 'missing' else 'doubt' end as why,
    unstated or (kind = 'month' and window_mode <> 'calendar_month') as confirm
from bounds
union all
select practice, patient, program, slot, w_start, w_end, watch, case
        when slot = 'before' then 0
        when slot = 'episode' and (ended is null or ended > w_end) then 1000000
        else greatest(0, w_end - greatest(as_of, w_start) + 1) end, 0, null, 'missing', false
from stretch join settings using (practice)
join member using (practice, patient, program)
join (select distinct watch, program from watch) using (program)
where slot <> 'month' and not has_readings;

-- ---- minutes: seconds of the roles that count, summed, floored once ----

-- Whose time counts. `staff` and `visits`: the two sides of what is contested; `clock`: the window.
create temp table whose as
with team as (
    select * from (values
        -- RTM: the physician's or practitioner's own; staff under general supervision is contested
        ('rtm', 'own', 'exclude', 'physician', ['physician', 'npp']),
        ('rtm', 'own', 'exclude', 'npp', ['physician', 'npp']),
        ('rtm', 'own', 'exclude', 'therapist', ['therapist', 'assistant']),
        ('rtm', 'own', 'count', 'physician', ['any']),
        ('rtm', 'own', 'count', 'npp', ['any']),
        ('rtm', 'own', 'count', 'therapist', ['therapist', 'assistant']),
        -- RPM and CCM: clinical staff too; a vendor's staff is contested
        ('rpm', 'staff', 'exclude', 'physician', ['clinical_staff', 'physician', 'npp']),
        ('rpm', 'staff', 'exclude', 'npp', ['clinical_staff', 'physician', 'npp']),
        ('rpm', 'staff', 'count', 'physician', ['clinical_staff', 'physician', 'npp', 'auxiliary']),
        ('rpm', 'staff', 'count', 'npp', ['clinical_staff', 'physician', 'npp', 'auxiliary']),
        ('ccm', 'staff', 'exclude', 'physician', ['clinical_staff', 'physician', 'npp']),
        ('ccm', 'staff', 'exclude', 'npp', ['clinical_staff', 'physician', 'npp']),
        ('ccm', 'staff', 'count', 'physician', ['clinical_staff', 'physician', 'npp', 'auxiliary']),
        ('ccm', 'staff', 'count', 'npp', ['clinical_staff', 'physician', 'npp', 'auxiliary']),
        -- personal: nobody but the biller's own kind of practitioner
        ('rpm', 'personal', 'exclude', 'physician', ['physician']),
        ('rpm', 'personal', 'exclude', 'npp', ['npp']),
        ('ccm', 'personal', 'exclude', 'physician', ['physician']),
        ('ccm', 'personal', 'exclude', 'npp', ['npp'])
    ) as t(program, lane, staff, biller, roles))
select team.*, visits, case when program = 'rpm' and lane = 'personal' then 'supply' else 'month' end
    as slot
from team join (values ('exclude'), ('count')) as v(visits)
    -- time on the day of a visit is asked about in RTM and in RPM's management only
    on visits = 'count' or (program <> 'ccm' and lane <> 'personal');

create temp macro is_visit(code) as exists (
    from (values ('99202', '99205'), ('99211', '99215'), ('99221', '99223'), ('99231', '99239'),
        ('99281', '99285'), ('99304', '99310'), ('99315', '99316'), ('99341', '99350'),
        ('99381', '99387'), ('99391', '99397'), ('G0402', 'G0402'), ('G0438', 'G0439')
    ) as r(first_code, last_code) where code between first_code and last_code);

-- Seconds that cannot be counted twice: one staff member with two patients at once, or one
-- patient's minutes in two programs. The same minutes of one patient and program are there once.
create temp table disputed as
with timed as (
    select * from entry where trusted and second is not null and least_s > 0),
pair as (
    select a.practice, a.nth as one, b.nth as two, b.second as from_s,
        least(a.second + a.least_s, b.second + b.least_s) as to_s,
        a.patient = b.patient as one_patient, a.program = b.program as one_program,
        coalesce(a.staff = b.staff, false) as one_staff
    from timed a join timed b on a.practice = b.practice
        and (a.second, a.nth) < (b.second, b.nth) and b.second < a.second + a.least_s)
select practice, two as nth, from_s, to_s from pair
where (one_staff and (not one_patient or one_program)) or (one_patient and not one_program)
union all
select practice, one, from_s, to_s from pair
where (one_staff and not one_patient) or (one_patient and not one_program);

-- Without a time of day, one patient's entries of one staff member, day and length in two programs
-- may be the same minutes, and the same contact: each has its fellow, and nobody has them for sure.
create temp table suspect as
with ranked as (
    select *, second is not null as timed, row_number() over (
        partition by practice, patient, staff, day, most_s, program
        order by second is not null, nth) as fellow
    from entry where trusted and program is not null and day is not null and most_s > 0)
select distinct a.practice, a.nth from ranked a join ranked b on a.practice = b.practice
    and a.patient = b.patient and a.staff is not distinct from b.staff and a.day = b.day
    and a.most_s = b.most_s and a.program <> b.program and a.fellow = b.fellow
where not (a.timed and b.timed);

update entry set least_s = 0, live = if(live = 'no', 'no', 'maybe')
from suspect where suspect.practice = entry.practice and suspect.nth = entry.nth;

-- Calls count as time where the practice says so, but only the part that the log does not hold, with
-- the role that the log gives the staff member. Without time or program a call may count.
insert into entry by name
with piece as (
    select c.practice, c.file, c.line, greatest(e.second, c.second) as a,
        least(e.second + coalesce(e.most_s, 0), c.second + c.length) as b
    from called c join entry e using (practice, patient)
    where c.program is not null and c.second is not null and e.second is not null
        and least(e.second + coalesce(e.most_s, 0), c.second + c.length)
            > greatest(e.second, c.second)),
reached as (
    select *, max(b) over (partition by practice, file, line order by a, b
        rows between unbounded preceding and 1 preceding) as until
    from piece),
logged_s as (
    select practice, file, line, sum(greatest(0, b - greatest(a, coalesce(until, a)))) as gone_s
    from reached group by all),
role_of as (
    select practice, staff, min(role) as role from entry
    where staff is not null and role is not null
    group by all having count(distinct role) = 1)
select c.practice, 1000000 + row_number() over (order by c.file, c.line) as nth, c.patient,
    c.program, coalesce(role_of.role, default_role) as role, c.day, c.second, true as trusted,
    if(c.second is null or c.program is null, 0, length - coalesce(gone_s, 0)) as least_s,
    length - coalesce(gone_s, 0) as most_s, 'no' as live
from called c join settings using (practice)
left join logged_s using (practice, file, line)
left join role_of on role_of.practice = c.practice and role_of.staff = c.staff
where calls_as_time and has_log and length > 0;

create temp table on_day as
select practice, nth,
    exists (from visit v where v.practice = e.practice and v.patient = e.patient
        and v.day = e.day and is_visit(v.code)) as visited,
    exists (from visit v where v.practice = e.practice and v.patient = e.patient
        and v.day = e.day and v.code is null) as maybe_visited,
    -- in a hospital or facility all day, or on the day of coming or going
    exists (from stay s where s.practice = e.practice and s.patient = e.patient
        and e.day > s.came and (s.went is null or e.day < s.went)) as stayed,
    exists (from stay s where s.practice = e.practice and s.patient = e.patient
        and (e.day = s.came or e.day = s.went)) as maybe_stayed
from entry e;

-- The part of an entry that lies in a window, split at local midnight.
create temp table part as
with bound as (
    select s.practice, s.patient, s.program, s.slot, s.w_start, s.w_end, e.nth, e.role, e.trusted,
        e.day, e.second, e.least_s, e.most_s,
        cast(epoch(timezone(zone, cast(w_start as timestamp))) as bigint) as opens,
        cast(epoch(timezone(zone, cast(w_end + 1 as timestamp))) as bigint) as closes
    from stretch s join settings using (practice)
    join entry e on e.practice = s.practice and e.patient = s.patient
        and (e.program = s.program or e.program is null)
    where slot = 'month' or (slot = 'supply' and s.program = 'rpm')),
clipped as (
    select *, case
        when day is null then 0
        when second is null or most_s is null then if(day between w_start and w_end, least_s, 0)
        else greatest(0, least(second + least_s, closes) - greatest(second, opens)) end as low_s,
    case
        when day is null then most_s
        when second is null or most_s is null then if(day between w_start and w_end, most_s, 0)
        else greatest(0, least(second + most_s, closes) - greatest(second, opens)) end as high_s
    from bound),
-- the union of an entry's disputed pieces in the window
piece as (
    select c.practice, c.patient, c.program, c.slot, c.w_start, c.nth,
        greatest(from_s, opens) as a, least(to_s, closes) as b
    from clipped c join disputed d using (practice, nth)
    where c.second is not null and least(to_s, closes) > greatest(from_s, opens)),
reached as (
    select *, max(b) over (partition by practice, patient, program, slot, w_start, nth
        order by a, b rows between unbounded preceding and 1 preceding) as until
    from piece),
gone as (
    select practice, patient, program, slot, w_start, nth,
        sum(greatest(0, b - greatest(a, coalesce(until, a)))) as gone_s
    from reached group by all)
select c.practice, c.patient, c.program, c.slot, c.w_start, c.w_end, c.nth, c.role, c.trusted,
    greatest(0, low_s - coalesce(gone_s, 0)) as low_s, high_s,
    visited, maybe_visited, stayed, maybe_stayed
from clipped c left join gone using (practice, patient, program, slot, w_start, nth)
join on_day using (practice, nth)
where high_s is null or high_s > 0;

create temp table counted_minutes as
with asked as (
    select s.practice, s.patient, s.program, s.slot, s.w_start, s.w_end, lane, staff, visits,
        b.biller, roles
    from stretch s join (select distinct program, slot, lane, staff, visits from whose) w
        using (program, slot)
    join (select practice, patient, program, unnest(billers) as biller from member) b
        using (practice, patient, program)
    left join whose using (program, slot, lane, staff, visits, biller)),
entered as (
    select a.*, p.nth, p.high_s,
        -- a role in no column may be any of those that count, or none
        p.role is null and p.trusted and roles <> ['any'] as no_role,
        (a.visits = 'exclude' and maybe_visited) or (a.program = 'ccm' and maybe_stayed)
            as maybe_not,
        p.low_s
    from asked a left join part p on p.practice = a.practice and p.patient = a.patient
        and p.program = a.program and p.slot = a.slot and p.w_start = a.w_start
        and (p.role is null or list_contains(roles, p.role) or roles = ['any'])
        and a.roles is not null
        and not (a.visits = 'exclude' and visited)
        and not (a.program = 'ccm' and stayed)),
by_biller as (
    select practice, patient, program, slot, w_start, w_end, lane, staff, visits, biller,
        coalesce(sum(low_s) filter (not no_role and not maybe_not), 0) as sure_s,
        coalesce(sum(high_s), 0) as most_s,
        bool_or(nth is not null and high_s is null) as endless,
        bool_or(coalesce(no_role, false)) as untold,
        bool_or(coalesce(maybe_not or low_s is distinct from high_s, false)) as unsure
    from entered group by all)
select practice, patient, b.program, slot, w_start, w_end, lane, staff, visits,
    cast(if(has_log, min(sure_s) // 60, 0) as integer) as lo,
    cast(if(has_log and not bool_or(endless), max(most_s) // 60, null) as integer) as hi,
    if(as_of <= w_end, 1000000, 0) as later,
    -- where the biller is not known and lines are in dispute, the dispute is told, as the product
    -- does; the contract's order would rather say missing if the billers' minutes differ
    case when not has_log or bool_or(untold) then 'missing'
         when bool_or(unsure) then 'doubt' else 'missing' end as why
from by_biller b join settings using (practice)
group by practice, patient, b.program, slot, w_start, w_end, lane, staff, visits, has_log, as_of;

-- ---- live contacts: real-time, of the program, in the month, each once ----

create temp table counted_contacts as
with contact as (
    select e.practice, e.patient, e.program, e.day, e.second, e.live, 'doubt' as why
    from entry e join settings using (practice)
    where log_tells_contact and live <> 'no'),
-- a call at the very second of a contact in the log is that contact
all_of_them as (
    select * from contact
    union all
    select c.practice, c.patient, c.program, c.day, c.second, c.live,
        if(program is null or calls_tell_contact, 'doubt', 'missing') from called c
    where not exists (from contact l where l.practice = c.practice and l.patient = c.patient
        and l.second = c.second)
    and not exists (from called o where o.practice = c.practice and o.patient = c.patient
        and o.second = c.second and (o.file, o.line) < (c.file, c.line))),
summed as (
    select s.practice, s.patient, s.program, s.w_start, s.w_end,
        count(a.live) filter (a.live = 'yes') as yes, count(a.live) as most,
        count(a.day) filter (a.live = 'yes') as dated,
        coalesce(bool_or(a.live = 'maybe' and a.why = 'missing'), false) as untold
    from stretch s left join all_of_them a on a.practice = s.practice and a.patient = s.patient
        and (a.program = s.program or a.program is null)
        and (a.day is null or a.day between s.w_start and s.w_end)
    where slot = 'month' group by all)
select summed.* exclude (yes, most, dated, untold), yes as lo,
    if(log_tells_contact or calls_tell_contact, most, null) as hi,
    if(as_of <= w_end, 1000000, 0) as later,
    if(untold or not (log_tells_contact or calls_tell_contact), 'missing', 'doubt') as why,
    yes > 0 and dated = 0 as confirm
from summed join settings using (practice);
