/** The language of a web: chosen once, remembered, switchable at any time; texts of the server come with both languages. */
import { computed, type Ref, ref, watchEffect } from 'vue'
import { createI18n } from 'vue-i18n'
import en from './messages/en.ts'
import zhCN from './messages/zh-CN.ts'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]
/** A name as contracts carry it. */
export type Text = Readonly<Record<Language, string>>
/** Messages nest; leaves are sentences. */
export interface Messages {
  [key: string]: string | readonly string[] | Messages
}
interface Tree {
  [key: string]: string | Tree
}
/** What says a message: the `t` of vue-i18n, kept small so that pure files can take it. */
export type Say = (key: string, named?: Record<string, unknown>) => string

const storageKey = 'pentad.language'
function firstLanguage(): Language {
  const kept = localStorage.getItem(storageKey)
  const known = languages.find((l) => l === kept)
  return known ?? (navigator.language.startsWith('zh') || !navigator.language.startsWith('en') ? 'zh-CN' : 'en')
}

export const language: Ref<Language> = ref(firstLanguage())
export function setLanguage(to: Language): void {
  language.value = to
  localStorage.setItem(storageKey, to)
}
export const otherLanguage = computed<Language>(() => (language.value === 'zh-CN' ? 'en' : 'zh-CN'))

/** The text in the language that shows now. */
export const text = (t: Text | null | undefined): string => t?.[language.value] ?? ''

/** One i18n for a web: its own messages, and those of `web/` under `web`. */
export function makeI18n(messages: Record<Language, Messages>) {
  const i18n = createI18n({
    legacy: false,
    locale: language.value,
    fallbackLocale: 'zh-CN',
    // Its own types cannot say that a leaf may be a list of sentences.
    messages: { 'zh-CN': { ...messages['zh-CN'], web: zhCN } as Tree, en: { ...messages.en, web: en } as Tree },
  })
  watchEffect(() => {
    i18n.global.locale.value = language.value
    document.documentElement.lang = language.value
  })
  return i18n
}

/** Words in a row, parted as the language does it. */
export const sayList = (words: readonly string[]): string =>
  new Intl.ListFormat(language.value, { type: 'conjunction', style: 'narrow' }).format(words)
export const sayNumber = (n: number): string => new Intl.NumberFormat(language.value).format(n)
export const sayShare = (share: number, digits = 0): string =>
  new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: digits }).format(share)
