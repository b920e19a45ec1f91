import { describe, expect, it } from 'vitest'
import { resultOf } from '../../../infra/pulsifi-sandbox/assessment.ts'
import { page } from '../../../infra/pulsifi-sandbox/page.ts'
import { reportPdf } from '../../../infra/pulsifi-sandbox/report-pdf.ts'
import { applyChange, emptyState } from '../../../infra/pulsifi-sandbox/state.ts'
import { candidateOf } from './candidate.ts'

const NOW_MS = Date.parse('2026-02-01T00:00:00Z')
const NASTY = `"><script>alert('x')</script>&`

describe('the page', () => {
  it('escapes what it shows', () => {
    const state = emptyState()
    const candidate = candidateOf({ ext_reference_id: NASTY, first_name: NASTY, candidate_id: NASTY })
    applyChange(state, { type: 'candidate', candidate })
    const html = page(state, [], NOW_MS)
    expect(html).not.toContain('<script')
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
    expect(page(state, [], NOW_MS)).toContain('/hooks/pulsifi/default/…')
    expect(page(state, [], NOW_MS)).not.toMatch(/path-token-1|header-secret-1/)
  })

  it('offers buttons only while something can happen', () => {
    const state = emptyState()
    applyChange(state, { type: 'candidate', candidate: candidateOf({ status: 'completed' }) })
    expect(page(state, [], NOW_MS)).not.toContain('<button')
    applyChange(state, { type: 'candidate', candidate: candidateOf({ status: 'opened' }) })
    expect(page(state, [], NOW_MS)).toContain('<button')
  })
})

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
