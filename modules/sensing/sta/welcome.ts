/** What is served, and what of the standard that is: the same list whoever asks, and nothing on it that is not there. */
import type { Settings } from '@pentad/platform/settings'
import { entities } from './entities.ts'
import type { Json } from './resolve.ts'

const served = [
  'datamodel',
  'resource-path/resource-path-to-entities',
  'request-data',
  'create-update-delete/create-entity',
  'create-update-delete/link-to-existing-entities',
  'create-update-delete/deep-insert',
  'create-update-delete/deep-insert-status-code',
  'create-update-delete/update-entity',
  'create-update-delete/update-entity-put',
  'create-update-delete/update-entity-jsonpatch',
  'create-update-delete/delete-entity',
  'create-update-delete/historical-location-auto-creation',
]
const batch = 'batch-request/batch-request'
const dataArray = 'data-array/data-array'
/** Over MQTT by our own broker only: an outside one does not tell us who it is that speaks. */
const byTopics = ['create-observations-via-mqtt/observations-creation', 'receive-updates-via-mqtt/receive-updates']
const requirement = (name: string): string => `http://www.opengis.net/spec/iot_sensing/1.1/req/${name}`

export function welcomeOf(base: string, settings: Settings): Json {
  const broker = settings.mqttUrl === undefined
  const { hostname } = new URL(base)
  const endpoints = [
    `mqtt://${hostname}:${settings.mqttPort}`,
    ...(settings.mqttCertFile && settings.mqttKeyFile ? [`mqtts://${hostname}:${settings.mqttTlsPort}`] : []),
  ]
  return {
    value: Object.values(entities).map(({ set }) => ({ name: set, url: `${base}/${set}` })),
    serverSettings: {
      conformance: [...served, batch, dataArray, ...(broker ? byTopics : [])].map(requirement),
      [requirement(dataArray)]: { url: `${base}/CreateObservations` },
      [requirement(batch)]: { endpoints: [`${base}/$batch`] },
      ...(broker ? Object.fromEntries(byTopics.map((name) => [requirement(name), { endpoints }])) : {}),
    },
  }
}
