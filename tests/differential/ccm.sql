-- Chronic care management, by the calendar month: 99490 (20 minutes of staff), 99439 (each further
-- 20, at most 2); 99491 (30 of the practitioner), 99437 (each further 30, at most 2); 99487 (60,
-- complex), 99489 (each further 30, at most 10); G0506 (planning at the initiating visit); G0511
-- (clinics and health centers, until September 2025). Two chronic conditions, consent, a care plan
-- and an initiating visit. No live contact is needed.

-- Conditions are categories of three characters. `least`: chronic by the public list; `most`: with
-- those that the list does not hold or does not decide.
create temp table chronic as
with code as (
    select practice, line, patient,
        upper(replace(trim(unnest(string_split(conditions, ';'))), '.', '')) as icd
    from roster)
select practice, line, patient,
    count(distinct icd[:3]) filter (coalesce(mark, 9) = 1) as least_n,
    count(distinct icd[:3]) filter (coalesce(mark, 9) <> 0) as most_n
from code left join chronic_list on icd10cm = icd
where icd <> '' group by all;

create temp table ccm_window as
select r.*, m.mdm, m.place_of_service,
    case when m.billers = ['therapist'] then 'no' when len(m.billers) > 1 then 'missing'
         else 'yes' end as biller_may,
    other(r.practice, point, 'ccm-contract-staff', law_day) as staff_counts,
    [paper_by(consent_on, w_end), paper_by(care_plan_on, w_end),
     paper_by(initiating_visit_on, w_end),
     case when conditions is null then 'missing'
          when coalesce(least_n, 0) >= 2 then 'yes'
          when coalesce(most_n, 0) < 2 then 'no' else 'doubt' end] as papers
from reading_of_law r join member m using (practice, patient, program)
left join chronic c on c.practice = m.practice and c.line = m.line and c.patient = m.patient
where program = 'ccm';

insert into asked by name
select w.practice, w.patient, w.program, code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, law_day < until as in_force,
    worst([biller_may, case
        when code = '99487' or base = '99487' then case
            when base is not null then 'yes'   -- the add-on leaves that to its base
            when mdm is null then 'missing'
            when mdm in ('moderate', 'high') then 'yes' else 'no' end
        when code = 'G0511'
            then if(coalesce(place_of_service, '') in ('50', '72'), 'yes', 'no')
        else 'yes' end]) as about,
    papers, false as confirm, 'minutes' as fact, m.lo, m.hi, m.later, want, m.why,
    base, used_min, each, most
from ccm_window w
cross join (values
    ('99487', 'staff', 60, null, null, null, null, date '9999-12-31'),
    ('99489', 'staff', null, '99487', 60, 30, 10, date '9999-12-31'),
    ('99491', 'personal', 30, null, null, null, null, date '9999-12-31'),
    ('99437', 'personal', null, '99491', 30, 30, 2, date '9999-12-31'),
    ('99490', 'staff', 20, null, null, null, null, date '9999-12-31'),
    ('99439', 'staff', null, '99490', 20, 20, 2, date '9999-12-31'),
    ('G0511', 'staff', 20, null, null, null, null, date '2025-10-01')
) as c(code, of_lane, want, base, used_min, each, most, until)
join counted_minutes m on m.practice = w.practice and m.patient = w.patient
    and m.program = w.program and m.lane = of_lane
    and (of_lane = 'personal' or m.staff = if(staff_counts, 'count', 'exclude'));

-- An event of the initiating visit: it stands in the visits, or it did not happen.
insert into asked by name
select w.practice, w.patient, w.program, 'G0506' as code, w.slot, w.w_start, w.w_end, w.side,
    law_day, point, true as in_force, worst([biller_may, if(v.day is null, 'no', 'yes')]) as about, papers,
    false as confirm, v.day as served
from ccm_window w
left join (select practice, patient, w_start, min(day) as day
           from visit join stretch using (practice, patient)
           where code = 'G0506' and program = 'ccm' and day between w_start and w_end
           group by all) v
    on v.practice = w.practice and v.patient = w.patient and v.w_start = w.w_start;
