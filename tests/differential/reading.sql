-- Text of the exports -> values, and what counts when.

create temp macro cell(text) as nullif(trim(text), '');

-- A day, or a point in time on the patient's local calendar.
create temp macro local_time(stamp, zone) as case
    when stamp like '%Z' then timezone(zone, try_cast(stamp as timestamptz))
    else try_cast(stamp as timestamp) end;
create temp macro local_day(stamp, zone) as cast(local_time(stamp, zone) as date);
create temp macro second_of(stamp, zone) as case
    when length(stamp) <= 10 then null
    when stamp like '%Z' then cast(epoch(try_cast(stamp as timestamptz)) as bigint)
    else cast(epoch(timezone(zone, try_cast(stamp as timestamp))) as bigint) end;
create temp macro is_live(contact) as
    coalesce(contact in ('live_audio', 'live_video', 'in_person'), false);

-- What a practice has settled; `other`: it takes the other side of the point.
create temp table position as
select practice, point, since,
    take not in ('exclude', 'two_days', 'one_supply', 'unrelated_only', 'single_services', 'never',
                 'barred') as other
from position_taken;

create temp table program as
select * from (values ('rtm'), ('rpm'), ('ccm')) as t(program);

create temp table system_of as
select * from (values
    ('musculoskeletal', 'rtm'), ('respiratory', 'rtm'), ('cognitive_behavioral', 'rtm'),
    ('physiologic', 'rpm')) as t(system, program);

-- ---- who the patients are ----

create temp table roster as
select *, string_split(replace(coalesce(programs, ''), ' ', ''), ';') as named
from (select practice, line, patient_id as patient, * exclude (practice, file, line, patient_id)
      from patients_text);

-- The line that stands for a program: the one naming it, else the one naming none.
create temp table enrolment as
select roster.*, program,
    coalesce(try_cast(enrolled_on as date), try_cast(setup_on as date)) as start,
    least(try_cast(ended_on as date), try_cast(goals_met_on as date), try_cast(died_on as date),
          try_cast(consent_revoked_on as date)) as ended,
    try_cast(consent_on as date) as consented
from roster cross join program
where list_contains(named, program) or coalesce(cell(programs), '') = ''
qualify row_number() over (
    partition by practice, patient, program
    order by list_contains(named, program) desc, line) = 1;

-- Why a line is out of scope. Lines before consent or after the end of their program do not count.
create temp macro scope(day, month_end, span, as_of, has_roster, known, consented, ended) as case
    when day < span or day > month_end then 'elsewhere'
    when day > as_of then 'elsewhere'
    when has_roster and not known then 'elsewhere'
    when day < consented then 'before consent'
    when day > ended then 'after end'
    else 'used' end;

create temp table settings as
select *,
    exists (from export e where e.practice = p.practice and name = 'patients') as has_roster,
    exists (from export e where e.practice = p.practice and name = 'readings') as has_readings,
    exists (from export e where e.practice = p.practice and name = 'time_log') as has_log,
    exists (from export e where e.practice = p.practice and name = 'time_log'
            and list_contains(columns, 'contact')) as log_tells_contact,
    exists (from export e where e.practice = p.practice and name = 'calls'
            and list_contains(columns, 'contact')) as calls_tell_contact
from practice p;

create temp table known as select distinct practice, patient from roster;

-- ---- readings ----

create temp table reading as
with line as (
    select t.practice, file, line, patient_id as patient, cell(t.system) as system,
        cell(source) as source, local_day(recorded_at, zone) as day
    from readings_text t join settings using (practice))
select line.*, case
    when day is null or system is null then 'quarantined'
    else scope(day, month_end, span, as_of, has_roster, known.patient is not null,
               consented, ended) end as standing
from line join settings using (practice)
left join known using (practice, patient)
left join system_of using (system)
left join enrolment using (practice, patient, program);

-- ---- the time log ----

create temp table logged as
with line as (
    select t.practice, file, line, patient_id as patient,
        local_day(started_at, zone) as day, second_of(started_at, zone) as second,
        second_of(ended_at, zone) as ends, cell(seconds) as seconds, cell(minutes) as minutes,
        cell(t.program) as program, coalesce(cell(role), default_role) as role, cell(role) as own_role,
        case when contact <> 'shouted' then cell(contact) end as contact,
        coalesce(contact = 'shouted', false) as bad_contact,
        cell(staff_id) as staff, cell(entry_id) as entry
    from time_log_text t join settings using (practice)),
duration as (
    select *,
        case when regexp_full_match(seconds, '[0-9]{1,7}') then cast(seconds as bigint) end as s1,
        case when regexp_full_match(minutes, '[0-9]+:[0-9]{2}')
             then 60 * cast(split_part(minutes, ':', 1) as bigint)
                  + cast(split_part(minutes, ':', 2) as bigint)
             when regexp_full_match(minutes, '[0-9]+\.[0-9]+')
             then cast(floor(60 * cast(minutes as decimal(12, 4))) as bigint) end as s2,
        ends - second as s3
    from line),
told as (
    select *, least(s1, s2, s3) as shortest, greatest(s1, s2, s3) as longest,
        -- longer than eight hours is a timer left on
        coalesce(seconds is not null and s1 is null, false)
            or coalesce(minutes is not null and s2 is null, false)
            or coalesce(greatest(s1, s2, s3) > 28800, false)
            or (s1 is null and s2 is null and s3 is null) as unclear
    from duration)
select told.* exclude (s1, s2, s3, seconds, minutes, ends),
    row_number() over (partition by told.practice order by told.file, told.line) as nth,
    case when unclear then 0 else shortest end as least_s,
    -- two ways of telling one duration agree within a minute, or the line is not trusted
    case when unclear then null when longest - shortest > 60 then longest else shortest end as most_s,
    case when day is null or program is null or bad_contact or unclear or longest - shortest > 60
         then 'quarantined'
         else scope(day, month_end, span, as_of, has_roster, known.patient is not null,
                    consented, ended) end as standing
from told join settings using (practice)
left join known using (practice, patient)
left join enrolment using (practice, patient, program);

-- The same entry again counts once. Without an id, lines of one file that are identical are in
-- dispute, and those of another file are the first file's again. The same id with other content is
-- one entry that was edited, or if patient, day or program differ, none that can be trusted.
create temp table repeated as
with used as (
    select *, hash(patient, day, second, least_s, program, own_role, contact, staff) as content
    from logged where standing = 'used'),
by_content as (
    select practice, nth,
        row_number() over (partition by practice, content, file order by nth) as of_file,
        count(*) over (partition by practice, content order by file
            range between unbounded preceding and current row)
          - count(*) over (partition by practice, content, file) as of_files_before
    from used where entry is null),
by_entry as (
    select practice, nth, first(nth) over same as original,
        content = first(content) over same as alike,
        patient = first(patient) over same and day = first(day) over same
            and program = first(program) over same as one_entry
    from used where entry is not null
    window same as (partition by practice, entry order by nth
        rows between unbounded preceding and unbounded following))
select practice, nth, nth as original, case
    when of_file <= of_files_before then 'duplicate'
    when of_file > 1 then 'identical' end as how
from by_content where of_file <= of_files_before or of_file > 1
union all
select practice, nth, original, case
    when alike then 'duplicate' when one_entry then 'edited' else 'contradicted' end
from by_entry where nth <> original;

create temp table entry as
with edit as (
    select r.practice, r.original as nth, a.least_s, a.most_s, is_live(a.contact) as live
    from repeated r join logged a using (practice, nth) where how = 'edited'),
contradicted as (
    select practice, nth from repeated where how = 'contradicted'
    union select practice, original from repeated where how = 'contradicted')
select l.practice, l.nth, l.patient, l.program, l.role, l.staff, l.day, l.second,
    l.standing = 'used' and c.nth is null as trusted,
    case when l.standing <> 'used' or c.nth is not null or r.how = 'identical' then 0
         else least(l.least_s, e.least_s) end as least_s,
    case when l.most_s is null then null else greatest(l.most_s, e.most_s) end as most_s,
    -- a line in doubt that does not say how the patient was reached may be a live contact
    case when l.standing <> 'used' or c.nth is not null
         then case when is_live(l.contact) or l.contact is null then 'maybe' else 'no' end
         when r.how = 'identical' then case when is_live(l.contact) then 'maybe' else 'no' end
         when is_live(l.contact) and greatest(l.most_s, e.most_s) = 0 then 'maybe'
         when is_live(l.contact) and coalesce(e.live, true) then 'yes'
         when is_live(l.contact) or e.live then 'maybe'
         else 'no' end as live
from logged l
left join repeated r using (practice, nth)
left join edit e using (practice, nth)
left join contradicted c using (practice, nth)
where l.standing in ('used', 'quarantined') and coalesce(r.how, '') not in ('duplicate', 'edited');

-- ---- calls, visits, claims, stays ----

-- A call without a program serves the only one in which the patient has minutes that month.
create temp table called as
with line as (
    select t.practice, file, line, patient_id as patient, local_day(started_at, zone) as day,
        second_of(started_at, zone) as second, cell(program) as own_program, contact, month,
        try_cast(cell(seconds) as bigint) as length, cell(staff_id) as staff
    from calls_text t join settings using (practice)),
only_one as (
    select line.practice, line.file, line.line, min(entry.program) as program
    from line join entry using (practice, patient)
    where trusted and date_trunc('month', entry.day)
        = date_trunc('month', coalesce(line.day, line.month))
    group by all having count(distinct entry.program) = 1),
meant as (
    select line.*, coalesce(own_program, only_one.program) as program
    from line left join only_one using (practice, file, line))
select meant.practice, meant.file, meant.line, meant.patient, meant.day, meant.second, program,
    length, staff, case when program is null or not calls_tell_contact then 'maybe' else 'yes' end as live,
    calls_tell_contact
from meant join settings using (practice)
left join known using (practice, patient)
left join enrolment using (practice, patient, program)
where (not calls_tell_contact or is_live(contact)) and coalesce(length, 1) > 0
    and case when meant.day is null then not has_roster or known.patient is not null
             else scope(meant.day, month_end, span, as_of, has_roster, known.patient is not null,
                        consented, ended) = 'used' end;

create temp table visit as
select t.practice, patient_id as patient, cast("on" as date) as day, cell(code) as code
from visits_text t join settings using (practice)
left join known on known.practice = t.practice and known.patient = t.patient_id
where scope(cast("on" as date), month_end, span, as_of, has_roster, known.patient is not null,
            cast(null as date), cast(null as date)) = 'used';

create temp table claim as
select practice, file, line, patient_id as patient, upper(trim(code)) as code,
    cast(service_date as date) as served, try_cast(period_start as date) as period_start,
    try_cast(period_end as date) as period_end, coalesce(cell(biller), '') as biller
from claims_text
where coalesce(cell(status), 'submitted') in ('submitted', 'paid');

create temp table stay as
select practice, patient_id as patient, cast("from" as date) as came, try_cast("to" as date) as went
from stays_text;
