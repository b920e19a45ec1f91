/** What is seen, as files. */
import { el } from './dom.js'

/** @param query the filters that the list was asked for with */
export const takeAlong = (name, query, label) =>
  el(
    'span.take',
    {},
    `${label} `,
    ['csv', 'parquet'].flatMap(format => [
      ' ',
      el(
        'a',
        {
          href: `/api/exports/${name}.${format}${query === '' ? '' : `?${query}`}`,
          'data-key': `${name}-${format}`,
          download: true,
        },
        format === 'csv' ? 'CSV' : 'Parquet',
      ),
    ]),
  )
