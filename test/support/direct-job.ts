/** A job in the project's own JSON that Pulsifi takes as it is. */
export const directJob = {
  type: 'job',
  action: 'upsert',
  data: {
    external_id: 'j1',
    title: 'Software engineer',
    description: 'You write programs in Java and SQL for our warehouse, and look after the database. '.repeat(
      6,
    ),
    skills: ['Java', 'SQL'],
  },
}
