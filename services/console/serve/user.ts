export interface User {
  /** As the audit knows them. */
  readonly name: string
}
