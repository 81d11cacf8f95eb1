-- Remote physiologic monitoring: 99453; 99454 (16 days), 99445 (2 days, from 2026); 99470 (10
-- minutes, from 2026), 99457 (20), 99458 (each further 20, at most 3); 99091 (30 minutes of the
-- practitioner in 30 days). Billed by physicians and practitioners, for established patients.

create temp table rpm_window as
select r.*, m.billers,
    case when m.billers = ['therapist'] then 'no' when len(m.billers) > 1 then 'missing'
         else 'yes' end as biller_may,
    other(r.practice, point, 'rpm-contract-staff', law_day) as staff_counts,
    other(r.practice, point, 'rpm-visit-day', law_day) as visit_days_count,
    [paper_by(consent_on, w_end), paper_by(order_on, w_end),
     case when established is null then 'missing' when established = 'yes' then 'yes'
          else 'no' end,
     surgery(surgery_on, global_days, surgery_related, w_start, w_end,
         other(r.practice, point, 'rpm-global-period', law_day), true)] as papers
from reading_of_law r join member m using (practice, patient, program)
where program = 'rpm';

-- ---- set-up: once per episode; from 2026 two days (contested: sixteen), before sixteen ----

insert into asked by name
select w.practice, w.patient, w.program, '99453' as code, 'episode' as slot, w.w_start, w.w_end,
    w.side, law_day, point, true as in_force, biller_may as about, papers, d.confirm, 'days' as fact,
    d.lo, d.hi, d.later, w.want, d.why,
    -- the rules are silent on RPM before 2025, so nothing fell due then
    if(e.slot is null or eve < date '2025-01-01', null,
        met(e.lo, e.hi, e.later, w.want_before, 'undecided')) as earlier,
    (select min(day) from (
        select day, row_number() over (order by day) as n from seen
        where seen.practice = w.practice and seen.patient = w.patient and watch = 'physiologic'
            and day between w.w_start and w.w_end) s
     where n >= w.want and day >= eve + 1) as served
from (select *,
        case when law_day < date '2026-01-01' then 16
             when other(practice, point, 'rpm-setup-days', law_day) then 16 else 2 end as want,
        case when eve < date '2026-01-01' then 16
             -- what the practice settled by now is not read the other way before
             when other(practice, if(exists (from position o where o.practice = w.practice
                     and o.point = 'rpm-setup-days' and (o.since is null or o.since <= law_day)),
                 '', point), 'rpm-setup-days', eve) then 16 else 2 end as want_before
      from rpm_window w where slot = 'episode') w
join counted_days d on d.practice = w.practice and d.patient = w.patient
    and d.watch = 'physiologic' and d.slot = 'episode' and d.w_start = w.w_start
left join counted_days e on e.practice = w.practice and e.patient = w.patient
    and e.watch = 'physiologic' and e.slot = 'before';

-- ---- supply: distinct days of uploaded data in 30 ----

insert into asked by name
select w.practice, w.patient, w.program, code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day >= since as in_force, worst([about, biller_may]) as about, papers, d.confirm,
    'days' as fact, d.lo, d.hi, d.later, want, d.why
from rpm_window w
cross join (values ('99454', 16, date '2025-01-01'), ('99445', 2, date '2026-01-01')
) as c(code, want, since)
join monitored o on o.practice = w.practice and o.patient = w.patient and o.system = 'physiologic'
join counted_days d on d.practice = w.practice and d.patient = w.patient
    and d.program = w.program and d.slot = w.slot and d.w_start = w.w_start
where w.slot = 'supply';

-- ---- management: minutes of the calendar month and one live contact ----

insert into asked by name
select w.practice, w.patient, w.program, code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day >= since as in_force, biller_may as about, papers,
    if(code = '99458', false, n.confirm) as confirm, 'minutes' as fact,
    m.lo, m.hi, m.later, want, m.why, code <> '99458' as needs_contact,
    n.lo as lo2, n.hi as hi2, n.later as later2, n.why as why2,
    base, used_min, each, most
from rpm_window w
cross join (values
    ('99457', date '2025-01-01', 20, null, null, null, null),
    ('99470', date '2026-01-01', 10, null, null, null, null),
    ('99458', date '2025-01-01', null, '99457', 20, 20, 3)
) as c(code, since, want, base, used_min, each, most)
join counted_minutes m on m.practice = w.practice and m.patient = w.patient
    and m.program = w.program and m.slot = w.slot and m.lane = 'staff'
    and m.staff = if(staff_counts, 'count', 'exclude')
    and m.visits = if(visit_days_count, 'count', 'exclude')
join counted_contacts n on n.practice = w.practice and n.patient = w.patient
    and n.program = w.program
where w.slot = 'month';

-- ---- the practitioner's own review of the data in 30 days ----

insert into asked by name
select w.practice, w.patient, w.program, '99091' as code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day >= date '2025-01-01' as in_force, biller_may as about, papers, false as confirm, 'minutes' as fact,
    m.lo, m.hi, m.later, 30 as want, m.why
from rpm_window w
join counted_minutes m on m.practice = w.practice and m.patient = w.patient
    and m.program = w.program and m.slot = w.slot and m.w_start = w.w_start
    and m.lane = 'personal'
where w.slot = 'supply';
