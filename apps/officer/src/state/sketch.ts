/** What is being written and not yet sent: kept from the first photo on, so that a page that dies loses nothing. */
import type { Point } from '@pentad/geography/model'
import { newId } from '@pentad/platform/id'
import { takePicture } from '@pentad/web/camera/take.ts'
import { reactive, ref, type ShallowRef, shallowRef, watch } from 'vue'
import type { PhoneStore, PhotoKept } from '../outbox/store.ts'
import { desk } from './desk.ts'
import { pointHere } from './here.ts'

interface SketchKept {
  photoKeys: string[]
  words: string
  point: Point | null
  classKey: string | null
}
const empty = (): SketchKept => ({ photoKeys: [], words: '', point: null, classKey: null })

export interface Sketch {
  name: string
  said: SketchKept
  photos: ShallowRef<PhotoKept[]>
  ready: Promise<void>
  taking: { value: number }
  add(files: readonly File[]): Promise<void>
  remove(key: string): Promise<void>
}

async function keepPhoto(store: PhoneStore, file: File): Promise<PhotoKept> {
  const { bytes, type, takenAt } = await takePicture(file)
  const photo = { key: newId(), bytes, type, takenAt: takenAt.toISOString(), point: pointHere(), serverId: null }
  await store.photos.put(photo)
  return photo
}

export function useSketch(about: string): Sketch {
  const name = `sketch:${about}`
  const store = desk.value?.store
  if (!store) throw new Error('nobody is signed in')
  const said = reactive(empty())
  const photos = shallowRef<PhotoKept[]>([])
  const taking = ref(0)
  // Plain copies: a database cannot hold what Vue watches.
  const save = (): Promise<void> => {
    const { words, classKey, point } = said
    return store.sketch(name, {
      words,
      classKey,
      point: point && { ...point },
      photoKeys: photos.value.map((p) => p.key),
    } satisfies SketchKept)
  }
  const ready = (async () => {
    const kept = await store.note<SketchKept>(name)
    if (kept) Object.assign(said, kept)
    const found = await store.photos.bulkGet(said.photoKeys)
    photos.value = [...found.filter((p) => p !== undefined), ...photos.value]
    // From here on every word is kept as it is written.
    watch(said, () => void save())
  })()
  return {
    name,
    said,
    photos,
    ready,
    taking,
    async add(files) {
      taking.value += files.length
      for (const file of files) {
        try {
          const photo = await keepPhoto(store, file)
          photos.value = [...photos.value, photo]
          said.photoKeys = photos.value.map((p) => p.key)
          await save()
        } finally {
          taking.value--
        }
      }
    },
    async remove(key) {
      photos.value = photos.value.filter((p) => p.key !== key)
      said.photoKeys = photos.value.map((p) => p.key)
      await save()
      await store.photos.delete(key)
    },
  }
}

/** Begins a report from the dock: the photo is kept before the page opens. */
export async function beginReport(file: File): Promise<void> {
  const store = desk.value?.store
  if (!store) return
  const before = (await store.note<SketchKept>('sketch:report')) ?? empty()
  const photo = await keepPhoto(store, file)
  const point = before.point ?? pointHere()
  await store.sketch('sketch:report', { ...before, point, photoKeys: [...before.photoKeys, photo.key] })
}
