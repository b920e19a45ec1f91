/** Webhooks of about a wanted size, each about another entity: made of the vendors' own examples, the same for the same number. */
import { createHash } from 'node:crypto'

const PROSE =
  'Pilotage d’une équipe répartie sur trois régions, mise en place d’intégrations en flux continu avec les outils ' +
  'des partenaires, réduction du temps d’arrivée et accompagnement des nouveaux. '

const CITIES = ['Paris', 'Lyon', 'Nantes', 'Lille', 'Göteborg', 'Malmö', 'Leeds', 'Bristol']

/** Bytes that look like a file and do not compress: SHA-256 in counter mode, behind the signature of a PDF. */
export function fileBytes(seed: number, length: number): Buffer {
  const blocks: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  for (let bytes = 9, block = 0; bytes < length; bytes += 32, block++)
    blocks.push(createHash('sha256').update(`${seed}/${block}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

/**
 * An application as CleverConnect sends it. Up to 8 KiB the size is a summary that we do not map, as vendors' bodies
 * have many; above, it is a file in base64.
 */
export function cleverConnect(number: number, bytes: number): string {
  const person = `Person${number}`
  const application = {
    id: 1_000_000 + number,
    jobId: `job-${number % 500}`,
    candidate: {
      civility: number % 2 === 0 ? 'MR' : 'MISS',
      firstName: person,
      lastName: `Example${number % 977}`,
      email: `person.${number}@example.com`,
      phoneNumber: `+336${String(10_000_000 + (number % 89_999_999))}`,
      location: {
        raw: `${number % 400} rue Exemple`,
        city: CITIES[number % 8],
        zipCode: '75009',
        country: 'France',
      },
    },
    attachments: [] as { type: string; contentType: string; fileName: string; content: string }[],
    origin: 'meteojob',
    summary: '',
  }
  const missing = () => bytes - Buffer.byteLength(JSON.stringify(application))
  if (bytes > 8192) {
    const file = { type: 'resume', contentType: 'application/pdf', fileName: `${person}.pdf`, content: '' }
    application.attachments.push(file)
    file.content = fileBytes(number, Math.floor((missing() * 3) / 4)).toString('base64')
  } else {
    const length = Math.max(0, missing())
    application.summary = PROSE.repeat(Math.ceil(length / PROSE.length)).slice(0, length)
  }
  return JSON.stringify(application)
}
