/** The chart library in the page's own colours. */
const GROUP_COLOURS = {
  light: ['#2f5bd0', '#c2571a', '#1d7044', '#8a3ffc', '#0f7c8a', '#9a6a00'],
  dark: ['#8cacff', '#ffab76', '#6fd39c', '#c6a6f7', '#66c7d4', '#e5c15a'],
}
const dark = matchMedia('(prefers-color-scheme: dark)')
const variable = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export const surface = () => variable('--surface')
export const palette = () => (dark.matches ? GROUP_COLOURS.dark : GROUP_COLOURS.light)
export const withAlpha = (colour, alpha) =>
  `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`

/** Lines cross the surface: a fill that is no colour of its own. */
function hatched(colour) {
  const tile = document.createElement('canvas')
  tile.width = 8
  tile.height = 8
  const pen = tile.getContext('2d')
  pen.strokeStyle = colour
  pen.lineWidth = 1.5
  pen.beginPath()
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8)
    pen.lineTo(shift + 8, 0)
  }
  pen.stroke()
  return pen.createPattern(tile, 'repeat')
}

/** Of stages and states: what is on its way is of one family, what is completed and what has ended otherwise of others. */
export function stateColours() {
  const of = {
    canonical: '--muted',
    received: '--line',
    completed: '--good',
    waiting: '--wait',
    blocked: '--bad',
    ambiguous: '--unsure',
  }
  const shades = { invited: 0.35, opened: 0.6, started: 1 }
  return code => {
    if (['expired', 'skipped', 'withdrawn', 'erased'].includes(code)) {
      const line = variable('--muted')
      return { line, fill: code === 'expired' ? hatched(line) : withAlpha(line, 0.3), dash: [5, 4] }
    }
    if (code in shades) {
      // As lines they may lie on one another, and as parts of a bar they are one family.
      const [invited, , , opened, started] = palette()
      const line = { invited, opened, started }[code]
      const dash = { invited: [], opened: [7, 4], started: [2, 3] }[code]
      return { line, fill: withAlpha(invited, shades[code]), dash }
    }
    const line = variable(of[code] ?? '--muted')
    return { line, fill: line, dash: [] }
  }
}

const charts = new Map()

/** @param note what is said, beside the numbers, of the place with an index */
export function draw(canvas, type, data, { x, y, hasLegend, label, note }) {
  canvas.setAttribute('aria-label', label)
  charts.get(canvas)?.destroy()
  const axis = title => ({
    title: { display: title !== '', text: title, color: variable('--muted') },
    ticks: { color: variable('--muted'), maxRotation: 0, autoSkipPadding: 14, precision: 0 },
    grid: { color: variable('--line') },
    border: { display: false },
  })
  const chart = new window.Chart(canvas, {
    type,
    data,
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { ...axis(x.title), grid: { display: false }, stacked: x.isStacked },
        y: { ...axis(y.title), beginAtZero: true, ...y.range, stacked: y.isStacked },
      },
      plugins: {
        tooltip: { callbacks: { footer: items => note?.(items[0].dataIndex) } },
        legend: {
          display: hasLegend,
          position: 'bottom',
          labels: {
            ...{ color: variable('--ink'), boxWidth: type === 'line' ? 26 : 10, boxHeight: 10 },
            ...(type === 'line' ? { usePointStyle: true, pointStyle: 'line', pointStyleWidth: 26 } : {}),
          },
        },
      },
    },
  })
  charts.set(canvas, chart)
}

/** Colours are part of the drawing: it is made anew when they change. */
export const onColourChange = listener => dark.addEventListener('change', listener)
