/** The chart library in the page's own colours. */
const GROUP_COLOURS = {
  light: ['#2f5bd0', '#c2571a', '#1d7044', '#8a3ffc', '#0f7c8a', '#9a6a00'],
  dark: ['#8cacff', '#ffab76', '#6fd39c', '#c6a6f7', '#66c7d4', '#e5c15a'],
}
const dark = matchMedia('(prefers-color-scheme: dark)')
const variable = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export const palette = () => (dark.matches ? GROUP_COLOURS.dark : GROUP_COLOURS.light)
export const withAlpha = (colour, alpha) =>
  `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`

const charts = new Map()

/** Makes the chart, or gives the one that is there its new data. */
export function draw(canvas, type, data, { x, y, hasLegend, label }) {
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
        x: { ...axis(x.title), grid: { display: false } },
        y: { ...axis(y.title), beginAtZero: true, ...y.range },
      },
      plugins: {
        legend: {
          display: hasLegend,
          position: 'bottom',
          labels: { color: variable('--ink'), boxWidth: 10, boxHeight: 10 },
        },
      },
    },
  })
  charts.set(canvas, chart)
}

/** Colours are part of the drawing: it is made anew when they change. */
export const onColourChange = listener => dark.addEventListener('change', listener)
