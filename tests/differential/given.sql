-- What is given, all cells as text. NULL: there is no such column; '': an empty cell.

create temp table practice (
    practice integer, month date, month_end date, span date, as_of date, zone varchar,
    window_mode varchar, strict boolean, default_role varchar, default_biller varchar,
    covers_from date, covers_to date, calls_as_time boolean);
create temp table export (practice integer, name varchar, file integer, columns varchar[]);
create temp table position_taken (practice integer, point varchar, take varchar, since date);
create temp table chronic_list (icd10cm varchar, mark integer);

create temp table patients_text (
    practice integer, file integer, line integer, patient_id varchar, programs varchar,
    biller varchar, biller_type varchar, place_of_service varchar, enrolled_on varchar,
    setup_on varchar, goals_met_on varchar, ended_on varchar, died_on varchar, consent_on varchar,
    consent_revoked_on varchar, order_on varchar, plan_of_care_from varchar,
    plan_of_care_to varchar, care_plan_on varchar, initiating_visit_on varchar,
    established varchar, conditions varchar, mdm varchar, surgery_on varchar, global_days varchar,
    surgery_related varchar);
create temp table readings_text (
    practice integer, file integer, line integer, patient_id varchar, recorded_at varchar,
    system varchar, source varchar);
create temp table time_log_text (
    practice integer, file integer, line integer, patient_id varchar, started_at varchar,
    seconds varchar, minutes varchar, ended_at varchar, program varchar, role varchar,
    contact varchar, staff_id varchar, entry_id varchar);
create temp table calls_text (
    practice integer, file integer, line integer, patient_id varchar, started_at varchar,
    contact varchar, program varchar, seconds varchar, staff_id varchar);
create temp table visits_text (
    practice integer, file integer, line integer, patient_id varchar, "on" varchar, code varchar);
create temp table claims_text (
    practice integer, file integer, line integer, patient_id varchar, code varchar,
    service_date varchar, period_start varchar, period_end varchar, status varchar,
    biller varchar);
create temp table stays_text (
    practice integer, file integer, line integer, patient_id varchar, "from" varchar,
    "to" varchar, kind varchar);
