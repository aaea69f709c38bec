/** Components in a city pack: `components/*.csv`, `.geojson`, `.zip`. All files together are the city's census. */
import { type PackReading, part } from '@pentad/platform/pack'
import { isRefusal, RefusalError } from '@pentad/platform/refusal'
import { locatorOf } from '../locator.ts'
import { type CensusOrder, checkCensus, isChangesFile, type Placing } from './census/check.ts'
import { layCensus } from './census/lay.ts'
import { crsGiven } from './census/rows.ts'

interface ComponentsRead {
  order: CensusOrder
  rows: number
}

/** `placingOf` says how the cells of the pack itself place a point; undefined where it brings none. */
export const componentsPart = (placingOf: (reading: PackReading) => Promise<Placing | undefined>) =>
  part<ComponentsRead>({
    name: 'components',
    files: ['components/*.csv', 'components/*.geojson', 'components/*.zip'],
    async read(reading) {
      const files = reading.source.paths.filter((p) => /^components\/[^/]+\.(?:csv|geojson|zip)$/i.test(p))
      const epsg = reading.settings.epsg
      const crs = crsGiven(epsg)
      if (epsg !== undefined && !crs) reading.fault('pack.yaml', null, 'pack/component-crs', { crs: String(epsg) })
      const placing = await placingOf(reading)
      const order: CensusOrder = { reading, files, crs, placing, within: [''] }
      return { order, ...(await checkCensus(order)) }
    },
    async lay({ db, client, editionId, now, onProgress, signal }, { order, rows }) {
      let done = 0
      const placing = order.placing ?? (await locatorOf(db))
      const counted: Placing = {
        placeOf: (point) => {
          if (++done % 5000 === 0) onProgress(done, rows)
          const place = placing.placeOf(point)
          // Checked when it was read, unless the pack was read without a city.
          if (isRefusal(place)) throw new RefusalError(place)
          return place
        },
      }
      const reading = { ...order.reading, onProgress: () => undefined, signal }
      const covers = order.files.every(isChangesFile) ? 'changes' : 'city'
      return layCensus(
        { db, client, order: { ...order, reading, placing: counted }, covers },
        { editionId, byPerson: null, now },
      )
    },
  })
