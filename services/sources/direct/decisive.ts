/** By these it is decided who is invited, and which of two snapshots counts: read wrongly, somebody would be who must not. */
export const DECISIVE: ReadonlySet<string> = new Set([
  'type',
  'action',
  'data.external_id',
  'data.updated_at',
  'data.kind',
  'data.status',
  'data.valid_through',
  'data.closed_at',
  'data.communications_opt_out',
  'data.applications.external_id',
  'data.applications.job',
  'data.applications.stage',
  'data.applications.applied_at',
  'data.applications.rejected_at',
  'data.applications.hired_at',
])
