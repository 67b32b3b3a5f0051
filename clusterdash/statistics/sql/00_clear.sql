-- Empties the tables of statistics in a copy of an edition, to recompute them (see README.md). Building an edition does
-- not need it.

delete from latest_benchmark;
delete from peer_group;
delete from peer_group_member;
delete from wave_member;
delete from withheld;
delete from position;
delete from profile;
delete from group_profile;
delete from group_quartile;
delete from progress;
delete from practice;
delete from composition;
delete from robustness;
delete from holder;
delete from holder_median;
delete from expert_view;
delete from pairing;
delete from reference_position;
delete from reference_score;
delete from reference_profile;
