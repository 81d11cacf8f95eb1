-- Remote therapeutic monitoring: 98975; 98976, 98977, 98978 (16 days); 98984, 98985, 98986 (2 days,
-- from 2026); 98979 (10 minutes, from 2026), 98980 (20 minutes), 98981 (each further 20, at most 3).

create temp table rtm_window as
select r.*, m.billers,
    other(r.practice, point, 'rtm-staff-time', law_day) as staff_counts,
    other(r.practice, point, 'rtm-visit-day', law_day) as visit_days_count,
    [paper_by(consent_on, w_end), paper_by(order_on, w_end),
     plan_of_care(plan_of_care_from, plan_of_care_to, w_end, m.billers),
     -- therapists get no part of the surgeon's payment and are not asked
     case when m.billers = ['therapist'] then 'yes'
          when len(m.billers) > 1
          then replace(surgery(surgery_on, global_days, surgery_related, w_start, w_end,
              other(r.practice, point, 'rtm-global-period', law_day), true), 'no', 'missing')
          else surgery(surgery_on, global_days, surgery_related, w_start, w_end,
              other(r.practice, point, 'rtm-global-period', law_day), true) end] as papers
from reading_of_law r join member m using (practice, patient, program)
where program = 'rtm';

-- Whether a system is watched in this patient; without a reading, what the practice watches.
create temp table monitored as
with own as (select practice, patient, list(distinct system) as systems from watched group by all),
practices as (select practice, list(distinct system) as systems from watched group by all)
select m.practice, m.patient, s.system, case
    when not has_readings then 'missing'
    when own.systems is not null then if(list_contains(own.systems, s.system), 'yes', 'no')
    when not coalesce(list_contains(p.systems, s.system), false) then 'no'
    when len(p.systems) = 1 then 'yes'
    else 'missing' end as about
from (select distinct practice, patient from member) m join settings using (practice)
cross join system_of s
left join own using (practice, patient) left join practices p using (practice);

-- ---- set-up: once per episode; from 2026 two days (contested: sixteen), before sixteen ----

insert into asked by name
select w.practice, w.patient, w.program, '98975' as code, 'episode' as slot, w.w_start, w.w_end,
    w.side, law_day, point, true as in_force, 'yes' as about, papers, d.confirm, 'days' as fact,
    d.lo, d.hi, d.later, w.want, d.why,
    if(e.slot is null, null, met(e.lo, e.hi, e.later, w.want_before, 'undecided')) as earlier,
    (select min(day) from (
        select day, row_number() over (order by day) as n from seen
        where seen.practice = w.practice and seen.patient = w.patient and watch = 'any'
            and day between w.w_start and w.w_end) s
     where n >= w.want and day >= eve + 1) as served
from (select *,
        case when law_day < date '2026-01-01' then 16
             when other(practice, point, 'rtm-setup-days', law_day) then 16 else 2 end as want,
        case when eve < date '2026-01-01' then 16
             -- what the practice settled by now is not read the other way before
             when other(practice, if(exists (from position o where o.practice = w.practice
                     and o.point = 'rtm-setup-days' and (o.since is null or o.since <= law_day)),
                 '', point), 'rtm-setup-days', eve) then 16 else 2 end as want_before
      from rtm_window w where slot = 'episode') w
join counted_days d on d.practice = w.practice and d.patient = w.patient and d.watch = 'any'
    and d.slot = 'episode' and d.w_start = w.w_start
left join counted_days e on e.practice = w.practice and e.patient = w.patient
    and e.watch = 'any' and e.slot = 'before';

-- ---- supply: distinct days in 30, one code for all devices of a patient ----

insert into asked by name
select w.practice, w.patient, w.program, code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day >= since as in_force, about, papers, d.confirm, 'days' as fact,
    d.lo, d.hi, d.later, want, d.why
from rtm_window w
cross join (values
    ('98977', 'musculoskeletal', 16, date '2022-01-01'),
    ('98976', 'respiratory', 16, date '2022-01-01'),
    ('98978', 'cognitive_behavioral', 16, date '2023-01-01'),
    ('98985', 'musculoskeletal', 2, date '2026-01-01'),
    ('98984', 'respiratory', 2, date '2026-01-01'),
    ('98986', 'cognitive_behavioral', 2, date '2026-01-01')
) as c(code, code_system, want, since)
join monitored o on o.practice = w.practice and o.patient = w.patient
    and o.system = code_system
join counted_days d on d.practice = w.practice and d.patient = w.patient
    and d.program = w.program and d.watch = code_system
    and d.slot = w.slot and d.w_start = w.w_start
where w.slot = 'supply';

-- ---- management: minutes of the calendar month and one live contact ----

insert into asked by name
select w.practice, w.patient, w.program, code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day >= since as in_force, 'yes' as about, papers,
    if(code = '98981', false, n.confirm) as confirm, 'minutes' as fact,
    m.lo, m.hi, m.later, want, m.why, code <> '98981' as needs_contact,
    n.lo as lo2, n.hi as hi2, n.later as later2, n.why as why2,
    base, used_min, each, most
from rtm_window w
cross join (values
    ('98980', date '2022-01-01', 20, null, null, null, null),
    ('98979', date '2026-01-01', 10, null, null, null, null),
    ('98981', date '2022-01-01', null, '98980', 20, 20, 3)
) as c(code, since, want, base, used_min, each, most)
join counted_minutes m on m.practice = w.practice and m.patient = w.patient
    and m.program = w.program and m.slot = w.slot and m.lane = 'own'
    and m.staff = if(staff_counts, 'count', 'exclude')
    and m.visits = if(visit_days_count, 'count', 'exclude')
join counted_contacts n on n.practice = w.practice and n.patient = w.patient
    and n.program = w.program
where w.slot = 'month';
