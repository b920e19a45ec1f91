import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { framesOf, withoutUserInfo } from '../../../../services/platform/process/masked.ts'

describe('user and password in a URL', () => {
  it.each([
    ['https://kim:hunter2@registry.example.com/apis', 'https://***@registry.example.com/apis'],
    ['postgresql://kim:hunt/er#2@db:5432/x', 'postgresql://***@db:5432/x'],
    ['https://kim:hunt@er2@registry', 'https://***@registry'],
    ['a=http://kim:hunter2@a/metrics,b=http://lou:hunter2@b', 'a=http://***@a/metrics,b=http://***@b'],
    ['fetch failed: "https://kim:hunter2@a" was refused', 'fetch failed: "https://***@a" was refused'],
    ['https://registry.example.com/apis', 'https://registry.example.com/apis'],
    ['kim@example.com', 'kim@example.com'],
  ])('is masked in %j', (text, shown) => {
    expect(withoutUserInfo(text)).toBe(shown)
  })

  it('is in no log line, wherever somebody has put it', () => {
    let lines = ''
    const destination = new Writable({
      write(chunk, _, done) {
        lines += String(chunk)
        done()
      },
    })
    const log = createLogger('test', 'info', destination)
    log.info({ event: 'configured', config: { CONSOLE_SCRAPE: ['a=http://kim:hunter2@a/metrics'] } }, 'read')
    log.error(
      { event: 'failed', deep: { er: { url: 'https://kim:hunter2@registry' } } },
      'at https://kim:hunter2@b',
    )
    expect(
      lines
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line).event),
    ).toEqual(['configured', 'failed'])
    expect(lines).not.toContain('hunter2')
    expect(lines).toContain('https://***@registry')
  })
})

it('shows of an error where it was, and nothing that it quotes', () => {
  const frames = framesOf(new Error('Unexpected token in "kim@example.com\n    of hunter2"'))
  expect(frames.length).toBeGreaterThan(1)
  expect(frames.join('\n')).not.toMatch(/kim|hunter2/)
})
