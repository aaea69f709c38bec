/** Dark and light as one switch: CSS variables for the pages, and the same tokens read for charts and the map. */
import { computed, ref, shallowRef, watchEffect } from 'vue'
import './tokens.css'
import './base.css'

export const themes = ['dark', 'light'] as const
export type Theme = (typeof themes)[number]

const storageKey = 'pentad.theme'
const remembered = (): Theme | null => {
  const kept = localStorage.getItem(storageKey)
  return themes.find((t) => t === kept) ?? null
}

/** What the person chose; without a choice each page has its own default. */
const chosen = ref<Theme | null>(remembered())
const pageDefault = ref<Theme>('light')

/** What is made for paper is light, whatever the person chose: ink is dark. */
export const onPaper = ref(false)

export const theme = computed<Theme>(() => (onPaper.value ? 'light' : (chosen.value ?? pageDefault.value)))

export function chooseTheme(to: Theme): void {
  chosen.value = to
  localStorage.setItem(storageKey, to)
}
export const toggleTheme = (): void => chooseTheme(theme.value === 'dark' ? 'light' : 'dark')
/** The theme of a page for those who chose none: dark for the command desk, light for office work. */
export function setPageTheme(to: Theme): void {
  pageDefault.value = to
}

const names = [
  'ground',
  'panel',
  'panel-2',
  'line',
  'line-soft',
  'text',
  'text-2',
  'text-3',
  'accent',
  'accent-text',
  'accent-soft',
  'accent-strong',
  'on-accent',
  'ok',
  'ok-text',
  'warn',
  'warn-text',
  'bad',
  'bad-text',
  'info',
  'idle',
  'idle-text',
  'map-ground',
  'map-water',
  'map-green',
  'map-built',
  'map-road',
  'map-road-case',
  'map-road-major',
  'map-border',
  'map-label',
  'map-label-halo',
  'font',
] as const
export type TokenName = (typeof names)[number]
export type Tokens = Readonly<Record<TokenName, string>>

function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()])) as Record<TokenName, string>
}

/** The tokens of the theme that shows now, for canvases, which cannot read CSS variables. */
export const tokens = shallowRef<Tokens>(readTokens())

watchEffect(
  () => {
    const root = document.documentElement
    root.dataset.theme = theme.value
    root.classList.toggle('dark', theme.value === 'dark')
    root.classList.toggle('van-theme-dark', theme.value === 'dark')
    tokens.value = readTokens()
  },
  { flush: 'sync' },
)
