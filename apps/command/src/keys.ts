/** The keys of the desk: what a press means. Pure, but for the last function. */
import { onScopeDispose } from 'vue'

export type Key = { key: 'next' | 'previous' | 'open' | 'search' | 'help' | 'leave' } | { key: 'digit'; digit: number }

interface Press {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  isComposing?: boolean
}

/** What is meant, or nothing: never while somebody types, and never with a modifier, which belongs to the browser. */
export function keyMeant(press: Press, typing: boolean): Key | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null
  if (press.key === 'Escape') return { key: 'leave' }
  if (typing) return null
  switch (press.key) {
    case 'j':
      return { key: 'next' }
    case 'k':
      return { key: 'previous' }
    case 'Enter':
      return { key: 'open' }
    case '/':
      return { key: 'search' }
    case '?':
      return { key: 'help' }
    default:
      return /^[1-9]$/.test(press.key) ? { key: 'digit', digit: Number(press.key) } : null
  }
}

/** The neighbour of the chosen one in a list; the first when nothing is chosen or the chosen one has left the list. */
export function neighbour<T>(ids: readonly T[], chosen: T | null, by: 1 | -1): T | null {
  const at = chosen === null ? -1 : ids.indexOf(chosen)
  if (at < 0) return ids[0] ?? null
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=radio]):not([type=checkbox]), textarea, select'))
/** Enter on a button or link is that button's own; the map has its own arrows. */
const hasOwnEnter = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, summary, [role=option]') !== null

/** A letter or digit that a page has a meaning of its own for; j and k always move. */
export function letterMeant(press: Press, typing: boolean): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || typing) return null
  return /^[a-z0-9]$/.test(press.key) && press.key !== 'j' && press.key !== 'k' ? press.key : null
}
/** Hears letters and digits while the component lives. */
export function useLetters(handle: (letter: string) => boolean): void {
  const onPress = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    const letter = letterMeant(event, isTyping(event.target))
    if (letter && handle(letter)) event.preventDefault()
  }
  addEventListener('keydown', onPress)
  onScopeDispose(() => removeEventListener('keydown', onPress))
}

/** Hears the keys while the component lives; a handler that returns false lets the press go on. */
export function useKeys(handle: (key: Key) => boolean | undefined): void {
  const onPress = (event: KeyboardEvent): void => {
    if (
      event.defaultPrevented ||
      document.querySelector('dialog[open], .el-overlay:not([style*="display: none"]) .el-dialog')
    )
      return
    const meant = keyMeant(event, isTyping(event.target))
    if (!meant || (meant.key === 'open' && hasOwnEnter(event.target))) return
    if (handle(meant) !== false) event.preventDefault()
  }
  addEventListener('keydown', onPress)
  onScopeDispose(() => removeEventListener('keydown', onPress))
}

/** j and k walk a list, Escape leaves it; `choose` hears null when nothing is to be chosen. */
export function useListKeys<T>(list: {
  ids: () => readonly T[]
  chosen: () => T | null
  choose: (id: T | null) => void
  /** False while the list is out of sight. */
  when?: () => boolean
}): void {
  useKeys(({ key }) => {
    if (list.when?.() === false) return false
    if (key === 'next') list.choose(neighbour(list.ids(), list.chosen(), 1))
    else if (key === 'previous') list.choose(neighbour(list.ids(), list.chosen(), -1))
    else if (key === 'leave') list.choose(null)
    else return false
    return true
  })
}
