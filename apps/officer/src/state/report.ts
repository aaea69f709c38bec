/** The report being written: place, proposed classes with their reasons, and what is still missing. */
import { classIn, defaultFlow } from '@pentad/cases/model'
import type { Refusal } from '@pentad/platform/refusal'
import { propose } from '@pentad/public-service/contract'
import { api } from '@pentad/web/api.ts'
import { sayList } from '@pentad/web/i18n.ts'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Said } from '../outbox/letter.ts'
import { flowOf } from '../outbox/store.ts'
import { reportHere } from './act.ts'
import { desk } from './desk.ts'
import { here, hereState, pointHere, watchHere } from './here.ts'
import { type CaseClass, classKey, habitNear, leaves, proposeHere } from './propose.ts'
import { useSketch } from './sketch.ts'

export interface Chip {
  key: string
  name: Said
  why: string
}
/** Chips shown: what is usual here, and room for the one that was picked. */
const mostChips = 5

interface Heard {
  place: Said
  classes: { kind: string; code: string; why: { words: string[]; nearbyCases: number } }[]
  nearby: number
}

export function useReport() {
  const { t } = useI18n()
  const sketch = useSketch('report')
  const { said, photos } = sketch
  const after = useSketch('report-after')
  /** The reporter has done the work too. */
  const handled = ref(false)
  const placeState = ref<'asking' | 'gps' | 'map' | 'none'>('asking')
  const heard = shallowRef<Heard | null>(null)
  const busy = ref(false)
  watchHere()

  const classes = computed(() => desk.value?.classes.value ?? [])
  const byKey = computed(() => new Map(classes.value.map((c) => [classKey(c), c])))
  const chosen = computed<CaseClass | null>(() => (said.classKey && byKey.value.get(said.classKey)) || null)
  const proposed = computed(() => {
    const online = heard.value?.classes ?? []
    return online.length
      ? online
      : proposeHere(said.words, classes.value, habitNear(said.point, desk.value?.held.value ?? []))
  })
  const chips = computed<Chip[]>(() => {
    const found = proposed.value.map((p) => ({ key: classKey(p), why: whySaid(p.why) }))
    const usual = leaves(classes.value).map((c) => ({ key: classKey(c), why: '' }))
    const picked = said.classKey ? [{ key: said.classKey, why: '' }] : []
    const wanted = found.some((f) => f.key === said.classKey) ? found : [...picked, ...found]
    const all = [...wanted, ...(wanted.length < 3 ? usual : [])]
    const once = all.filter((c, i) => all.findIndex((o) => o.key === c.key) === i).slice(0, mostChips)
    return once.flatMap(({ key, why }) => {
      const name = byKey.value.get(key)?.name
      return name ? [{ key, name, why }] : []
    })
  })
  function whySaid({ words, nearbyCases }: { words: string[]; nearbyCases: number }): string {
    if (words.length) return t('report.whyWords', { words: sayList(words) })
    return nearbyCases ? t('report.whyNear', { n: nearbyCases }) : ''
  }

  // Until the person moves the pin, it follows the phone.
  watch(
    here,
    () => {
      if (placeState.value === 'map') return
      const point = pointHere()
      if (!point) return
      said.point = point
      placeState.value = 'gps'
    },
    { immediate: true },
  )
  watch(
    hereState,
    (state) => {
      if (state !== 'asking' && state !== 'known' && !said.point) placeState.value = 'none'
    },
    { immediate: true },
  )
  function movePoint(lon: number, lat: number): void {
    said.point = { lon, lat }
    placeState.value = 'map'
  }

  let asking: AbortController | undefined
  watch(
    () => [said.point?.lon.toFixed(4), said.point?.lat.toFixed(4), said.words, said.classKey],
    () => void ask(),
    { immediate: true },
  )
  /** The centre knows more, when it can be reached; without it the phone proposes by itself. */
  async function ask(): Promise<void> {
    asking?.abort()
    const point = said.point
    if (!point) return
    const mine = new AbortController()
    asking = mine
    const c = chosen.value
    try {
      const body = { point: { ...point }, text: said.words, ...(c ? { kind: c.kind, classCode: c.code } : {}) }
      const { place, classes: online, nearby } = await api(propose, { body }, { signal: mine.signal })
      heard.value = { place: place.words, classes: online, nearby: nearby.length }
    } catch {
      if (!mine.signal.aborted) heard.value = null
    }
  }
  onScopeDispose(() => asking?.abort())

  /** Only of small matters, and only by whoever inspects. */
  const mayHandle = computed(() => {
    const c = chosen.value
    const inspects = desk.value?.me.memberships.some((m) => m.role === 'inspector') ?? false
    const flow = desk.value ? flowOf(desk.value.flows.value, desk.value.flows.value.inForce) : defaultFlow
    return inspects && c !== null && !flow.stepsOff.includes('self_handle') && classIn(flow.selfHandle, c.kind, c.code)
  })
  const handles = computed(() => handled.value && mayHandle.value)
  const missing = computed(() => {
    if (photos.value.length === 0) return 'report.needPhoto'
    if (!said.point) return 'report.needPlace'
    if (!chosen.value) return 'report.needClass'
    return handles.value && after.photos.value.length === 0 ? 'ask.needAfter' : ''
  })

  async function send(): Promise<Refusal | null | 'busy'> {
    const [point, c] = [said.point, chosen.value]
    if (busy.value || missing.value || !point || !c) return 'busy'
    busy.value = true
    try {
      return await reportHere({
        photos: photos.value,
        point,
        class: c,
        words: said.words,
        sketch: sketch.name,
        handled: handles.value ? { photos: after.photos.value, sketch: after.name } : undefined,
      })
    } finally {
      busy.value = false
    }
  }

  return {
    sketch,
    after,
    handled,
    mayHandle,
    handles,
    classes,
    chips,
    chosen,
    place: computed(() => heard.value?.place ?? null),
    placeState,
    nearby: computed(() => (chosen.value ? (heard.value?.nearby ?? 0) : 0)),
    missing,
    choose: (key: string) => {
      said.classKey = key
    },
    movePoint,
    send,
  }
}
