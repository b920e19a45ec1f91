/** A statement that is not answered. `message` is for whoever wrote it. */
export class SelectRefused extends Error {
  override readonly name = 'SelectRefused'
  readonly code: 'NOT_ONE_SELECT' | 'SQL_REFUSED' | 'TIME_OVER' | 'TOO_LARGE' | 'BUSY'
  constructor(code: SelectRefused['code'], message: string) {
    super(message)
    this.code = code
  }
}
