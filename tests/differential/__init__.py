"""A second implementation of the counting and of the verdicts, in SQL, and random practices on
which both must agree. `python -m tests.differential --practices 10000 --seed 1`"""
