/** The contracts as pages: made once, from the documents that programs read. */
import { openApiDocument } from '../api/openapi.ts'
import { OPERATIONS } from '../api/operations.ts'
import { madeFile, type PageFiles } from '../serve/page-files.ts'
import { apiPage } from './api-page.ts'
import { readContract } from './contract.ts'
import { topicsPage } from './topics-page.ts'

const HTML = 'text/html; charset=utf-8'

/** By path. */
export function makeDocs(version: string): PageFiles {
  const contract = readContract()
  return new Map([
    ['/docs', madeFile(topicsPage(contract), HTML)],
    ['/docs/api', madeFile(apiPage(openApiDocument(OPERATIONS, version)), HTML)],
    ['/docs/asyncapi.json', madeFile(contract.text, 'application/json; charset=utf-8')],
  ])
}
