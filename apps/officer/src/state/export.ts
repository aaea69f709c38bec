/** Hands photos to the phone's own gallery or files, so that a command given up does not take its evidence along. */
import type { PhoneStore } from '../outbox/store.ts'

export async function exportPhotos(store: PhoneStore, keys: readonly string[]): Promise<void> {
  const kept = await store.photos.bulkGet([...keys])
  const files = kept.flatMap((p) =>
    p ? [new File([p.bytes], `${p.takenAt.replaceAll(/[:.]/g, '-')}.jpg`, { type: p.type })] : [],
  )
  if (!files.length) return
  if (navigator.canShare?.({ files })) {
    await navigator.share({ files }).catch(() => {})
    return
  }
  for (const file of files) {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = file.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
}
