/** Components in a city pack: `components/*.csv`, `.geojson`, `.zip`. All files together are the city's census. */
import type { Changes, PackReading } from '@pentad/platform/pack'
import { filesOf, part } from '@pentad/platform/pack'
import { isRefusal, RefusalError } from '@pentad/platform/refusal'
import { locatorOf } from '../locator.ts'
import { type CensusOrder, checkCensus, isChangesFile, type Placing } from './census/check.ts'
import { layCensus } from './census/lay.ts'
import { crsGiven } from './census/rows.ts'

interface ComponentsRead {
  order: CensusOrder
  rows: number
}
const files = ['components/*.csv', 'components/*.geojson', 'components/*.zip']

/** `placingOf` says where a point lies, by the cells of the pack or of the city; undefined where there are none yet. */
export const componentsPart = (placingOf: (reading: PackReading) => Promise<Placing | undefined>) =>
  part<ComponentsRead>({
    name: 'components',
    files,
    async read(reading) {
      const { epsg, covers } = reading.settings
      const crs = crsGiven(epsg)
      if (epsg !== undefined && !crs) reading.fault('pack.yaml', null, 'pack/component-crs', { crs: String(epsg) })
      const order: CensusOrder = {
        reading,
        files: filesOf(reading.source, { files }),
        crs,
        placing: await placingOf(reading),
        within: Array.isArray(covers) ? covers.map(String) : [''],
      }
      return { order, ...(await checkCensus(order)) }
    },
    async lay({ db, client, editionId, covers: within, now, onProgress, signal }, { order, rows }): Promise<Changes> {
      const locator = await locatorOf(db)
      let done = 0
      const placing: Placing = {
        placeOf: (point) => {
          if (++done % 5000 === 0) onProgress(done, rows)
          const place = locator.placeOf(point)
          if (isRefusal(place)) throw new RefusalError(place)
          return place
        },
      }
      const reading = {
        ...order.reading,
        // All was found good when it was read; a row that is not by now must not be left out in silence.
        fault: (file: string, line: number | null, code: string) => {
          throw new Error(`${file} ${line ?? ''}: ${code}`)
        },
        onProgress: () => undefined,
        signal,
      }
      const covers = order.files.every(isChangesFile) ? 'changes' : 'city'
      return layCensus(
        { db, client, order: { ...order, reading, placing, within }, covers },
        { editionId, byPerson: null, now },
      )
    },
  })
