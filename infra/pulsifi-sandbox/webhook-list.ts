import type { z } from 'zod'
import type { Webhook } from './state.ts'
import type { webhookListQuery } from './validate.ts'

type Query = z.output<typeof webhookListQuery>

/** One page of the webhooks that a query asks for, and how many there are on all pages. Deleted ones are not listed. */
export function pageOf(
  webhooks: Iterable<Webhook>,
  query: Query,
): { readonly total_count: number; readonly result: readonly Webhook[] } {
  const keyword = query.q?.toLowerCase() ?? ''
  const found = [...webhooks]
    .filter(webhook => !webhook.is_deleted)
    .filter(webhook => query.status === undefined || webhook.status === query.status)
    .filter(webhook => webhook.name.toLowerCase().includes(keyword))
    .toSorted(comparison(query.sort_by ?? 'created_at'))
  const first = (query.page - 1) * query.page_size
  return { total_count: found.length, result: found.slice(first, first + query.page_size) }
}

function comparison(sortBy: string): (a: Webhook, b: Webhook) => number {
  const orders = sortBy.split(',').map(part => ({
    field: part.endsWith('name') ? ('name' as const) : ('created_at' as const),
    sign: part.startsWith('-') ? -1 : 1,
  }))
  return (a, b) => {
    for (const { field, sign } of orders) {
      if (a[field] !== b[field]) return a[field] < b[field] ? -sign : sign
    }
    return 0
  }
}
