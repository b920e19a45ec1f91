/** For tasks that would undo each other's work: a task starts when the one before it has ended, well or not. */
export function oneAfterTheOther(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return task => {
    const done = last.then(task)
    last = done.catch(() => undefined)
    return done
  }
}
