/** Where the grid is redrawn, components take the cells they now lie in. */
import type { Listener } from '@pentad/platform/module'
import { isRefusal } from '@pentad/platform/refusal'
import { locatorOf } from '../locator.ts'
import { lostCells, settleInCells } from './queries.ts'

export const listeners: readonly Listener[] = [
  {
    name: 'geography.settle-components',
    topics: ['geography.cells-changed'],
    async hear(db, { about }) {
      const { ended } = about as { ended: string[] }
      const locator = await locatorOf(db)
      // After a change of many cells the news names none: whichever are no more.
      const cells = ended.length > 0 ? ended : await lostCells(db)
      await settleInCells(db, cells, (point) => {
        const place = locator.placeOf(point)
        return isRefusal(place) ? undefined : place.cell
      })
    },
  },
]
