/** Bad input, through the real ingress, to the topic where a person finds it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type StackForTest, stackForTest } from './stack-for-test.ts'

describe('bad input', () => {
  let test: StackForTest
  afterAll(() => test?.stop())
  beforeAll(async () => {
    test = await stackForTest()
  })
  const proof = () => ({ 'x-hook-token': test.secret })

  it('of a source that does not exist is 404', async () => {
    const answer = await test.post(`workday/${test.tenant}`, '{}', proof())
    expect(answer).toEqual({
      status: 404,
      body: { error: { code: 'NOT_FOUND', message: 'no such source' } },
    })
  })

  it('of a tenant that does not exist is 401, as a wrong credential', async () => {
    expect((await test.post('jobylon/nobody', '{}', proof())).status).toBe(401)
  })

  it.each([undefined, 'guessed'])('with the credential %s is 401, and nothing is kept', async token => {
    const answer = await test.post(
      `jobylon/${test.tenant}`,
      '{}',
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    )
    expect(answer.status).toBe(401)
    expect(answer.body.error.code).toBe('UNAUTHORIZED')
  })

  it('larger than the route takes is 413', async () => {
    const body = Buffer.alloc(2 * 1024 * 1024 + 1, ' ')
    const answer = await test.post(`jobylon/${test.tenant}`, body, proof())
    expect(answer.status).toBe(413)
    expect(answer.body.error.code).toBe('BODY_TOO_LARGE')
  })

  it('that nobody can read is answered 200, and kept as a dead letter with its reason', async () => {
    const answer = await test.post(`idibu/${test.tenant}`, '{"payload": {"id": "1", "firstna', proof())
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ status: 'accepted', event_ids: [expect.any(String)] })
    await eventually('a dead letter', 20_000, () => test.sightings.counts().deadLetters.at(0) ?? null)
    expect(test.sightings.counts().deadLetters).toEqual(['BODY_UNREADABLE'])
  })

  it('that can be routed but not mapped is dead-lettered by the normalizer', async () => {
    const application = { id: 77, candidate: { firstName: 'Without a job' } }
    const answer = await test.post(`cleverconnect/${test.tenant}`, JSON.stringify(application), proof())
    expect(answer.status).toBe(200)
    await eventually('a second dead letter', 30_000, () => test.sightings.counts().deadLetters.at(1) ?? null)
    expect(test.sightings.counts().deadLetters).toContain('PAYLOAD_INVALID')
  })
})
