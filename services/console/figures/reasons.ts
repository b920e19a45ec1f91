/** The code without a number at its end, as it is counted: `DESCRIPTION_TOO_SHORT:120` is one of many lengths. SQL. */
export const COUNTED_REASON = "regexp_replace(coalesce(reason, 'NONE'), ':[0-9]+$', '')"
