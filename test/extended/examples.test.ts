import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { printedAbout, publishScore } from '../support/example-reader.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const application = `direct:t${Date.now().toString(36)}:application`

beforeAll(() => publishScore(application))

it('prints real scores in Python', async () => {
  const { line } = await printedAbout(application, ['python3', 'infra/examples/scores.py'], root)
  expect(line).toBe(`${application} role_fit 0.85`)
})
