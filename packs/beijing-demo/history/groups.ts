/** Which classes behave alike in time. The groups are ours: coarse enough that real request data can fill each of them. */
import type { ClassKind } from '../types.ts'
import type { ClassGroup } from './types.ts'

export const classGroups = [
  'litter',
  'bulky',
  'street_order',
  'vehicle',
  'noise',
  'construction',
  'facility',
  'road',
  'green',
  'water',
  'advert',
  'animal',
  'snow',
  'building',
] as const satisfies readonly ClassGroup[]

/** The longest prefix of kind and code wins. */
const groupByPrefix: Readonly<Record<string, ClassGroup>> = {
  component: 'facility',
  'component:0102': 'water',
  'component:0103': 'water',
  'component:0104': 'water',
  'component:0125': 'water',
  'component:0284': 'road',
  'component:0286': 'road',
  'component:0305': 'litter',
  'component:0306': 'advert',
  'component:0307': 'advert',
  'component:04': 'green',
  'event:01': 'litter',
  'event:0101': 'building',
  'event:0102': 'building',
  'event:0103': 'building',
  'event:0104': 'building',
  'event:0105': 'building',
  'event:0106': 'advert',
  'event:0107': 'street_order',
  'event:0108': 'facility',
  'event:0109': 'building',
  'event:0111': 'bulky',
  'event:0113': 'road',
  'event:0117': 'green',
  'event:0118': 'green',
  'event:0119': 'green',
  'event:0121': 'green',
  'event:0122': 'green',
  'event:0125': 'water',
  'event:0126': 'water',
  'event:0128': 'noise',
  'event:0129': 'street_order',
  'event:0134': 'vehicle',
  'event:0135': 'bulky',
  'event:0136': 'bulky',
  'event:0137': 'animal',
  'event:0138': 'animal',
  'event:0180': 'facility',
  'event:0183': 'building',
  'event:0184': 'animal',
  'event:0187': 'noise',
  'event:0189': 'noise',
  'event:0191': 'green',
  'event:0196': 'vehicle',
  'event:02': 'advert',
  'event:03': 'construction',
  'event:04': 'street_order',
  'event:0409': 'vehicle',
  'event:0410': 'vehicle',
  'event:0493': 'vehicle',
  'event:0496': 'vehicle',
  'event:05': 'water',
  'event:0505': 'road',
  'event:0507': 'snow',
  'event:0508': 'facility',
  'event:0595': 'facility',
  'event:0596': 'building',
  'event:06': 'street_order',
}

export function groupOf(kind: ClassKind, code: string): ClassGroup {
  for (let length = code.length; length >= 2; length--) {
    const group = groupByPrefix[`${kind}:${code.slice(0, length)}`]
    if (group) return group
  }
  return groupByPrefix[kind] ?? 'litter'
}
