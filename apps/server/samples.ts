/** Things of the modules to try rights on. */
import type { Db } from '@pentad/platform/db'

interface Sample {
  inside: string
  outside: string
}

/** Until the devices are there, there are none to try. */
export const sampleDevices = async (_db: Db, _inside: object, _outside: object): Promise<Record<string, Sample>> => ({})
