"""Cases: interviews, audits and evaluations from the request to the label."""
