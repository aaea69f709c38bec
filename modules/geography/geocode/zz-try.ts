import { featuresOf, middleOfCells } from './features.ts'
import { planeAround } from './plane.ts'
import { tellerOf } from './reverse.ts'
import { loadPack } from '../../../packs/beijing-demo/index.ts'
import { gazetteerOf } from './gazetteer.ts'
import { locate } from './locate.ts'
import { sayReason } from './model.ts'
import { readTable } from '../../../packs/beijing-demo/table.ts'
import { toMetres } from '../../../packs/beijing-demo/gauss-kruger.ts'
export function city() {
  const pack = loadPack()
  const dir = '/work/wt/geocode/packs/beijing-demo'
  const places = readTable(dir, 'places/places.csv', 'id,name,name_en,aliases,kind,lon,lat,area_code', (r) => ({ name: r.text('name'), nameEn: r.optional('name_en'), aliases: r.list('aliases'), kind: r.text('kind') as any, lon: r.number('lon'), lat: r.number('lat') }))
  const addresses = readTable(dir, 'places/addresses.csv', 'road,number,lon,lat,estate,building', (r) => ({ road: r.text('road'), number: r.text('number'), estate: r.optional('estate'), building: r.optional('building'), lon: r.number('lon'), lat: r.number('lat') }))
  const at = new Map(pack.cells.map((c) => [`${c.xM}:${c.yM}`, c.code]))
  const cellAt = ({ lon, lat }: any) => { const { xM, yM } = toMetres(lon, lat); return at.get(`${Math.floor(xM / 100) * 100}:${Math.floor(yM / 100) * 100}`) }
  const t = performance.now(), m = process.memoryUsage().heapUsed
  const cityIn = { areas: pack.areas as any, cells: pack.cells.map((c) => ({ code: c.code, at: [c.lon, c.lat] })), drawn: pack.baseMap.features.map((f: any) => ({ ...f.properties, name: f.properties.name ?? null, geometry: f.geometry })), places, addresses }
  const plane = planeAround(middleOfCells(cityIn)); const f = featuresOf(cityIn, plane); const t1 = performance.now(); const g = gazetteerOf(f, plane, cellAt); const t2=performance.now(); const teller = tellerOf(f, plane); console.log('features',t1-t,'names',t2-t1,'teller',performance.now()-t2)
  console.log('build', (performance.now() - t).toFixed(0), 'ms', ((process.memoryUsage().heapUsed - m) / 1e6).toFixed(1), 'MB', g.entries.length, 'entries', g.roads.length, 'roads')
  return { pack, g, teller, cellAt, name: new Map(pack.areas.map((a) => [a.code, a.name])) }
}
if (process.argv[1]?.endsWith('try.ts')) {
  const { g, cellAt, name } = city()
  for (const s of process.argv.slice(2)) {
    locate(s, g, cellAt)
    const t = performance.now()
    const c = locate(s, g, cellAt)
    console.log('\n' + s, (performance.now() - t).toFixed(2), 'ms')
    for (const x of c.slice(0, 4)) console.log('  ', x.confidence, x.name, x.kind, name.get(x.cell.slice(0, 9)), x.lon, x.lat, x.reasons.map((r) => sayReason(r)['zh-CN']).join('; '), '|', x.spans.map((p) => s.slice(p.from, p.to)).join(' '))
  }
}
