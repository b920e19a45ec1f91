import type { Candidate } from './state.ts'

/** One page that says it is a stand-in, so that a report link leads to a real PDF. */
export function reportPdf(candidate: Candidate): Buffer {
  const scores = candidate.result?.scores ?? []
  const lines = ['Pulsifi sandbox: not a real report', `Reference ${candidate.ext_reference_id}`].concat(
    scores.map(score => `${score.score_type}: ${score.score_value} of ${score.score_format}`),
  )
  const text = lines.map(line => `(${plain(line)}) Tj T*`).join('\n')
  const content = `BT /F1 14 Tf 72 760 Td 22 TL\n${text}\nET`
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ])
}

/** The standard fonts speak ASCII; brackets and backslashes are syntax. */
const plain = (text: string) => text.replace(/[^ -~]/g, '?').replace(/[\\()]/g, '\\$&')

function assemble(objects: readonly string[]): Buffer {
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(
    `${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}${end}`,
    'latin1',
  )
}
