import { describe, expect, it } from 'vitest'
import { resultOf } from '../../../infra/pulsifi-sandbox/assessment.ts'
import { arm } from '../../../infra/pulsifi-sandbox/faults.ts'
import { page, type Seen } from '../../../infra/pulsifi-sandbox/page.ts'
import { reportPdf } from '../../../infra/pulsifi-sandbox/report-pdf.ts'
import { applyChange, emptyState } from '../../../infra/pulsifi-sandbox/state.ts'
import { SWITCHES } from '../../../infra/pulsifi-sandbox/switches.ts'
import { candidateOf } from './candidate.ts'

const NOW_MS = Date.parse('2026-02-01T00:00:00Z')
const NASTY = `"><script>alert('x')</script>&`

const seen = (known: Partial<Seen>): Seen => ({
  ...{ state: emptyState(), calls: [], faults: [], nowMs: NOW_MS, search: '' },
  ...known,
})

describe('the page', () => {
  it('escapes what it shows', () => {
    const state = emptyState()
    const candidate = candidateOf({ ext_reference_id: NASTY, first_name: NASTY, candidate_id: NASTY })
    applyChange(state, { type: 'candidate', candidate })
    const html = page(seen({ state, search: NASTY }))
    expect(html).not.toContain('<script>')
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;')
  })

  it('does not show the token in the address of a webhook', () => {
    const state = emptyState()
    const url = 'http://127.0.0.1:8080/hooks/pulsifi/default/path-token-1'
    applyChange(state, {
      type: 'webhook',
      webhook: {
        id: 'w1',
        name: 'results',
        url,
        events: ['candidate_application_result_ready'],
        secret: 'header-secret-1',
        status: 'active',
        is_deleted: false,
        created_at: '2026-01-31T12:00:00.000Z',
      },
    })
    expect(page(seen({ state }))).toContain('/hooks/pulsifi/default/…')
    expect(page(seen({ state }))).not.toMatch(/path-token-1|header-secret-1/)
  })

  it('offers buttons only while something can happen', () => {
    const state = emptyState()
    applyChange(state, { type: 'candidate', candidate: candidateOf({ status: 'completed' }) })
    expect(page(seen({ state }))).not.toContain('>complete</button')
    applyChange(state, { type: 'candidate', candidate: candidateOf({ status: 'opened' }) })
    expect(page(seen({ state }))).toContain('>complete</button')
  })

  it('finds candidates by reference, name, job and status, and calls by operation, whatever the case', () => {
    const state = emptyState()
    for (const [id, first_name, status] of [
      ['c1', 'Ada', 'opened'],
      ['c2', 'Grace', 'invited'],
    ] as const)
      applyChange(state, {
        type: 'candidate',
        candidate: candidateOf({ candidate_id: id, ext_reference_id: `ref-${id}`, first_name, status }),
      })
    const shown = (search: string) =>
      ['c1', 'c2'].filter(id => page(seen({ state, search })).includes(`data-key="${id}"`))
    expect([shown(''), shown('aDa'), shown('ref-c2'), shown('OPENED'), shown('nobody')]).toEqual([
      ...[['c1', 'c2'], ['c1'], ['c2'], ['c1'], []],
    ])
  })

  it('shows the newest hundred, and says of how many', () => {
    const state = emptyState()
    for (let n = 1; n <= 101; n++)
      applyChange(state, {
        type: 'candidate',
        candidate: candidateOf({ candidate_id: `c${n}`, ext_reference_id: `r${n}` }),
      })
    const html = page(seen({ state }))
    expect(html).toContain('100 newest of 101')
    expect([html.includes('data-key="c101"'), html.includes('data-key="c1"')]).toEqual([true, false])
  })

  it('shows each switch as it is, what it struck, and other rules as they were given', () => {
    const [slow] = SWITCHES
    const armed = arm([slow?.rule ?? never(), { operation: 'jobs.create', action: 'hang' }])
    const html = page(seen({ faults: armed.map(entry => ({ ...entry, matched: 4, struck: 3 })) }))
    expect(html.match(/aria-checked="true"/g)).toHaveLength(1)
    expect(html.match(/aria-checked="false"/g)).toHaveLength(SWITCHES.length - 1)
    expect(html).toContain('Struck 3 so far.')
    expect(html).toContain('struck 3 of 4')
    expect(html).toContain('Take all faults back')
    expect(page(seen({}))).not.toContain('Take all faults back')
  })
})

function never(): never {
  throw new Error('no switch')
}

describe('a report', () => {
  it('has a cross-reference table that points at its objects', () => {
    const text = reportPdf(candidateOf({ ext_reference_id: 'a(b)\\é', result: resultOf('a') })).toString(
      'latin1',
    )
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n/gm)].map(match => Number(match[1]))
    expect(offsets.map(offset => text.slice(offset, offset + 7))).toEqual(
      [1, 2, 3, 4, 5].map(number => `${number} 0 obj`),
    )
    expect(text).toContain('(Reference a\\(b\\)\\\\?) Tj')
  })
})
