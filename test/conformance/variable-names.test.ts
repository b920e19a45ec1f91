/** No variable that is rightly set is taken for a misspelling of another one. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ConsoleConfig } from '../../services/console/config.ts'
import { IngressConfig } from '../../services/ingress/config.ts'
import { NormalizerConfig } from '../../services/normalizer/config.ts'
import { misspelt, namesShown } from '../../services/platform/process/config-rules.ts'
import { SinkConfig } from '../../services/pulsifi-sink/config.ts'
import { repositoryFile } from '../support/compose.ts'
import { declaredVariables } from '../support/tidy-variables.ts'

const all = Object.fromEntries([...(await declaredVariables()).keys()].map(name => [name, 'value']))
const SCHEMAS: Readonly<Record<string, z.ZodObject>> = {
  ingress: IngressConfig,
  normalizer: NormalizerConfig,
  'pulsifi-sink': SinkConfig,
  console: ConsoleConfig,
}

describe('with every variable of every process set', () => {
  it.each(Object.entries(SCHEMAS))('%s names none', (_, schema) => {
    expect(Object.keys(all).length).toBeGreaterThan(100)
    expect(misspelt(all, Object.keys(schema.shape))).toEqual([])
  })

  it('npm start names none', () => {
    const shown = namesShown(readFileSync(repositoryFile('.env.example'), 'utf8'))
    expect(shown).toContain('INGRESS_PORT')
    expect(misspelt(all, shown)).toEqual([])
    expect(misspelt({ INGRESS_PROT: '1' }, shown)).toHaveLength(1)
  })
})
